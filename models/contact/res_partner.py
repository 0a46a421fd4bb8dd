from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..record.groups import OFFICER
from ..record.lock import is_open

CARERS = "crm_club.crm_club_group_user"


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Record rules decide which of them one reads; the group, who may at all.
    club_profile_ids = fields.One2many(
        "club.contact.profile", "contact_id", "Member Contact", groups=CARERS
    )
    club_contact_profile_ids = fields.One2many(
        "club.contact.profile", "account_id", "Member Contacts", groups=CARERS
    )
    club_is_cared_for = fields.Boolean(
        "Looked After by Me",
        compute="_compute_club_is_cared_for",
        groups=CARERS,
        help="I am the account's manager, lead its unit, or am a club officer.",
    )
    club_is_anonymised = fields.Boolean(
        "Anonymised", compute="_compute_club_is_anonymised", compute_sudo=True
    )

    @api.depends("commercial_partner_id", "club_manager_id", "club_unit_id")
    @api.depends_context("company", "uid")
    def _compute_club_is_cared_for(self):
        """Say in the form what the record rules of member contacts say. Rule A8."""
        user = self.env.user
        sees_all = self.env.su or user.has_group(OFFICER)
        led = self._get_club_led_units()
        for partner in self:
            account = partner.commercial_partner_id._origin.sudo()
            partner.club_is_cared_for = (
                sees_all
                or account.club_manager_id == user
                or account.club_unit_id in led
            )

    def _compute_club_is_anonymised(self):
        logged = self.env["club.anonymisation"]._read_group(
            [("contact_number", "in", self._origin.ids)], ["contact_number"]
        )
        numbers = {number for (number,) in logged}
        for partner in self:
            partner.club_is_anonymised = partner._origin.id in numbers

    def write(self, vals):
        """An account takes over its new parent's manager and unit, who then read what
        is kept of it: so only those who may set them put an account under another.
        """
        if (
            self.env.su
            or is_open(self.env)
            or not {"parent_id", "is_company"} & {*vals}
        ):
            return super().write(vals)
        accounts = self._get_club_assigned()
        result = super().write(vals)
        moved = accounts.filtered(lambda a: a.commercial_partner_id != a)
        if moved:
            raise AccessError(
                self.env._(
                    "%s is an account of the club: the lead of its unit or a club "
                    "officer puts it under another company.",
                    moved[0].name,
                )
            )
        return result

    def _get_club_assigned(self):
        """Return those that are accounts with a manager, a unit or records of the club,
        in any company, but for those whose unit and manager the user may set. Rule E2.
        """
        if not self or self.env.user.has_group(OFFICER):
            return self.browse()
        self.flush_recordset(["parent_id"])
        kept = self._filter_club_accounts().filtered(
            lambda partner: partner.commercial_partner_id == partner
        )
        led = self._get_club_led_units()
        return (
            (self._filter_club_looked_after() | kept)
            .sudo()
            .filtered(lambda account: account.club_unit_id not in led)
            .sudo(False)
        )
