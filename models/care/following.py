"""What follows an account to its next manager. Rule D9."""

from ..record.lock import opened

# Who sees to it, by model.
FOLLOWING = {"club.need": "owner_id", "club.retention": "user_id"}


def pass_on(accounts, giver, taker):
    """Give what is open and the giver's to the taker; what is over stays his.

    :param accounts: partners, with their company
    """
    company = accounts.env.company
    for model, owner in FOLLOWING.items():
        # sudo: whoever hands over need not read all of it
        records_sudo = accounts.env[model].sudo()
        found_sudo = records_sudo.search(
            [
                ("account_id", "in", accounts.ids),
                ("company_id", "=", company.id),
                (owner, "=", giver.id),
                ("state", "in", records_sudo._club_unsettled),
            ]
        )
        if found_sudo:
            opened(found_sudo).write({owner: taker.id})


def keep_one_line(lines, sources, target):
    """Let each document name an account once that others were merged into.

    :param lines: the model of its lines
    """
    merged = sources | target
    every = lines.search([("account_id", "in", merged.ids)], order="id")
    for found in every.grouped(lines._club_parent).values():
        kept = found.filtered(lambda line: line.account_id == target) or found
        opened(found - kept[:1]).unlink()


def refresh_duties(accounts):
    """Let what is owed to the accounts follow their managers."""
    # sudo: only statements write them
    accounts.env["club.duty"].sudo()._refresh(accounts)
