"""How long assessing everybody takes, against the leanest SQL of the same size.

*Review*: all accounts are assessed after a run and enrolled in both tier groups; their
tiers are written onto the partners. *Requalification*: the terms of all of them end;
the document is prepared with a line a membership, and applied as signed. Lean sums the
same measures and inserts as many membership rows into the same table, under its
constraints, foreign keys and indexes, and does nothing else: no evidence, no ends of
terms, no lines to be signed, no mirrors.

`ratio_to_sql` is of both together: medians of five in one run, each rolled back.
"""

import statistics
from datetime import date, timedelta
from unittest.mock import patch

from . import accounts
from .invoices import vacuum_tables
from .timing import ROUNDS, compare, timed

YEAR = 2017
ACCOUNTS = 100_000


def measure(env) -> dict:
    """Return the figures; the database is the bench's own."""
    year = YEAR
    accounts.lay(env, ACCOUNTS, year)
    day = date(year, 12, 31)
    with _on(env, day):
        review = compare(env, _lean, _review, (day, day), clean=_vacuum)
        _review(env, day, day)
        env.cr.commit()
    _vacuum(env)
    end = date(year + 1, 12, 30)
    with _on(env, end + timedelta(days=1)):
        prepared = compare(env, _lean, _prepare, (day, end), clean=_vacuum)
        # Days lie between preparing, signing and applying.
        _prepare(env, day, end)
        env.cr.commit()
        _vacuum(env)
        applied = [timed(env, _apply, clean=_vacuum) for _round in range(ROUNDS)]
    applied = statistics.median(applied)
    ours = review["ours_seconds"] + prepared["ours_seconds"] + applied
    lean = review["lean_seconds"] + prepared["lean_seconds"]
    return {
        "assessment": {
            "accounts": ACCOUNTS,
            "ratio_to_sql": round(ours / lean, 2),
            "review": review,
            "requalification": {
                "prepare_seconds": prepared["ours_seconds"],
                "apply_seconds": round(applied, 3),
                "lean_seconds": prepared["lean_seconds"],
                "ratio": round(
                    (prepared["ours_seconds"] + applied) / prepared["lean_seconds"], 2
                ),
            },
        }
    }


def _on(env, day):
    """Let the program's today be another day."""
    return patch.object(type(env["club.program"]), "_today", lambda _self: day)


def _vacuum(env):
    vacuum_tables(env, *accounts.TABLES, "club_requalification_line")


def _review(env, _measured_on, day):
    program = env.ref("crm_club.club_program_main")
    program._review(on=day, effective=day)


def _prepare(env, _measured_on, end):
    """Assess all terms that end and write their lines, as the button does."""
    record = env["club.requalification"].create(
        {
            "program_id": env.ref("crm_club.club_program_main").id,
            "date_from": end,
            "date_to": end,
        }
    )
    record.action_prepare()


def _apply(env):
    """Let it take effect, digest and mirrors included; who signs isn't measured."""
    env["club.requalification"].search([], limit=1)._set_opening("Bench")


def _lean(env, measured_on, effective):
    """Sum points and revenue of the year and insert a membership for each tier."""
    program = env.ref("crm_club.club_program_main")
    env.cr.execute(
        """
        WITH points AS (
            SELECT e.account_id, sum(e.points) AS points
              FROM club_points_entry e
              JOIN club_points_run r ON r.id = e.run_id AND r.state = 'posted'
             WHERE r.program_id = %(program)s AND e.kind IN ('revenue', 'opening')
               AND e.date BETWEEN %(start)s AND %(end)s
             GROUP BY e.account_id),
        fact AS (
            SELECT club_account_id AS account_id, -balance AS amount
              FROM account_move_line
             WHERE company_id = %(company)s AND date BETWEEN %(start)s AND %(end)s
               AND parent_state = 'posted' AND club_account_id IS NOT NULL
         UNION ALL
            SELECT account_id, amount
              FROM club_revenue_line
             WHERE company_id = %(company)s AND month BETWEEN %(start)s AND %(end)s
               AND state = 'valid'),
        revenue AS (
            SELECT account_id, sum(amount) AS revenue FROM fact GROUP BY account_id)
        INSERT INTO club_membership (account_id, origin_id, group_id, tier_id,
               program_id, company_id, date_from, date_to, date_grace, state, origin,
               decided_by_id, create_uid, write_uid, create_date, write_date)
        SELECT s.account_id, s.account_id, g.id, t.id, %(program)s, %(company)s,
               %(first)s, %(last)s, %(last)s, 'valid', 'enrolled', %(user)s, %(user)s,
               %(user)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM (SELECT account_id, coalesce(points, 0) AS points,
                       coalesce(revenue, 0) AS revenue
                  FROM points FULL JOIN revenue USING (account_id)) s
    CROSS JOIN club_tier_group g
    CROSS JOIN LATERAL (
               SELECT id FROM club_tier t
                WHERE t.group_id = g.id AND t.active
                  AND CASE WHEN g.measure = 'points'
                           THEN s.points >= t.points_from OR t.sequence = 1
                                AND g.automatic_revenue > 0
                                AND s.revenue >= g.automatic_revenue
                           ELSE s.revenue >= t.revenue_from END
                ORDER BY t.sequence DESC LIMIT 1) t
         WHERE g.program_id = %(program)s
        """,
        {
            "program": program.id,
            "company": program.company_id.id,
            "user": env.uid,
            "start": measured_on.replace(month=1, day=1),
            "end": measured_on,
            # Past what is there already: nothing overlaps.
            "first": effective + timedelta(days=1),
            "last": effective + timedelta(days=365),
        },
    )
    print(f"  lean inserted {env.cr.rowcount:,} rows", flush=True)
