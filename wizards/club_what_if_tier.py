from odoo import api, fields, models

from ..kernel import tier_rules


class ClubWhatIfTier(models.TransientModel):
    """A tier's thresholds to try out beside those in force."""

    _name = "club.what.if.tier"
    _description = "What-If Threshold"
    _inherit = ["club.guard.mixin"]
    _order = "what_if_id, group_id, sequence, id"
    _club_parent = "what_if_id"

    what_if_id = fields.Many2one(
        "club.what.if", required=True, index=True, ondelete="cascade"
    )
    tier_id = fields.Many2one("club.tier", required=True)
    group_id = fields.Many2one(
        related="tier_id.group_id", string="Tier Group", store=True
    )
    sequence = fields.Integer(related="tier_id.sequence", store=True)
    currency_id = fields.Many2one(related="tier_id.currency_id")
    uses_points = fields.Boolean(compute="_compute_uses")
    uses_revenue = fields.Boolean(compute="_compute_uses")
    current_points_from = fields.Float(
        related="tier_id.points_from", string="Points Now"
    )
    current_revenue_from = fields.Monetary(
        related="tier_id.revenue_from", string="Revenue Now"
    )
    points_from = fields.Float("Points Tried", digits=(16, 2))
    revenue_from = fields.Monetary("Revenue Tried")

    @api.depends("tier_id.group_id.measure")
    def _compute_uses(self):
        for line in self:
            measure = line.tier_id.group_id.measure
            line.uses_points = measure in tier_rules.POINTS_MEASURES
            line.uses_revenue = measure in tier_rules.REVENUE_MEASURES
