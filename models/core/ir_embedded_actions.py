from odoo import api, models
from odoo.exceptions import AccessError

from .res_partner_standing import OFFICER


class IrEmbeddedActions(models.Model):
    """Buttons that users add to a form: one's own, unless an officer shares them.

    A shared one calls what its maker chose in the name of whoever clicks on it.
    """

    _inherit = "ir.embedded.actions"

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions._check_club_shared()
        return actions

    def write(self, vals):
        self.check_access("write")  # a refusal names the action
        self._check_club_shared()
        result = super().write(vals)
        self._check_club_shared()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shared(self):
        self._check_club_shared()

    def _check_club_shared(self):
        """Refuse to give others a button on the club's records, or to touch theirs."""
        if self.env.su or self.env.user.has_groups(f"{OFFICER},base.group_erp_manager"):
            return
        for action in self.sudo():
            places = (action.parent_res_model, action.parent_action_id.res_model)
            is_clubs = any((name or "").startswith("club.") for name in places)
            if is_clubs and action.user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "“%s” is for others, too: on the club's records only club "
                        "officers share views and buttons. Save it for yourself alone.",
                        action.name,
                    )
                )
