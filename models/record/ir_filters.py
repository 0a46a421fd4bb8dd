from odoo import models


class IrFilters(models.Model):
    _name = "ir.filters"
    _inherit = ["ir.filters", "club.shared.mixin"]

    def _get_club_places(self):
        return (self.model_id,)

    def _is_club_own(self):
        # sudo: whose it is, is asked before he may read it
        return self.sudo().user_ids == self.env.user
