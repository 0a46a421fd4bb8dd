"""What a line's activities cost, and what is left of its budget. Rule C2."""

from odoo import api, fields, models

from ..approval.states import APPROVED, DONE, WAITING
from ..record.rpc import for_one
from .club_activity import CANCELLED, CLOSED, HELD

ASKED = (WAITING, APPROVED, DONE)


class ClubPlanLine(models.Model):
    _inherit = "club.plan.line"

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
        taken = activities_sudo._get_taken_from(self._origin)
        for line in self:
            activities = found.get(line._origin.sudo(), activities_sudo)
            live = line._filter_live(activities)
            line.activity_count = len(activities)
            line.held_count = len(live.filtered(lambda a: a.stage in (HELD, CLOSED)))
            line.cost_estimate = sum(live.mapped("cost_estimate"))
            line.cost_actual = sum(activities.mapped("cost_actual"))
            taken_from_line = taken.get(line._origin.id, {}).values()
            line.budget_left = line.budget - float(sum(taken_from_line))

    def _filter_live(self, activities):
        """Return the activities that are asked for or take place."""
        return activities.filtered(
            lambda activity: (
                activity.stage != CANCELLED and activity.approval_state in ASKED
            )
        )

    def _get_live_activities(self):
        return self._filter_live(self.activity_ids)

    @for_one
    def action_open_activities(self):
        """Show the line's activities, those that the user may read."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_activity_action"
        )
        return {
            **action,
            "domain": [("plan_line_id", "=", self.id)],
            "context": self._get_activity_defaults(),
        }

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
