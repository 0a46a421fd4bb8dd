from odoo import api, models


class ClubTier(models.Model):
    _inherit = "club.tier"

    @api.model_create_multi
    def create(self, vals_list):
        """What begins with a tier joins the catalogue along with the tier."""
        tiers = super().create(vals_list)
        for company, found in tiers.grouped("company_id").items():
            self.env["club.activity.type"]._ensure_defaults(
                company, set(found.mapped("code"))
            )
        return tiers
