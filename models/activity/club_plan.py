from odoo import api, fields, models

from ..approval.document_types import PLAN


class ClubPlan(models.Model):
    """The year's activities, signed by the presidium. Rule C2."""

    _name = "club.plan"
    _description = "Annual Activity Plan"
    _inherit = ["club.approval.mixin", "club.scope.mixin"]
    _order = "year desc, id desc"
    _check_company_auto = True

    _approval_guarded = ("company_id", "year", "note")
    _approval_lines = {
        "line_ids": (
            *("type_id", "name", "month", "tier_id", "organiser", "unit_id"),
            *("headcount", "budget"),
        )
    }

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    year = fields.Integer(
        required=True, default=lambda self: fields.Date.context_today(self).year + 1
    )
    note = fields.Text("Aims")
    line_ids = fields.One2many("club.plan.line", "plan_id", "Lines", copy=True)
    budget = fields.Monetary(compute="_compute_budget", store=True)

    _year_uniq = models.UniqueIndex(
        "(company_id, year)", "The company has a plan for this year already."
    )

    @api.depends("line_ids.budget")
    def _compute_budget(self):
        for plan in self:
            plan.budget = sum(plan.line_ids.mapped("budget"))

    @api.depends("year")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = self.env._("Activity Plan %s", plan.year)

    # === Approval === #

    def _get_approval_type(self):
        return PLAN

    def _approval_execute(self, request):
        """A signed plan takes effect by being signed. Rule C2."""
