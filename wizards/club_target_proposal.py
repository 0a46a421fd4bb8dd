from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..kernel import targets as kernel
from ..kernel.windows import YEAR_MONTHS, add_months, half_start
from ..models.contact.owner import has_role
from ..models.figures import target_sql
from ..models.figures.club_target import PERSON, SPANS, UNIT, VACANT
from ..models.figures.target_sql import MEMBERS, REVENUE, VISITS
from ..models.record.rpc import for_one, without_client_context

LAST_YEAR, LAST_PERIOD = "last_year", "last_period"
SOURCES = [
    (LAST_YEAR, "What Was Reached a Year Before"),
    (LAST_PERIOD, "The Targets of the Period Before"),
]


class ClubTargetProposal(models.TransientModel):
    """Targets of a period, from those of the period before or last year's. Rule D10.

    What is there stays as it is, and whoever proposes gets those that he may set.
    """

    _name = "club.target.proposal"
    _description = "Propose Targets"
    _inherit = ["club.guard.mixin"]
    _club_months = ("date_from",)

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    unit_id = fields.Many2one(
        "crm.team",
        "Unit and Those Below",
        domain=[("club_can_apply", "=", True)],
        help="Empty: all units whose targets you may set.",
    )
    span = fields.Selection(SPANS, "Period", required=True, default=kernel.MONTH)
    date_from = fields.Date(
        "Begins",
        required=True,
        default=lambda self: add_months(
            self.env.company._club_today().replace(day=1), 1
        ),
    )
    source = fields.Selection(SOURCES, "Taken From", required=True, default=LAST_YEAR)
    percent = fields.Float("Raised by (%)", digits=(6, 2), default=5)
    is_revenue = fields.Boolean("Revenue", default=True)
    is_members = fields.Boolean("New Members by Tier", default=True)
    is_visits = fields.Boolean("Visits", default=True)
    with_persons = fields.Boolean(
        "Also for People and Vacant Posts",
        default=True,
        help="Whoever has left hands his target to the vacant posts of the unit.",
    )

    _percent = models.Constraint(
        "CHECK(percent > -100 AND percent <= 1000)",
        "Targets are lowered by less than 100 per cent and raised by at most 1,000.",
    )

    @for_one
    def action_propose(self):
        """Make the targets that aren't there yet, and open those of the period.

        :raises UserError: when there is nothing to propose from
        """
        self.check_access("write")
        dialog = without_client_context(self)
        targets = dialog.env["club.target"].with_company(dialog.company_id)
        proposed = (
            dialog._get_from_reached()
            if dialog.source == LAST_YEAR
            else dialog._get_from_targets()
        )
        values = dialog._filter_missing(proposed)
        drafts = targets.browse().union(*map(targets.new, values))
        refused = drafts._get_set_refusals()
        wanted = [
            vals
            for vals, draft in zip(values, drafts, strict=True)
            if draft not in refused
        ]
        if not wanted:
            raise UserError(
                self.env._(
                    "There is nothing to propose: no figures to go by, no units whose "
                    "targets you set, or all targets of the period are there already."
                )
            )
        targets.create(wanted)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_target_action"
        )
        return {
            **action,
            "domain": [("date_from", "=", dialog._get_start())],
            "context": {},
        }

    def _get_start(self):
        first = self.date_from.replace(day=1)
        return half_start(first) if self.span == kernel.HALF else first

    def _get_kinds(self):
        return [
            kind
            for kind, is_wanted in (
                (REVENUE, self.is_revenue),
                (MEMBERS, self.is_members),
                (VISITS, self.is_visits),
            )
            if is_wanted
        ]

    def _get_units(self):
        """Return the units that are asked for: one with those below, or all."""
        units = self.env["crm.team"]
        domain = [("company_id", "in", [self.company_id.id, False])]
        if self.unit_id:
            domain.append(("id", "child_of", self.unit_id.id))
        else:
            domain.append(("club_can_apply", "=", True))
        return units.search(domain)

    # === From what was reached === #

    def _get_from_reached(self):
        """Return ``{key: amount}`` of what units and their people reached last year."""
        start = add_months(self._get_start(), -YEAR_MONTHS)
        period = kernel.get_period(self.span, start)
        # sudo: sums, of units that are checked when the targets are made
        units_sudo = self._get_units().sudo()
        self.env.flush_all()
        found = defaultdict(float)
        for kind in self._get_kinds():
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT m.unit_id, u.parent_path, m.user_id, m.tier_id, sum(m.value)
                      FROM (%s) m
                      JOIN crm_team u ON u.id = m.unit_id
                     GROUP BY 1, 2, 3, 4
                    """,
                    target_sql.measured(self.env, kind, self.company_id.id, *period),
                )
            )
            for unit in units_sudo:
                for _unit, path, _user, tier, value in rows:
                    if path.startswith(unit.parent_path):
                        found[self._key(unit.id, UNIT, None, kind, tier)] += value
            if self.with_persons:
                self._add_persons(found, kind, rows, {*units_sudo.ids})
        return found

    def _add_persons(self, found, kind, rows, units):
        """Add what people reached, each in the unit where he reached most."""
        staff = self._get_staff({user for _unit, _path, user, *_rest in rows})
        sums = defaultdict(lambda: defaultdict(float))
        for unit, _path, user, tier, value in rows:
            if user in staff:
                sums[user, tier][unit] += value
            elif unit in units:
                found[self._key(unit, VACANT, None, kind, tier)] += value
        for (user, tier), by_unit in sums.items():
            unit = max(by_unit, key=by_unit.get)
            if unit in units:
                key = self._key(unit, PERSON, user, kind, tier)
                found[key] += sum(by_unit.values())

    def _get_staff(self, users):
        """Return the ids of those who still work in the company's club."""
        # sudo: which roles somebody has
        users_sudo = self.env["res.users"].sudo().browse(filter(None, users))
        return {
            user.id
            for user in users_sudo
            if user.active and has_role(user, self.company_id)
        }

    # === From the targets before === #

    def _get_from_targets(self):
        """Return ``{key: amount}`` of the targets of the period before."""
        before = add_months(self._get_start(), -kernel.SPANS[self.span])
        targets = self.env["club.target"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("unit_id", "in", self._get_units().ids),
                ("span", "=", self.span),
                ("date_from", "=", before),
                ("kind", "in", self._get_kinds()),
            ]
        )
        if not self.with_persons:
            targets = targets.filtered(lambda target: target.holder == UNIT)
        staff = self._get_staff(targets.user_id.ids)
        found = defaultdict(float)
        for target in targets:
            has_left = target.holder == PERSON and target.user_id.id not in staff
            key = self._key(
                target.unit_id.id,
                VACANT if has_left else target.holder,
                None if has_left else target.user_id.id,
                target.kind,
                target.tier_id.id,
            )
            found[key] += target.amount
        return found

    # === What is missing === #

    def _key(self, unit, holder, user, kind, tier):
        return (unit or None, holder, user or None, kind, tier or None)

    def _filter_missing(self, proposed):
        """Return the values of the targets that the period lacks."""
        start = self._get_start()
        # sudo: what is there is there, whoever may read it
        there_sudo = (
            self.env["club.target"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("span", "=", self.span),
                    ("date_from", "=", start),
                ]
            )
        )
        taken = set()
        for target in there_sudo:
            # What is a person's is his in whichever unit.
            unit = None if target.user_id else target.unit_id.id
            parts = (target.holder, target.user_id.id, target.kind, target.tier_id.id)
            taken.add(self._key(unit, *parts))
        missing = []
        for key, reached in proposed.items():
            unit, holder, user, kind, tier = key
            amount = kernel.propose(
                float(reached), self.percent, is_count=kind in (MEMBERS, VISITS)
            )
            if amount and self._key(not user and unit, *key[1:]) not in taken:
                missing.append(
                    {
                        "company_id": self.company_id.id,
                        "unit_id": unit,
                        "holder": holder,
                        "user_id": user,
                        "kind": kind,
                        "tier_id": tier,
                        "span": self.span,
                        "date_from": start,
                        "amount": amount,
                    }
                )
        return missing
