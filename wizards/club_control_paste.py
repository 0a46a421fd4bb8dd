from collections import defaultdict
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError

from ..kernel import revenue_rows, windows
from ..kernel.control_rows import LENGTH_LIMIT, LINE_LIMIT, Faulty, read_lines
from ..models.points.club_revenue_import import UNIT_SELECTION
from ..models.points.revenue_matcher import RevenueMatcher
from ..models.record.rpc import for_one

UNITS = {"yuan": Decimal(1), "wan": Decimal(10_000)}
FAULTS_SHOWN = 20
SHOWN = 60  # characters of a name in a sentence


class ClubControlPaste(models.TransientModel):
    """Enter the control totals of a month at once, as Finance's sheet has them. B12.

    All lines are read before any is saved: one that can't be leaves all as it was.
    """

    _name = "club.control.paste"
    _description = "Paste Control Totals"
    _inherit = ["club.guard.mixin"]
    _club_months = ("month",)

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    month = fields.Date(
        required=True,
        default=lambda self: windows.add_months(
            windows.month_start(self.env.company._club_today()), -1
        ),
        help="Any day of the month.",
    )
    unit = fields.Selection(
        UNIT_SELECTION,
        "Amounts In",
        required=True,
        default="yuan",
        help="What the amounts are counted in.",
    )
    text = fields.Text("Lines", required=True)

    @for_one
    def action_save(self):
        """Save what the lines say: new control totals, and new amounts of those there.

        :raise UserError: with a sentence for each line that can't be read
        """
        self.check_access("write")
        controls = self.env["club.control.total"]
        controls.check_access("create")
        month = self.month.replace(day=1)
        amounts = self._read()
        there = {
            (control.category_id.id, control.unit_id.id): control
            for control in controls.search(
                [("company_id", "=", self.company_id.id), ("month", "=", month)]
            )
        }
        missing = []
        for key, amount in amounts.items():
            control = there.get(key)
            if control is None:
                category_id, unit_id = key
                missing.append(
                    {
                        "company_id": self.company_id.id,
                        "month": month,
                        "category_id": category_id,
                        "unit_id": unit_id,
                        "amount": amount,
                    }
                )
            elif control.currency_id.compare_amounts(control.amount, amount):
                control.amount = amount
        controls.create(missing)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_control_total_action"
        )
        return {
            **action,
            "domain": [("month", "=", month), ("company_id", "=", self.company_id.id)],
            "context": {"default_month": fields.Date.to_string(month)},
        }

    def _read(self):
        """Return ``{(category id, unit id or False): amount}`` of the lines."""
        if len(self.text) > LENGTH_LIMIT:
            raise UserError(
                self.env._("Paste at most %s lines at once.", f"{LINE_LIMIT:,}")
            )
        lines = read_lines(self.text)
        if not lines:
            raise UserError(self.env._("There is no line with a name and an amount."))
        if len(lines) > LINE_LIMIT:
            raise UserError(
                self.env._("Paste at most %s lines at once.", f"{LINE_LIMIT:,}")
            )
        matcher = RevenueMatcher(self.env, self.company_id, [])
        units = self._get_units()
        found, places, faults = {}, {}, []
        for line in lines:
            key, amount, fault = self._read_line(line, matcher, units)
            if not fault and key in places:
                fault = self.env._("line %s says the same already.", places[key])
            if fault:
                faults.append(
                    self.env._(
                        "Line %(number)s: %(fault)s", number=line.number, fault=fault
                    )
                )
            else:
                found[key], places[key] = amount, line.number
        if faults:
            raise self._get_refusal(faults)
        return found

    def _get_refusal(self, faults):
        more = len(faults) - FAULTS_SHOWN
        if more > 0:
            faults = [
                *faults[:FAULTS_SHOWN],
                self.env._("%s more lines can't be read.", more),
            ]
        return UserError("\n".join([self.env._("Nothing was saved."), *faults]))

    def _get_units(self):
        """Return ``{key: ids}`` of the units by their names in the user's language."""
        units = defaultdict(set)
        teams = self.env["crm.team"].search_fetch(
            [("company_id", "in", (self.company_id.id, False))], ["name"]
        )
        for team in teams:
            units[revenue_rows.alias_key(team.name)].add(team.id)
        return units

    def _read_line(self, line, matcher, units):
        """Return what a line is of, its amount, and what is wrong with it, if anything.

        :return: ``(category id, unit id or False), amount, sentence or None``
        """
        if isinstance(line, Faulty):
            fault = self.env._(
                "“%s” is not a name and an amount, with a tab or a semicolon between.",
                line.text[:SHOWN],
            )
            return None, None, fault
        try:
            amount = revenue_rows.parse_amount(line.amount, UNITS[self.unit])
        except ValueError:
            fault = self.env._("“%s” is no amount.", line.amount[:SHOWN])
            return None, None, fault
        faults = []
        for unit_name, line_name in line.readings:
            unit_id, fault = self._find_unit(unit_name, units)
            if not fault:
                category_id, fault = matcher.read_category(line_name)
                if not fault:
                    return (category_id, unit_id), float(amount), None
            # The reading whose unit there is says most, else the whole as a name.
            is_known = revenue_rows.alias_key(unit_name) in units
            faults.append((not is_known, fault))
        return None, None, min(faults, key=lambda each: each[0])[1]

    def _find_unit(self, name, units):
        if not name:
            return False, None
        found = units.get(revenue_rows.alias_key(name), ())
        if len(found) == 1:
            return next(iter(found)), None
        if found:
            return None, self.env._(
                "%(count)s units have the name “%(name)s”.",
                count=len(found),
                name=name[:SHOWN],
            )
        return None, self.env._("No unit has the name “%s”.", name[:SHOWN])
