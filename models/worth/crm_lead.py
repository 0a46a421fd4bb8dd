from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _merge_dependences(self, opportunities):
        """Let what vouchers came to follow the lead that stays. Rule D19."""
        result = super()._merge_dependences(opportunities)
        # sudo: nobody may write vouchers, whoever merges
        vouchers_sudo = self.env["club.voucher"].sudo()
        vouchers_sudo.search([("lead_id", "in", opportunities.ids)])._write_guarded(
            {"lead_id": self.id}
        )
        return result
