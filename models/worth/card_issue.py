"""Which memberships still lack a card, and what its code is. Rule A13."""

import base64
import secrets

from .card_states import LIVE

CODE_BYTES = 15  # 24 letters and digits: nobody guesses one


def find_lacking(cards_sudo, memberships):
    """Return the memberships that lack a card, and the cards in use, both by account
    and tier group.

    A card in use is one of a membership when it is of its tier and goes on with it:
    there was no break since it was issued, or the membership is still to come.
    """
    found = cards_sudo.search(
        [("account_id", "in", memberships.account_id.ids), ("state", "in", LIVE)]
    )
    used = {(card.account_id, card.group_id): card for card in found}
    days = {company: company._club_today() for company in memberships.company_id}
    going = found._find_valid(days, LIVE)
    lacking = {}
    for membership in memberships.sorted("date_from"):
        key = membership.account_id, membership.group_id
        old = used.get(key)
        goes_on = (
            old
            and old.tier_id == membership.tier_id
            and (old.id in going or membership.date_from > days[membership.company_id])
        )
        if key not in lacking and not goes_on:
            lacking[key] = membership
    return lacking, used


def make_code():
    """Return a code that nobody guesses, in letters that a QR code packs well."""
    return base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode()
