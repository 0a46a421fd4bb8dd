from odoo import Command, models
from odoo.exceptions import UserError

from ..record.rpc import for_one


class ClubDuty(models.Model):
    """A gift for whose birthday it is. Rules D12, D17."""

    _inherit = "club.duty"

    @for_one
    def action_make_gift_list(self):
        """Open a new gift list with the birthday gift that the account is owed."""
        self.check_access("read")
        if self.kind != "birthday":
            raise UserError(
                self.env._(
                    "%s is no birthday: there is no gift for it.", self.display_name
                )
            )
        benefit = self.env["club.benefit"]._find_birthday_gift(self.company_id)
        gift = {
            "account_id": self.account_id.id,
            "contact_id": self.contact_id.id,
            "benefit_id": benefit.id,
        }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Gift List"),
            "res_model": "club.gift.list",
            "views": [(False, "form")],
            "context": {
                "default_purpose": self.display_name,
                "default_company_id": self.company_id.id,
                "default_gift_ids": [Command.create(gift)],
            },
        }
