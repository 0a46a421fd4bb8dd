from odoo import models

from ..record.rpc import for_one


class ResPartner(models.Model):
    _inherit = "res.partner"

    @for_one
    def action_open_club_rewards(self):
        """Open the catalogue for this account, with what it can afford. Rule B13."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_reward_action"
        )
        return {
            **action,
            "context": {
                "default_account_id": self.commercial_partner_id.id,
                "search_default_offered": 1,
                "search_default_can_afford": 1,
            },
        }
