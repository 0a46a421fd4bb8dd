from odoo import models

from ..contact.club_contact_profile import BIRTHDAY


class ClubContactProfile(models.Model):
    _inherit = "club.contact.profile"

    def _club_after_create(self):
        super()._club_after_create()
        self._refresh_birthdays()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if {*BIRTHDAY, "account_id"} & vals.keys():
            self._refresh_birthdays()

    def _refresh_birthdays(self):
        """Let duties follow what is known of birthdays. Rule D5."""
        # sudo: he may not see it any more, once it is handed over
        accounts_sudo = self.sudo().filtered("birthday_month").account_id
        self.env["club.duty"]._refresh(accounts_sudo)
