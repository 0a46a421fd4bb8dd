from odoo import models
from odoo.exceptions import AccessError

from ..record.rpc import for_one
from .club_integrity_check import CHECKERS


class ClubProgram(models.Model):
    _inherit = "club.program"

    @for_one
    def action_check_integrity(self):
        """Compare facts, ledger, balances, memberships and mirrors now."""
        self.check_access("read")
        if not self.env.user.has_groups(",".join(CHECKERS)):
            raise AccessError(
                self.env._("Only auditors and club officers check the club's figures.")
            )
        check = self.env["club.integrity.check"]._run(self, self.env.user)
        return {
            "type": "ir.actions.act_window",
            "res_model": check._name,
            "res_id": check.id,
            "views": [(False, "form")],
        }
