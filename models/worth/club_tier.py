from odoo import api, fields, models

from ..care.club_tier import NAMED


class ClubTier(models.Model):
    _inherit = "club.tier"

    has_plan = fields.Boolean(
        "Needs an Account Plan",
        compute="_compute_has_plan",
        store=True,
        readonly=False,
        help="Each account of this tier has a plan of one page every year: from Gold "
        "up. Rule D15.",
    )

    @api.depends("code")
    def _compute_has_plan(self):
        """Propose it by the code, as the named manager."""
        for tier in self:
            tier.has_plan = tier.code in NAMED
