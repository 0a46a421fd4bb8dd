from odoo import fields, models

EXECUTIVE, UNIT = "executive", "unit"
ORGANISERS = [(EXECUTIVE, "Executive Group"), (UNIT, "Unit")]


class ClubPlanLine(models.Model):
    """One activity that the year's plan foresees. Rule C2."""

    _name = "club.plan.line"
    _description = "Line of an Activity Plan"
    _inherit = ["club.approval.line.mixin", "club.scope.mixin"]
    _order = "month, id"
    _check_company_auto = True
    _approval_parent = "plan_id"

    plan_id = fields.Many2one(
        "club.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    type_id = fields.Many2one(
        "club.activity.type",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    name = fields.Char("Theme", required=True)
    month = fields.Date(required=True, help="The first day of the month.")
    tier_id = fields.Many2one(
        "club.tier", "Lowest Tier", ondelete="restrict", check_company=True
    )
    organiser = fields.Selection(ORGANISERS, required=True, default=EXECUTIVE)
    unit_id = fields.Many2one(
        "crm.team", index=True, ondelete="restrict", check_company=True
    )
    headcount = fields.Integer()
    budget = fields.Monetary(help="Company currency.")
    activity_ids = fields.One2many("club.activity", "plan_line_id", "Activities")

    _numbers = models.Constraint(
        "CHECK(budget >= 0 AND headcount >= 0)",
        "Budget and headcount of a plan line can't be negative.",
    )
