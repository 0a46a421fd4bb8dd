"""The figures of a month, worked out for all units of a company.

Accounts with a year of points and revenue, and for each a membership, a unit (every
tenth one moved in between), duties, visits, complaints and cases, laid by SQL. Ours is
`club.figure._refresh` of one month, as the nightly job calls it: all figures there are,
by unit and tier, compared with what stands there and written where it differs. Beside
it the leanest statement of each of the same sums, which only inserts them (of what
there is none of here, activities, vouchers and the like, ours looks besides); both
start from no figures. That they come to the same is checked.

`month.ratio_to_sql` is the ratio of the two; `month.again_seconds` is working out the
month once more, which writes nothing; `month.year_seconds` all twelve months at once.
"""

import statistics
import time
from datetime import date

from odoo.tools import SQL

from . import accounts as laid
from .invoices import vacuum_tables
from .timing import ROUNDS, compare, log, timed

YEAR = 2025
MONTH, END = date(YEAR, 6, 1), date(YEAR, 6, 30)
UNITS = 50
TABLES = (
    *("club_account_unit", "club_membership", "club_duty", "club_contact_log"),
    *("club_need", "club_retention", "club_figure", "club_points_summary"),
)


def measure(env, accounts: int = 100_000) -> dict:
    """Return the figures; the database is the bench's own."""
    started = time.perf_counter()
    ids = laid.lay(env, accounts, YEAR)
    program = env.ref("crm_club.club_program_main")
    company = program.company_id
    _lay_facts(env, program, ids)
    log(f"  {accounts} accounts laid", started)
    env.cr.execute("CREATE TABLE bench_figure (LIKE club_figure INCLUDING ALL)")
    env.cr.commit()
    arguments = (company.id, MONTH, END)
    figures = compare(env, _sum_lean, _refresh, arguments, clean=_clean)
    rows = _check_same(env, *arguments)
    again = statistics.median(
        timed(env, _refresh, *arguments, clean=_clean) for _round in range(ROUNDS)
    )
    year = company.id, date(YEAR, 1, 1), date(YEAR, 12, 31)
    return {
        "month": {
            "accounts": accounts,
            "rows": rows,
            "ratio_to_sql": figures["ratio"],
            **{name: figures[name] for name in ("ours_seconds", "lean_seconds")},
            "again_seconds": round(again, 3),
            "year_seconds": round(timed(env, _refresh, *year, clean=_clean), 3),
        }
    }


def _refresh(env, company_id, start, end):
    env["club.figure"]._refresh(env["res.company"].browse(company_id), start, end)


def _clean(env):
    """Take away what a round that was rolled back left in the files."""
    vacuum_tables(env, "club_figure", "bench_figure")


def _check_same(env, company_id, start, end):
    """Keep the month's figures, and see that the lean sums are these."""
    _refresh(env, company_id, start, end)
    _sum_lean(env, company_id, start, end)
    names = "company_id, unit_id, month, code, tier_id, value, base"
    env.cr.execute(
        f"""
        (SELECT {names} FROM club_figure EXCEPT SELECT {names} FROM bench_figure)
         UNION ALL
        (SELECT {names} FROM bench_figure EXCEPT SELECT {names} FROM club_figure)
        """
    )
    if differing := env.cr.fetchall():
        raise ValueError(f"the lean sums are others: {differing[:5]}")
    env.cr.execute("SELECT count(*) FROM club_figure")
    [count] = env.cr.fetchone()
    env.cr.execute("TRUNCATE bench_figure")
    env.cr.commit()
    vacuum_tables(env, "club_figure")
    return count


# === The leanest statements of the same sums === #

# What each figure is: its code, the unit and tier, what is summed, and of what.
OF_MEMBERS = "club_membership m JOIN club_tier_group g ON g.id = m.group_id"
OF_MEMBERS += " AND g.purpose <> 'grade'"
OF_RUNS = "JOIN club_points_run r ON r.id = s.run_id AND r.state = 'posted'"
OF_ACCOUNT = "LEFT JOIN unit_of u ON u.account_id = {}.account_id"
VALID = "m.company_id = {company} AND m.state = 'valid'"
BEGUN = " AND m.date_from BETWEEN {start} AND {end}"
BEFORE = (
    "FROM club_membership o JOIN club_tier b ON b.id = o.tier_id"
    " WHERE o.account_id = m.account_id AND o.group_id = m.group_id"
    " AND o.state = 'valid' AND o.date_from < m.date_from"
    " AND o.date_grace >= m.date_from - 1"
)
AFTER = (
    "FROM club_membership n WHERE n.account_id = m.account_id"
    " AND n.group_id = m.group_id AND n.state = 'valid'"
    " AND n.date_from > m.date_from AND n.date_from <= m.date_grace + 1"
)
MEMBERS = f"{OF_MEMBERS} {OF_ACCOUNT.format('m')}"
TIERED = f"{OF_MEMBERS} JOIN club_tier t ON t.id = m.tier_id {OF_ACCOUNT.format('m')}"
COMPLAINTS = f"club_need n {OF_ACCOUNT.format('n')}"
SUMMED = f"club_points_summary s {OF_RUNS}"
OF_TIER = ("u.unit_id", "m.tier_id")
NO_TIER = "NULL::int"
COUNT = ("count(*)", "0")
LEAN = (
    (
        *("members", *OF_TIER, *COUNT, MEMBERS),
        f"{VALID} AND m.date_from <= {{end}} AND m.date_grace >= {{end}}",
    ),
    (
        *("joined", *OF_TIER, *COUNT, MEMBERS),
        f"{VALID}{BEGUN} AND NOT EXISTS (SELECT {BEFORE})",
    ),
    *(
        (
            *(code, *OF_TIER, *COUNT, TIERED),
            f"{VALID}{BEGUN} AND EXISTS (SELECT {BEFORE} AND b.sequence {than}"
            " t.sequence)",
        )
        for code, than in (("promoted", "<"), ("demoted", ">"))
    ),
    (
        *("left", *OF_TIER, *COUNT, MEMBERS),
        f"{VALID} AND m.date_grace BETWEEN {{start}} - 1 AND {{end}} - 1"
        f" AND NOT EXISTS (SELECT {AFTER})",
    ),
    (
        *("retained", *OF_TIER, "count(*) FILTER (WHERE m.outcome = 'renewed')"),
        *("count(*)", MEMBERS, f"{VALID} AND m.date_to BETWEEN {{start}} AND {{end}}"),
    ),
    (
        *("revenue", "u.unit_id", NO_TIER, "sum(l.amount)", "0"),
        f"club_revenue_line l {OF_ACCOUNT.format('l')}",
        "l.company_id = {company} AND l.state = 'valid' AND l.month = {start}",
    ),
    (
        *("points_accrued", "s.unit_id", NO_TIER, "sum(s.points)", "0", SUMMED),
        "r.company_id = {company} AND s.date BETWEEN {start} AND {end}"
        " AND s.kind <> 'expiry'",
    ),
    (
        *("points_expired", "s.unit_id", NO_TIER, "-sum(s.points)", "0", SUMMED),
        "r.company_id = {company} AND s.date BETWEEN {start} AND {end}"
        " AND s.kind = 'expiry'",
    ),
    (
        *("points_balance", "s.unit_id", NO_TIER, "sum(s.points)", "0", SUMMED),
        "r.company_id = {company} AND s.date <= {end}",
    ),
    (
        *("contacts_on_time", "d.unit_id", NO_TIER),
        "count(*) FILTER (WHERE d.done_on <= d.date_due)",
        *("count(*)", "club_duty d"),
        "d.company_id = {company} AND d.date_due BETWEEN {start} AND {end}"
        " AND d.state <> 'waived'",
    ),
    (
        *("visits", "c.unit_id", NO_TIER, *COUNT, "club_contact_log c"),
        "c.company_id = {company} AND c.channel = 'visit' AND c.state <> 'returned'"
        " AND c.held_on BETWEEN {start} AND {end}",
    ),
    (
        *("complaints", "u.unit_id", NO_TIER, *COUNT, COMPLAINTS),
        "n.company_id = {company} AND n.is_complaint"
        " AND n.date_received BETWEEN {start} AND {end}",
    ),
    (
        *("complaints_closed", "u.unit_id", NO_TIER, *COUNT, COMPLAINTS),
        "n.company_id = {company} AND n.is_complaint AND n.state IN ('done', 'dropped')"
        " AND n.settled_at BETWEEN {start} AND {end} + 1",
    ),
    (
        *("at_risk", "u.unit_id", NO_TIER, *COUNT),
        f"club_retention c {OF_ACCOUNT.format('c')}",
        "c.company_id = {company} AND c.date_opened <= {end}"
        " AND (c.date_closed IS NULL OR c.date_closed > {end})",
    ),
)


def _sum_lean(env, company_id, start, end):
    """Insert each sum; which unit an account was of is asked once for all of them."""
    values = {"company": company_id, "start": start, "end": end}
    literal = {
        name: SQL("%s::date" if name != "company" else "%s", value)
        for name, value in values.items()
    }
    env.cr.execute(
        SQL(
            """
            CREATE TEMP TABLE unit_of ON COMMIT DROP AS
            SELECT DISTINCT ON (account_id) account_id, unit_id
              FROM club_account_unit
             WHERE company_id = %s
             ORDER BY account_id, date_from <= %s DESC,
                      CASE WHEN date_from <= %s THEN date_from END DESC, date_from
            """,
            company_id,
            end,
            end,
        )
    )
    env.cr.execute("ANALYZE unit_of")
    for code, unit, tier, value, base, source, condition in LEAN:
        text = (
            "INSERT INTO bench_figure"
            " (company_id, unit_id, month, code, tier_id, value, base)"
            f" SELECT %(company)s, {unit}, %(start)s, %(code)s, {tier}, {value}, {base}"
            f" FROM {source} WHERE "
            + condition.format(company="%(company)s", start="%(start)s", end="%(end)s")
            + f" GROUP BY {unit}, {tier}"
        )
        env.cr.execute(SQL(text, code=code, **literal))
    env.cr.execute("DROP TABLE unit_of")


# === What is laid === #


def _lay_facts(env, program, ids):
    company = program.company_id
    units = env["crm.team"].create(
        [
            {"name": f"Bench {number}", "company_id": company.id}
            for number in range(UNITS)
        ]
    )
    group = program.group_ids.filtered(lambda group: group.purpose != "grade")[:1]
    rule = env["club.duty.rule"].search([], limit=1)
    env.flush_all()
    values = {
        "ids": ids,
        "company": company.id,
        "program": program.id,
        "units": units.ids,
        "group": group.id,
        "tiers": group.tier_ids.ids,
        "rule": rule.id,
        "user": env.ref("base.user_admin").id,
        "year": date(YEAR, 1, 1),
    }
    for statement in LAID:
        env.cr.execute(statement, values)
    env.cr.commit()
    vacuum_tables(env, *TABLES)


UNIT_OF = "(%(units)s::int[])[1 + a %% array_length(%(units)s::int[], 1)]"
LAID = (
    "DELETE FROM club_account_unit",
    f"""
    INSERT INTO club_account_unit (account_id, company_id, unit_id, date_from)
    SELECT a, %(company)s, {UNIT_OF}, %(year)s FROM unnest(%(ids)s::int[]) a
    """,
    f"""
    INSERT INTO club_account_unit (account_id, company_id, unit_id, date_from)
    SELECT a, %(company)s, {UNIT_OF.replace("a %%", "(a + 1) %%")},
           %(year)s + 30 + a %% 300
      FROM unnest(%(ids)s::int[]) a WHERE a %% 10 = 0
    """,
    """
    INSERT INTO club_membership
           (account_id, origin_id, group_id, tier_id, program_id, company_id,
            date_from, date_to, date_grace, state, origin, outcome)
    SELECT a, a, %(group)s,
           (%(tiers)s::int[])[1 + (a + m) %% array_length(%(tiers)s::int[], 1)],
           %(program)s, %(company)s, day + m * 200, day + m * 200 + 199,
           day + m * 200 + 199, 'valid', 'opening',
           CASE (a + m) %% 4 WHEN 3 THEN 'downgraded' ELSE 'renewed' END
      FROM unnest(%(ids)s::int[]) a, generate_series(0, 2) m,
           LATERAL (SELECT %(year)s - 200 + a %% 365 AS day) d
     WHERE (a + m) %% 7 > 0
    """,
    f"""
    INSERT INTO club_duty
           (account_id, origin_id, company_id, unit_id, rule_id, kind, period,
            date_from, date_due, date_grace, state, done_on)
    SELECT a, a, %(company)s, {UNIT_OF}, %(rule)s, 'contact', 'bench ' || m,
           day - 20, day, day + 5,
           CASE WHEN (a + m) %% 9 = 0 THEN 'missed' ELSE 'done' END,
           CASE WHEN (a + m) %% 9 > 0 THEN day + (a + m) %% 3 - 1 END
      FROM unnest(%(ids)s::int[]) a, generate_series(0, 11) m,
           LATERAL (SELECT (%(year)s + m * 30 + a %% 30)::date AS day) d
    """,
    f"""
    INSERT INTO club_contact_log
           (account_id, company_id, unit_id, user_id, channel, direction, state,
            date_filled, held_on, conversation)
    SELECT a, %(company)s, {UNIT_OF}, %(user)s,
           CASE WHEN m < 3 THEN 'visit' ELSE 'call' END, 'out', 'recorded',
           %(year)s + (m * 90 + a) %% 365, %(year)s + (m * 90 + a) %% 365, 'Bench'
      FROM unnest(%(ids)s::int[]) a, generate_series(0, 5) m
    """,
    """
    INSERT INTO club_need
           (account_id, company_id, name, kind, is_complaint, state, date_received,
            date_due)
    SELECT a, %(company)s, 'Bench', 'other', a %% 4 = 0, 'open', %(year)s + a %% 365,
           %(year)s + 365
      FROM unnest(%(ids)s::int[]) a WHERE a %% 2 = 0
    """,
    """
    INSERT INTO club_retention
           (account_id, company_id, state, date_opened, date_closed)
    SELECT a, %(company)s, CASE WHEN a %% 3 = 0 THEN 'open' ELSE 'kept' END,
           %(year)s + a %% 200,
           CASE WHEN a %% 3 > 0 THEN (%(year)s + a %% 200 + 60)::date END
      FROM unnest(%(ids)s::int[]) a WHERE a %% 5 = 0
    """,
)
