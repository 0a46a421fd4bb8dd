"""A club of any size to crawl through, laid by SQL with the rows that benches use."""

import time

from devtools.bench import care, screen_rows, screens
from devtools.bench.invoices import vacuum_tables
from devtools.bench.timing import log

from . import volumes

CATEGORIES = 10  # with entries, of an account in each of twelve months
# Who looks, besides those of the bench: their group, and bodies they have a seat in.
ROLES = {
    "finance": ("crm_club_group_finance", "finance"),
    "auditor": ("crm_club_group_auditor", "audit"),
    "admin": ("crm_club_group_admin", ""),
    "head": ("crm_club_group_officer", "presidium"),
}


def lay(env, accounts):
    """Lay accounts with their standing, ledger, documents, managers and duties, and
    what a club of three years has besides.

    :param accounts: how many; each comes with 120 entries and some 19 duties
    """
    started = time.perf_counter()
    crew = screens.Crew(env)
    lay_roles(env)
    # What waits for the other board waits for nobody who looks.
    env.cr.execute(
        "UPDATE club_body_seat SET user_id = %s WHERE body_id = %s",
        [crew.other.id, crew.other_body.id],
    )
    env.invalidate_all()
    managers = care.create_managers(env, crew)
    rules = care.begin_rules(env)
    screen_rows.lay(env, crew, 0, accounts, CATEGORIES)
    care.lay_teams(env, crew, managers, rules)
    env["club.duty"]._refresh()
    env.cr.commit()
    vacuum_tables(env, *care.TABLES)
    care.lay_history(env, rules, accounts)
    log(f"  {accounts} accounts laid", started)
    started = time.perf_counter()
    volumes.lay(env, crew, managers, accounts)
    vacuum_all(env)
    log("  what goes with them laid", started)


def lay_roles(env):
    """Make a user of each role that the bench has none of."""
    for name, (group, body) in ROLES.items():
        user = screens._create_user(env, name, f"crm_club.{group}")
        if body:
            env["club.body.seat"].create(
                {
                    "body_id": env["club.body"].search([("code", "=", body)]).id,
                    "user_id": user.id,
                    "office": "Head",
                    "date_from": "2020-01-01",
                }
            )
    env.cr.commit()


def vacuum_all(env):
    """Bring statistics and visibility of all tables up to date."""
    vacuum_tables(env, "")
