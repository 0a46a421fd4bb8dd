from odoo import models


class IrEmbeddedActions(models.Model):
    _name = "ir.embedded.actions"
    _inherit = ["ir.embedded.actions", "club.shared.mixin"]

    def _get_club_places(self):
        return self.parent_res_model, self.parent_action_id.res_model

    def _is_club_own(self):
        # sudo: whose it is, is asked before he may read it
        return self.sudo().user_id == self.env.user
