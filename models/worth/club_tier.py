from odoo import api, fields, models
from odoo.exceptions import UserError

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

    def _club_check_write(self, vals):
        """Keep a tier where its tariffs and its price list are. Rule D18."""
        super()._club_check_write(vals)
        if "group_id" not in vals:
            return
        # sudo: all tariffs of it count, whoever may read them
        tariffs_sudo = self.env["club.tariff"].sudo()
        used = tariffs_sudo._read_group([("tier_id", "in", self.ids)], ["tier_id"])
        for (tier,) in used:
            if vals["group_id"] != tier.group_id.id:
                raise UserError(
                    self.env._(
                        "%s has tariffs and stays in its tier group: make another "
                        "tier there.",
                        tier.name,
                    )
                )
