from odoo import api, fields, models


class BenchTierDocument(models.Model):
    """The twin of `club.account.classification`: the same fields, under tiers."""

    _name = "bench.tier.document"
    _description = "Class of an Account (Tiers)"
    _inherit = ["mail.thread", "mail.activity.mixin", "tier.validation"]
    _order = "date_from desc, id desc"
    _rec_name = "class_id"
    _tier_validation_manual_config = False

    state = fields.Selection(
        [("draft", "Draft"), ("confirmed", "In Effect"), ("cancel", "Cancelled")],
        default="draft",
        required=True,
        index=True,
        tracking=True,
    )
    account_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="restrict", tracking=True
    )
    class_id = fields.Many2one(
        "club.account.class", required=True, ondelete="restrict", tracking=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date_from = fields.Date(
        required=True,
        tracking=True,
        default=lambda self: fields.Date.context_today(self),
    )
    date_to = fields.Date(tracking=True)
    decider_id = fields.Many2one("res.users", copy=False)
    reason = fields.Char(required=True, tracking=True)

    @api.depends("account_id", "class_id")
    def _compute_display_name(self):
        for record in self:
            record.display_name = f"{record.class_id.name}: {record.account_id.name}"

    def action_confirm(self):
        """Let what was validated take effect."""
        self.write({"state": "confirmed", "decider_id": self.env.uid})
        return True
