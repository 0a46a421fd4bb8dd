from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Count lines that name a contract towards its limit, or refuse. Rule C6."""
        posted = super()._post(soft=soft)
        if posted:
            lines_sudo = self.env["account.move.line"].sudo()
            lines_sudo.search(
                [
                    ("move_id", "in", posted.ids),
                    *("|", ("club_cooperation_id", "!=", False)),
                    ("club_calloff_id", "!=", False),
                ]
            )._count_towards_cooperation()
        return posted
