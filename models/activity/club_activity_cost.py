from odoo import fields, models

COST_KINDS = [
    ("venue", "Venue"),
    ("catering", "Catering"),
    ("transport", "Transport"),
    ("speaker", "Speaker"),
    ("gift", "Gifts"),
    ("material", "Materials"),
    ("other", "Other"),
]


class ClubActivityCost(models.Model):
    """A line of an activity's estimate, in company currency. Rule C3."""

    _name = "club.activity.cost"
    _description = "Estimated Cost of an Activity"
    _inherit = ["club.record.mixin"]
    _order = "activity_id, id"
    _club_parent = "activity_id"

    activity_id = fields.Many2one(
        "club.activity", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="activity_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(COST_KINDS, required=True, default="other")
    name = fields.Char("Description")
    amount = fields.Monetary("Estimate", required=True)

    _amount = models.Constraint(
        "CHECK(amount >= 0 AND amount < 1e12)",
        "An estimated cost is 0 or more, and below 1,000,000,000,000.",
    )
