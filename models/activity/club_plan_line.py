from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...kernel.cadence import FIRST_YEAR, LAST_YEAR
from ...kernel.windows import month_start
from ..approval.states import DONE
from ..program.club_membership_tier_mixin import MEMBERSHIP_TIERS
from ..record.rpc import for_records, to_date
from .club_activity_type import SERVICE

EXECUTIVE, UNIT = "executive", "unit"
ORGANISERS = [(EXECUTIVE, "Executive Group"), (UNIT, "Unit")]


class ClubPlanLine(models.Model):
    """One activity that the year's plan foresees. Rule C2."""

    _name = "club.plan.line"
    _description = "Line of an Activity Plan"
    _inherit = [
        "club.record.mixin",
        "club.membership.tier.mixin",
    ]
    _order = "month, id"
    _check_company_auto = True
    _club_parent = "plan_id"

    plan_id = fields.Many2one(
        "club.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    year = fields.Integer(
        related="plan_id.year", store=True, aggregator=None, index=True
    )
    type_id = fields.Many2one(
        "club.activity.type",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=f"[('kind', '!=', '{SERVICE}'), ('company_id', '=', company_id)]",
    )
    name = fields.Char(
        "Theme",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    month = fields.Date(
        compute="_compute_month",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Any day of the month; it is kept as the first.",
    )
    tier_id = fields.Many2one(
        "club.tier",
        "Lowest Tier",
        compute="_compute_from_type",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        check_company=True,
        domain=MEMBERSHIP_TIERS,
        help="Who is in this membership tier or a higher one is entitled. Empty: all.",
    )
    organiser = fields.Selection(
        ORGANISERS,
        "Organised by",
        required=True,
        default=EXECUTIVE,
        help="What the executive group organises inside its budget needs no second "
        "signature; what a unit organises is applied for.",
    )
    unit_id = fields.Many2one(
        "crm.team", index=True, ondelete="restrict", check_company=True
    )
    headcount = fields.Integer(
        compute="_compute_from_type", store=True, readonly=False, precompute=True
    )
    budget = fields.Monetary(help="For one activity, in company currency.")
    activity_ids = fields.One2many("club.activity", "plan_line_id", "Activities")
    dropped_by_id = fields.Many2one(
        "club.plan",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The signed supplement since which the line no longer applies.",
    )
    in_force = fields.Boolean(
        compute="_compute_in_force",
        store=True,
        help="Its plan is signed, and no supplement has dropped it.",
    )

    _numbers = models.Constraint(
        "CHECK(budget >= 0 AND budget < 1e12 AND headcount >= 0)",
        "Budget and headcount of a plan line are 0 or more, and the budget is below "
        "1,000,000,000,000.",
    )
    _first_day = models.Constraint(
        "CHECK(extract(day FROM month) = 1)",
        "A plan line's month is kept as its first day.",
    )

    # === Computes === #

    @api.depends("type_id")
    def _compute_name(self):
        for line in self:
            line.name = line.name or line.type_id.name

    @api.depends("plan_id.year", "type_id")
    def _compute_month(self):
        """Propose the type's usual month, else January; follow the plan's year."""
        for line in self:
            year = line.plan_id.year
            if not line.month and not line.type_id:
                continue  # still being typed in
            if FIRST_YEAR <= year <= LAST_YEAR:
                usual = date(year, int(line.type_id.usual_month or 1), 1)
                found = line.month and month_start(line.month).replace(year=year)
                line.month = found or usual

    @api.depends("type_id")
    def _compute_from_type(self):
        for line in self:
            line.tier_id = line.type_id.tier_id
            line.headcount = line.type_id.headcount

    @api.depends("plan_id.approval_state", "dropped_by_id")
    def _compute_in_force(self):
        for line in self:
            line.in_force = (
                line.plan_id.approval_state == DONE and not line.dropped_by_id
            )

    @api.depends("name", "month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            month = (
                format_date(self.env, line.month, date_format="LLL y")
                if line.month
                else ""
            )
            line.display_name = " · ".join(filter(None, (month, line.name)))

    # === Constrains === #

    @api.constrains("month", "plan_id")
    def _check_month(self):
        """Rule C2: a plan is for one year."""
        for line in self:
            if line.month.year != line.plan_id.year:
                raise ValidationError(
                    self.env._(
                        "%(line)s isn't in the year of %(plan)s: choose a month of "
                        "that year.",
                        line=line.display_name,
                        plan=line.plan_id.display_name,
                    )
                )

    @api.constrains("type_id")
    def _check_kind(self):
        """Rule C1: services hang on benefits and are booked."""
        for line in self:
            if line.type_id.kind == SERVICE:
                raise ValidationError(
                    self.env._(
                        "%s is a service booked per person: it isn't planned for a "
                        "month.",
                        line.type_id.name,
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._use_first_day(values) for values in vals_list])

    @for_records
    def write(self, vals):
        return super().write(self._use_first_day(vals))

    def _use_first_day(self, values):
        """Return ``values`` with the month as its first day."""
        if not values.get("month"):
            return values
        day = to_date(self.env, values["month"])
        return {**values, "month": month_start(day)}
