from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        """Who leaves is asked to hand over what he looks after. Rule D9."""
        result = super().write(vals)
        if "active" in vals and not vals["active"]:
            # sudo: who archives a user need not see his accounts
            self.env["club.handover"].sudo()._propose_for_leavers(self)
        return result
