"""What follows an account to its next manager. Rule D9."""

from ..need.club_need import UNSETTLED
from ..record.lock import opened
from . import club_retention

# Model, who sees to it, and which states are open.
FOLLOWING = (
    ("club.need", "owner_id", UNSETTLED),
    ("club.retention", "user_id", club_retention.UNSETTLED),
)


def pass_on(accounts, giver, taker):
    """Give what is open and the giver's to the taker; what is over stays his.

    :param accounts: partners, with their company
    """
    company = accounts.env.company
    for model, owner, states in FOLLOWING:
        # sudo: whoever hands over need not read all of it
        found_sudo = (
            accounts.env[model]
            .sudo()
            .search(
                [
                    ("account_id", "in", accounts.ids),
                    ("company_id", "=", company.id),
                    (owner, "=", giver.id),
                    ("state", "in", states),
                ]
            )
        )
        if found_sudo:
            opened(found_sudo).write({owner: taker.id})


def refresh_duties(accounts):
    """Let what is owed to the accounts follow their managers."""
    # sudo: only statements write them
    accounts.env["club.duty"].sudo()._refresh(accounts)
