from odoo import fields, models


class ClubScorecardIndicator(models.Model):
    """An indicator of a template. Rule E9."""

    _name = "club.scorecard.indicator"
    _description = "Indicator of a Scorecard Template"
    _inherit = ["club.scorecard.indicator.mixin", "club.record.mixin"]
    _order = "template_id, sequence, id"
    _club_parent = "template_id"

    template_id = fields.Many2one(
        "club.scorecard.template", required=True, index=True, ondelete="cascade"
    )
