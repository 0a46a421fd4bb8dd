from odoo import models


class ClubTier(models.Model):
    _inherit = "club.tier"

    def _club_after_create(self):
        """What begins with a tier joins the catalogue along with the tier."""
        super()._club_after_create()
        for company, tiers in self.grouped("company_id").items():
            self.env["club.activity.type"]._ensure_defaults(
                company, set(tiers.mapped("code"))
            )
