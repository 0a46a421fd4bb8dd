"""A club of any size to crawl through, laid by SQL with the rows that benches use."""

import time

from devtools.bench import care, screen_rows, screens
from devtools.bench.invoices import vacuum_tables
from devtools.bench.timing import log


def lay(env, accounts):
    """Lay accounts with their standing, ledger, documents, managers and duties.

    :param accounts: how many; each comes with 12 entries and some 19 duties
    """
    started = time.perf_counter()
    crew = screens.Crew(env)
    managers = care.create_managers(env, crew)
    rules = care.begin_rules(env)
    screen_rows.lay(env, crew, 0, accounts)
    care.lay_teams(env, crew, managers, rules)
    env["club.duty"]._refresh()
    env.cr.commit()
    vacuum_tables(env, *care.TABLES)
    care.lay_history(env, rules, accounts)
    log(f"  {accounts} accounts laid", started)
