from odoo import models

from ...kernel.survey_channels import CALL, MAIL, REFUSED, SMS
from ..care.channels import CHANNELS


class ClubInvitation(models.Model):
    """How a guest can be reached, and what he said to it. Rule A8."""

    _inherit = "club.invitation"

    def _get_reach(self):
        """Return ``{guest: (said, reachable, preferred)}``: the answer to each channel,
        the channels for which there is an address, the one he likes best.

        The profile's answers hold whoever asks, also him who can't open the profile.
        """
        profiles_sudo = self.env["club.contact.profile"].sudo()
        found = profiles_sudo.search(
            [
                ("contact_id", "in", self.contact_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        profiles = {(p.contact_id.id, p.account_id.id, p.company_id.id): p for p in found}
        reach = {}
        for guest in self:
            contact_sudo = guest.contact_id.sudo()
            key = contact_sudo.id, guest.account_id.id, guest.company_id.id
            profile = profiles.get(key, profiles_sudo)
            said = {code: profile[f"consent_{code}"] for code, _label in CHANNELS}
            # Odoo's own lists of those who opted out.
            if contact_sudo.is_blacklisted:
                said[MAIL] = REFUSED
            if contact_sudo.phone_blacklisted:
                said[SMS] = REFUSED
            reachable = {MAIL} if contact_sudo.email else set()
            if contact_sudo.phone:
                reachable |= {SMS, CALL}
            reach[guest] = said, reachable, profile.channel
        return reach
