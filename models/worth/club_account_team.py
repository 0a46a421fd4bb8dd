from odoo import api, models


class ClubAccountTeam(models.Model):
    _inherit = "club.account.team"

    @api.model
    def _follow_managers(self, accounts=None):
        """Units are assigned along."""
        result = super()._follow_managers(accounts)
        # sudo: it follows, whoever assigns
        self.env["club.account.unit"].sudo()._follow_units(accounts)
        return result
