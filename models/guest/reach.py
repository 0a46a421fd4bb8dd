"""How guests can be reached, and what they said to it. Rule A8."""

from ...kernel.survey_channels import CALL, MAIL, SMS
from ..contact.channels import CHANNELS, GIVEN, NOT_ASKED, REFUSED


def get_reach(guests):
    """Return ``{guest: (said, reachable, preferred)}``: the answer to each channel, the
    channels for which there is an address, the one he likes best.
    """
    # sudo: the answers hold whoever asks, also him who can't open the profile
    profiles_sudo = guests.env["club.contact.profile"].sudo()
    found = profiles_sudo.search(
        [
            ("contact_id", "in", guests.contact_id.ids),
            ("company_id", "in", guests.company_id.ids),
        ]
    )
    profiles = found.grouped(lambda p: (p.contact_id.id, p.company_id.id))
    reach = {}
    for guest in guests:
        contact_sudo = guest.contact_id.sudo()
        key = contact_sudo.id, guest.company_id.id
        his = profiles.get(key, profiles_sudo)
        said = {code: _last_word(his, code) for code, _label in CHANNELS}
        # Odoo's own lists of those who opted out.
        if contact_sudo.is_blacklisted:
            said[MAIL] = REFUSED
        if contact_sudo.phone_blacklisted:
            said[SMS] = REFUSED
        reachable = {MAIL} if contact_sudo.email else set()
        if contact_sudo.phone:
            reachable |= {SMS, CALL}
        acting = his.filtered(lambda p, guest=guest: p.account_id == guest.account_id)
        reach[guest] = said, reachable, (acting or his)[:1].channel
    return reach


def _last_word(profiles, code):
    """Return what a person said to a channel; a no holds whomever he acts for."""
    answers = set(profiles.mapped(f"consent_{code}"))
    return next((a for a in (REFUSED, GIVEN) if a in answers), NOT_ASKED)
