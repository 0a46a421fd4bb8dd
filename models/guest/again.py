"""Guests of an activity that is held again: whom to think of first. Rules A8, C4."""

from ...kernel.guest_states import CANCELLED, PROPOSED
from ..contact.channels import REFUSED
from .reach import get_reach


def find_contacts_again(activity):
    """Return the persons who were asked to an activity, and could be again today: by
    tier, and by some channel that they haven't refused.

    :param activity: the one to which they were invited
    """
    # sudo: all of them, whoever looks after whom
    activity_sudo = activity.sudo().with_company(activity.company_id)
    guests_sudo = activity_sudo.env["club.invitation"].search(
        [
            ("activity_id", "=", activity_sudo.id),
            ("state", "not in", (PROPOSED, CANCELLED)),
            ("exception_kind", "=", False),
            ("contact_id.active", "=", True),
        ]
    )
    today = activity_sudo.company_id._club_today()
    accounts = guests_sudo.contact_id.commercial_partner_id
    tiers = activity_sudo._get_tiers(accounts, today)
    lowest = activity_sudo.tier_id.sequence
    found_sudo = guests_sudo.contact_id.browse()
    for guest, (said, reachable, _preferred) in get_reach(guests_sudo).items():
        account = guest.contact_id.commercial_partner_id
        tier = tiers.get((activity_sudo, account))
        is_reached = any(said[channel] != REFUSED for channel in reachable)
        if tier and tier.sequence >= lowest and is_reached:
            found_sudo |= guest.contact_id
    return found_sudo.with_env(activity.env)
