from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date

from ...kernel.cadence import FIRST_YEAR, LAST_YEAR
from ...kernel.windows import month_start
from ..approval.states import APPROVED, DONE, WAITING
from ..program.club_membership_tier_mixin import MEMBERSHIP_TIERS
from ..record.navigate import open_list
from ..record.rpc import for_one
from .club_activity_type import SERVICE
from .stages import CANCELLED, PAST

EXECUTIVE, UNIT = "executive", "unit"

ORGANISERS = [(EXECUTIVE, "Executive Group"), (UNIT, "Unit")]

ASKED = (WAITING, APPROVED, DONE)


class ClubPlanLine(models.Model):
    """One activity that the year's plan foresees. Rule C2."""

    _name = "club.plan.line"
    _description = "Line of an Activity Plan"
    _inherit = ["club.record.mixin", "club.membership.tier.mixin"]
    _order = "month, id"
    _club_parent = "plan_id"
    _club_months = ("month",)

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

    # === What its activities cost, and what is left of the budget === #
    activity_count = fields.Integer("Number of Activities", compute="_compute_costs")
    held_count = fields.Integer("Held", compute="_compute_costs")
    cost_estimate = fields.Monetary(
        "Estimated Cost",
        compute="_compute_costs",
        help="Of its activities that are applied for or approved.",
    )
    cost_actual = fields.Monetary("Actual Cost", compute="_compute_costs")
    budget_left = fields.Monetary(
        "Left",
        compute="_compute_costs",
        help="Of the budget: less what its activities are estimated at, or cost if "
        "that is more; of cancelled ones, what they cost.",
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

    @api.depends(
        *("budget", "activity_ids.stage", "activity_ids.approval_state"),
        *("activity_ids.cost_estimate", "activity_ids.cost_actual"),
    )
    def _compute_costs(self):
        # sudo: totals of a line for whoever reads the plan, its activities or not
        activities_sudo = self.env["club.activity"].sudo()
        found = activities_sudo.search_fetch(
            [("plan_line_id", "in", self._origin.ids)],
            ["plan_line_id", "stage", "approval_state", "cost_estimate", "cost_actual"],
        ).grouped("plan_line_id")
        taken = self._origin._get_taken()
        for line in self:
            activities = found.get(line._origin, activities_sudo)
            live = line._filter_live(activities)
            line.activity_count = len(activities)
            line.held_count = len(live.filtered(lambda a: a.stage in PAST))
            line.cost_estimate = sum(live.mapped("cost_estimate"))
            line.cost_actual = sum(activities.mapped("cost_actual"))
            taken_from_line = taken.get(line._origin.id, {}).values()
            line.budget_left = line.budget - float(sum(taken_from_line))

    # === Constraints === #

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

    # === Actions === #

    @for_one
    def action_open_activities(self):
        """Show the line's activities, those that the user may read."""
        defaults = self._get_activity_defaults()
        return open_list(self, "club_activity_action", "plan_line_id", **defaults)

    @for_one
    def action_apply(self):
        """Open a new application for this line, filled from it. Rules C2, C3."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "club.activity",
            "views": [(False, "form")],
            "context": self._get_activity_defaults(),
        }

    def _get_activity_defaults(self):
        """Return what a new activity begins with; the rest follows from the line."""
        defaults = {"default_plan_line_id": self.id}
        if self.unit_id:
            defaults["default_unit_id"] = self.unit_id.id
        return defaults

    # === Its activities. Rule C2 === #

    def _filter_live(self, activities):
        """Return the activities that are asked for or take place."""
        return activities.filtered(
            lambda activity: (
                activity.stage != CANCELLED and activity.approval_state in ASKED
            )
        )

    def _get_live_activities(self):
        return self._filter_live(self.activity_ids)

    def _get_taken(self):
        """Return what activities take from the lines' budgets, whoever may read them.

        Estimates that were submitted, or what it came to where that is more; of what
        was cancelled only what it cost all the same.

        :return: ``{line id: {activity id: amount}}``
        """
        self.env["club.activity"].flush_model(
            ["plan_line_id", "approval_state", "stage", "cost_estimate", "cost_actual"]
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT plan_line_id, id,
                       CASE WHEN stage = %(cancelled)s THEN coalesce(cost_actual, 0)
                            ELSE greatest(cost_estimate, cost_actual, 0) END::text
                  FROM club_activity
                 WHERE plan_line_id = ANY(%(lines)s)
                   AND approval_state = ANY(%(states)s)
                """,
                cancelled=CANCELLED,
                lines=self.ids,
                states=list(ASKED),
            )
        )
        result = {}
        for line_id, activity_id, amount in rows:
            result.setdefault(line_id, {})[activity_id] = Decimal(amount)
        return result

    def _check_foresees(self, activity):
        """Refuse the line for an activity that it doesn't foresee.

        :raises ValidationError: when it isn't in force, or is for another type or year
        """
        self.ensure_one()
        values = {"activity": activity.display_name, "line": self.display_name}
        if self.plan_id.approval_state != DONE:
            raise ValidationError(
                self.env._(
                    "%(activity)s: “%(line)s” belongs to a plan that isn't in effect; "
                    "leave the line of the plan empty, or wait until it is signed.",
                    **values,
                )
            )
        if self.dropped_by_id:
            raise ValidationError(
                self.env._(
                    "%(activity)s: “%(line)s” was dropped by %(supplement)s; leave the "
                    "line of the plan empty, or choose another one.",
                    supplement=self.dropped_by_id.display_name,
                    **values,
                )
            )
        if self.type_id != activity.type_id:
            raise ValidationError(
                self.env._(
                    "%(activity)s is of another type than “%(line)s” in the plan: "
                    "choose a line of its type, or leave the line empty.",
                    **values,
                )
            )
        self._check_year_of(activity, activity.date_begin)

    def _check_year_of(self, activity, date_begin):
        """Refuse to let an activity begin in another year than the plan's."""
        if self and activity.company_id._club_day(date_begin).year != self.year:
            raise ValidationError(
                self.env._(
                    "%(activity)s can't begin in another year than its plan, %(year)s.",
                    activity=activity.display_name,
                    year=self.year,
                )
            )
