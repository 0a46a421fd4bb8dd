from odoo import fields, models

from .club_activity_cost import COST_KINDS


class ClubActivityExpense(models.Model):
    """What an activity cost without a vendor bill: petty cash, with its receipt. C5."""

    _name = "club.activity.expense"
    _description = "Cost of an Activity without a Bill"
    _inherit = ["club.record.mixin"]
    _club_parent = "activity_id"
    _order = "activity_id, date, id"

    activity_id = fields.Many2one(
        "club.activity",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="activity_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        required=True, default=lambda self: self.env.company._club_today()
    )
    kind = fields.Selection(COST_KINDS, required=True, default="other")
    name = fields.Char("Description", required=True)
    partner_id = fields.Many2one(
        "res.partner", "Paid to", index="btree_not_null", check_company=True
    )
    amount = fields.Monetary(required=True, help="Company currency.")
    receipt = fields.Binary(attachment=True)
    receipt_name = fields.Char()

    _amount = models.Constraint(
        "CHECK(amount > 0 AND amount < 1e12)",
        "What was spent is more than nothing, and below 1,000,000,000,000.",
    )
