"""What follows an account to its next manager. Rule D9."""

from ..record.lock import opened

# Model, who sees to it, and which of its records are open.
FOLLOWING = (
    ("club.need", "owner_id", [("state", "in", ("open", "taken"))]),
    ("club.retention", "user_id", [("state", "in", ("open", "taken"))]),
)


def pass_on(accounts, giver, taker):
    """Give what is open and the giver's to the taker; what is over stays his.

    :param accounts: partners, with their company
    """
    company = accounts.env.company
    for model, owner, domain in FOLLOWING:
        if model not in accounts.env:
            continue
        # sudo: whoever hands over need not read all of it
        found_sudo = (
            accounts.env[model]
            .sudo()
            .search(
                [
                    ("account_id", "in", accounts.ids),
                    ("company_id", "=", company.id),
                    (owner, "=", giver.id),
                    *domain,
                ]
            )
        )
        if found_sudo:
            opened(found_sudo).write({owner: taker.id})


def refresh_duties(accounts):
    """Let what is owed to the accounts follow their managers."""
    if "club.duty" in accounts.env:
        accounts.env["club.duty"].sudo()._refresh(accounts)
