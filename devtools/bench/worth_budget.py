"""Budgets of many accounts, prepared in one statement.

Accounts with a year of points and a membership, laid by SQL. Ours is `action_prepare`
of an empty sheet, as the button does it: who is a member today, what the points of the
year come to, the rate of each tier, whether another sheet of the year lists it. Beside
it the leanest way to write these very rows: `INSERT … SELECT` of a table that has them.

`budget.ratio_to_sql` is the ratio of the two; `budget.again_seconds` is preparing once
more, which writes nothing; `budget.costs_ms` is what the account's button asks for, at
that size.
"""

import statistics
import time
from datetime import date

from . import accounts as laid
from .invoices import vacuum_tables
from .timing import ROUNDS, compare, log, timed

YEAR = 2025  # whose points propose
COLUMNS = (
    *("budget_id", "company_id", "year", "account_id", "tier_id", "points", "rate"),
    *("proposed", "granted", "is_prepared", "create_uid", "write_uid"),
    *("create_date", "write_date"),
)


def measure(env, accounts: int = 100_000) -> dict:
    """Return the figures; the database is the bench's own."""
    started = time.perf_counter()
    ids = laid.lay(env, accounts, YEAR)
    program = env.ref("crm_club.club_program_main")
    _lay_members(env, program, ids)
    sheet = env["club.budget"].create({"program_id": program.id, "year": YEAR + 1})
    env.cr.commit()
    log(f"  {accounts} accounts laid", started)
    rows = _lay_rows(env, sheet)
    figures = compare(env, _insert, _prepare, [sheet.id], clean=_clean)
    sheet.action_prepare()
    env.cr.commit()
    vacuum_tables(env, "club_marketing_budget")
    again = statistics.median(
        timed(env, _prepare, sheet.id, clean=_clean) for _round in range(ROUNDS)
    )
    return {
        "budget": {
            "accounts": accounts,
            "rows": rows,
            "ratio_to_sql": figures["ratio"],
            **{name: figures[name] for name in ("ours_seconds", "lean_seconds")},
            "again_seconds": round(again, 3),
            "costs_ms": _measure_account(env, sheet, ids),
        }
    }


def _lay_members(env, program, ids):
    """Make each account a member, spread over the tiers."""
    group = program.group_ids.filtered(lambda group: group.purpose != "grade")[:1]
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO club_membership
               (account_id, origin_id, group_id, tier_id, program_id, company_id,
                date_from, date_to, date_grace, state, origin)
        SELECT a, a, %(group)s,
               (%(tiers)s::int[])[1 + a %% %(count)s], %(program)s, %(company)s,
               %(first)s, %(last)s, %(last)s, 'valid', 'opening'
          FROM unnest(%(ids)s::int[]) a
        """,
        {
            "group": group.id,
            "tiers": group.tier_ids.ids,
            "count": len(group.tier_ids),
            "program": program.id,
            "company": program.company_id.id,
            "first": date(YEAR, 1, 1),
            "last": date(2099, 12, 31),
            "ids": ids,
        },
    )
    env.cr.commit()
    vacuum_tables(env, "club_membership", "res_partner")


def _lay_rows(env, sheet):
    """Keep the very rows in a table of their own; return how many they are."""
    sheet.action_prepare()
    env.flush_all()
    env.cr.execute("CREATE TABLE bench_budget AS SELECT * FROM club_marketing_budget")
    env.cr.execute("DELETE FROM club_marketing_budget")
    env.cr.execute("SELECT count(*) FROM bench_budget")
    [count] = env.cr.fetchone()
    env.cr.commit()
    env.invalidate_all()
    vacuum_tables(env, "bench_budget", "club_marketing_budget")
    return count


def _insert(env, _sheet_id):
    names = ", ".join(COLUMNS)
    env.cr.execute(
        f"INSERT INTO club_marketing_budget ({names}) SELECT {names} FROM bench_budget"
    )


def _prepare(env, sheet_id):
    env["club.budget"].browse(sheet_id).action_prepare()


def _clean(env):
    """Take away what a round that was rolled back left in the files."""
    vacuum_tables(env, "club_marketing_budget")


def _measure_account(env, sheet, ids):
    """Return the milliseconds of an account's three figures, the sheet in effect."""
    sheet._set_opening("Bench")
    env.cr.commit()
    vacuum_tables(env, "club_marketing_budget", "club_budget")
    found = []
    for account_id in ids[: 2 * ROUNDS]:
        env.invalidate_all()
        account = env["res.partner"].browse(account_id)
        account.fetch(["commercial_partner_id"])
        started = time.perf_counter()
        account.mapped("club_budget_left")
        found.append(time.perf_counter() - started)
    return round(1000 * statistics.median(found), 1)
