from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..contact.club_contact_profile import BIRTHDAY
from ..record.rpc import for_one
from .greeting_sql import without_message_sql


class ClubContactProfile(models.Model):
    """Who had no message this month, and birthdays that were wrong. Rules D4, D5."""

    _inherit = "club.contact.profile"

    correction_ids = fields.One2many(
        "club.birthday.correction", "profile_id", "Corrected Birthdays"
    )
    is_message_due = fields.Boolean(
        "Without a Message This Month",
        compute="_compute_is_message_due",
        search="_search_is_message_due",
        help="Agreed to a channel, and had no greeting or message this month.",
    )

    def _compute_is_message_due(self):
        due = self.search(
            Domain("id", "in", self._origin.ids) & Domain("is_message_due", "=", True)
        )
        for profile in self:
            profile.is_message_due = profile._origin in due

    def _search_is_message_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["club.greeting.line"].flush_model()
        found = SQL(" UNION ALL ").join(
            without_message_sql(company.id, company._club_today().replace(day=1))
            for company in self.env.companies
        )
        return Domain("id", "in", SQL("(SELECT found.id FROM (%s) found)", found))

    @for_one
    def action_correct_birthday(self):
        """Open the dialog for a birthday that is said to be wrong. Rule D5."""
        self.check_access("write")
        known = {f"default_{name}": self[name] for name in BIRTHDAY}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Wrong Birthday"),
            "res_model": "club.birthday.correction",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_profile_id": self.id, **known},
        }

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
