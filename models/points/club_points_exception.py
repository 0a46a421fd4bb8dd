from odoo import fields, models

from ..rpc import for_one


class ClubPointsException(models.Model):
    """Revenue that a run could not turn into points, and why. Rules B3, B4."""

    _name = "club.points.exception"
    _description = "Exception of a Points Run"
    _inherit = ["club.guard.mixin"]
    _order = "month desc, reason, revenue desc, id"
    _rec_name = "reason"
    _log_access = False

    run_id = fields.Many2one(
        "club.points.run", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="run_id.company_id")
    currency_id = fields.Many2one(related="run_id.currency_id")
    reason = fields.Selection(
        [
            ("category", "No product category"),
            ("rate", "No conversion rate"),
            ("agreement", "No agreement in force"),
        ],
        required=True,
        readonly=True,
    )
    month = fields.Date(readonly=True)
    account_id = fields.Many2one("res.partner", readonly=True)
    category_id = fields.Many2one("product.category", "Product Category", readonly=True)
    revenue = fields.Monetary(readonly=True)
    points = fields.Float(
        digits=(16, 2),
        readonly=True,
        help="What it would add at the rates in force; empty where no rate is known.",
    )

    @for_one
    def action_open_revenue(self):
        """Open the revenue lines behind the exception."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_revenue_action"
        )
        domain = [("month", "=", self.month), ("company_id", "=", self.company_id.id)]
        if self.account_id:
            domain.append(("account_id", "=", self.account_id.id))
        if self.reason in ("rate", "category"):
            domain.append(("category_id", "=", self.category_id.id))
        return {**action, "domain": domain, "context": {}}
