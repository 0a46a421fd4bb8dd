"""The marketing budgets of a year, signed as one sheet. Rule B8."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import formatLang

from ...kernel.cadence import FIRST_YEAR, LAST_YEAR
from ...kernel.written import get_written
from ..approval.measures import MONEY
from ..approval.states import DONE
from ..record.derived import differs
from ..record.hold import hold
from ..record.number import number
from ..record.rpc import for_one, for_records
from .budget_sql import prepare_query


class ClubBudget(models.Model):
    """What a program's accounts may cost in a year, by account, signed as one sheet.

    The points of the year before are a reference: each proposes the rate of the
    account's tier. What is granted otherwise has a reason. Once it is signed, a further
    sheet of the year adds to it; who signs goes by what all sheets of the year grant.
    """

    _name = "club.budget"
    _description = "Budget Sheet"
    _inherit = ["club.approval.mixin", "club.record.mixin"]
    _order = "year desc, id desc"
    _club_sequence = "BUD"

    _approval_measure = MONEY
    _approval_spans_units = True
    _approval_type = "budget"
    _approval_guarded = ("program_id", "year", "number", "note")
    _approval_lines = {
        "line_ids": (
            *("account_id", "tier_id", "points", "rate"),
            *("proposed", "granted", "reason"),
        )
    }
    # What was prepared is for these.
    _budget_identity = ("program_id", "year")

    name = number()
    program_id = fields.Many2one(
        "club.program",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["club.program"]._get_main(),
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    year = fields.Integer(
        required=True,
        aggregator=None,
        default=lambda self: self.env.company._club_today().year + 1,
        help="The calendar year in which the money is spent.",
    )
    reference_year = fields.Integer(
        "Points of", compute="_compute_reference_year", help="The year before."
    )
    number = fields.Integer(
        "Budget Supplement",
        compute="_compute_number",
        store=True,
        precompute=True,
        aggregator=None,
        help="0: the first sheet of the year; 1 and above: what was added later.",
    )
    note = fields.Text(help="For those who sign.")
    line_ids = fields.One2many("club.marketing.budget", "budget_id", "Accounts")
    account_count = fields.Integer("Number of Accounts", compute="_compute_totals")
    proposed = fields.Monetary(compute="_compute_totals")
    granted = fields.Monetary(compute="_compute_totals")
    decided_count = fields.Integer(
        "Decided Otherwise",
        compute="_compute_totals",
        help="Accounts that are granted more or less than their points propose.",
    )
    prepared_at = fields.Datetime(readonly=True, copy=False)

    # Two who draw up the same sheet at once meet here.
    _number_uniq = models.UniqueIndex(
        "(program_id, year, number)",
        "This year's sheet was drawn up at the same moment: reload the page.",
    )
    _year_sane = models.Constraint(
        f"CHECK(year BETWEEN {FIRST_YEAR} AND {LAST_YEAR})",
        "A budget is for a year of this century: enter four digits.",
    )

    # === Computes === #

    @api.depends("year")
    def _compute_reference_year(self):
        for sheet in self:
            sheet.reference_year = sheet.year and sheet.year - 1

    @api.depends("program_id", "year")
    def _compute_number(self):
        """Count the sheets of the year that were there before."""
        for sheet in self:
            others, own = sheet._find_others(), sheet._origin.id
            sheet.number = sum(not own or other < own for other in others.ids)

    @api.depends("line_ids.granted")
    @api.depends_context("uid", "company")
    def _compute_totals(self):
        """Sum up what the user may read: a lead sees what his units are granted."""
        lines = self.env["club.marketing.budget"]
        of_sheets = [("budget_id", "in", self._origin.ids)]
        found = {
            sheet.id: sums
            for sheet, *sums in lines._read_group(
                of_sheets, ["budget_id"], ["__count", "proposed:sum", "granted:sum"]
            )
        }
        decided = dict(
            lines._read_group(
                [*of_sheets, ("is_decided", "=", True)], ["budget_id"], ["__count"]
            )
        )
        for sheet in self:
            sums = found.get(sheet._origin.id, (0, 0, 0))
            sheet.account_count, sheet.proposed, sheet.granted = sums
            sheet.decided_count = decided.get(sheet._origin, 0)

    @api.depends("name", "year", "program_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """Name the program, too, where the company has several: each has a sheet."""
        programs = self.program_id._get_distinguishing_names()
        for sheet in self:
            parts = (sheet.name, str(sheet.year), programs.get(sheet.program_id))
            sheet.display_name = " · ".join(filter(None, parts))

    # === Created, written === #

    def _club_after_create(self):
        super()._club_after_create()
        for sheet in self:
            for other in sheet._find_others():
                if other.approval_state != DONE:
                    raise UserError(
                        self.env._(
                            "%(sheet)s for %(year)s isn't in effect yet: change it "
                            "itself instead of drawing up another one.",
                            sheet=other.name,
                            year=sheet.year,
                        )
                    )

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        names = set(self._budget_identity).intersection(vals)
        if any(differs(sheet, name, vals[name]) for sheet in self for name in names):
            raise UserError(
                self.env._(
                    "Program and year of a budget sheet don't change: delete the draft "
                    "and draw up another one."
                )
            )

    def _find_others(self):
        """Return the other sheets of the program's year, whoever may read them."""
        self.ensure_one()
        sheets_sudo = self.sudo()
        if not self.program_id:
            return sheets_sudo.browse()
        return sheets_sudo.search(
            [
                ("program_id", "=", self.program_id.id),
                ("year", "=", self.year),
                ("id", "!=", self._origin.id),
            ]
        )

    # === Actions === #

    @for_records
    def action_prepare(self):
        """Propose a budget for each account that has none yet, in one statement.

        What was decided otherwise stays; what nobody decided follows its points.
        """
        self.check_access("write")
        for sheet in self:
            hold(sheet)
            sheet._check_approval_editable()
            sheet._do_prepare()
        return True

    def _do_prepare(self):
        self.env.flush_all()
        self.env.cr.execute(prepare_query(self, self.env.uid))
        self.env["club.marketing.budget"].invalidate_model()
        self.invalidate_recordset()
        self._write_guarded({"prepared_at": fields.Datetime.now()})

    @for_one
    def action_supplement(self):
        """Draw up a further sheet of the year, or open the one under way.

        :raises UserError: before this one is in effect
        """
        self = self._without_client_context()
        self.check_access("create")
        self.check_access("write")
        open_sheet = (self._find_others() | self).filtered(
            lambda sheet: sheet.approval_state != DONE
        )[:1]
        found = open_sheet.sudo(False) or self.create(
            {"program_id": self.program_id.id, "year": self.year}
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": found.id,
            "views": [(False, "form")],
        }

    @for_one
    def action_open_lines(self):
        """Open the sheet's accounts, to decide on many of them."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_marketing_budget_action"
        )
        return {
            **action,
            "domain": [("budget_id", "=", self.id)],
            "context": {"default_budget_id": self.id},
        }

    # === Signing. Rules B8, C3 === #

    def _get_approval_amount(self):
        """Return what is granted in all, by one query for however many accounts."""
        ((granted,),) = self.env["club.marketing.budget"]._read_group(
            [("budget_id", "in", self.ids)], [], ["granted:sum"]
        )
        return granted or 0, self.currency_id

    def _get_approval_subject(self):
        amount, currency = self._count_approval_amount()
        lines_sudo = self.env["club.marketing.budget"].sudo()  # of all accounts
        return self.env._(
            "%(granted)s in %(year)s; accounts: %(count)s",
            granted=formatLang(self.env, amount, currency_obj=currency),
            count=lines_sudo.search_count([("budget_id", "=", self.id)]),
            year=self.year,
        )

    def _get_approval_key(self):
        """Sheets of a year add up, whichever of the company's programs they are of."""
        return f"{self._approval_type}:{self.year}"

    def _approval_is_ready(self):
        return bool(self.account_count)

    def _find_line(self):
        # sudo: lines of all accounts
        lines_sudo = self.env["club.marketing.budget"].sudo()
        return lines_sudo.search([("budget_id", "in", self._origin.ids)], limit=1)

    def _check_can_submit(self):
        super()._check_can_submit()
        self.ensure_one()
        if not self._find_line():
            raise UserError(
                self.env._("%s lists no account: prepare it first.", self.name)
            )
        self._check_reasons()

    def _check_reasons(self):
        """Asked again of all lines: partners may have been merged since."""
        # sudo: lines of all accounts
        lines_sudo = self.env["club.marketing.budget"].sudo()
        decided_sudo = lines_sudo.search_fetch(
            [("budget_id", "=", self.id), ("is_decided", "=", True)],
            ["account_id", "reason"],
        )
        for line in decided_sudo:
            if not get_written(line.reason):
                raise ValidationError(self._refuse_without_reason(line.account_id))

    def _refuse_without_reason(self, account):
        return self.env._(
            "%s is granted otherwise than its points propose: enter the reason.",
            account.display_name,
        )

    def _approval_execute(self, request):
        """A signed sheet takes effect by being signed: sums look for it."""
