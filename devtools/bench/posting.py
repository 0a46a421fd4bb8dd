"""How long posting takes, against the leanest SQL that sums and inserts the same.

`ratio_to_sql`: computing and posting one month that holds all lines. Lean is one
INSERT of the same groups from the same table, with the same indexes on both sides,
into a twin of the ledger that has no foreign keys and no triggers.
`ratio_twelfth_month`: lines over a year, eleven months posted, the twelfth computed
and posted over the whole correction window; lean sums and inserts that window.
Each is a median of five in one run; every single run is rolled back.
"""

import statistics
import time
from datetime import date

from . import invoices
from .timing import ROUNDS, compare, log, timed

YEAR = 2017


def measure(env) -> dict:
    """Return the figures; the database is the bench's own."""
    started = time.perf_counter()
    invoices.lay(env, YEAR, months=1)
    log("laid", started)
    one = _compare(env, date(YEAR, 12, 1), date(YEAR, 12, 1))
    # The same lines, spread over the year by moving their dates.
    with invoices.bare_tables(env.cr, "account_move_line"):
        env.cr.execute(
            "UPDATE account_move_line SET date = make_date(%s, 1 + id %% 12,"
            " extract(day FROM date)::int) WHERE club_account_id IS NOT NULL"
            " AND date >= %s",
            [YEAR, date(YEAR, 1, 1)],
        )
    env.cr.commit()
    invoices.vacuum(env)
    for month in range(1, 12):
        post(env, date(YEAR, month, 1))
        env.cr.commit()
    invoices.vacuum(env)
    twelfth = _compare(env, date(YEAR, 12, 1), date(YEAR, 1, 1))
    return {
        "posting": {
            "lines": invoices.LINES,
            "accounts": invoices.ACCOUNTS,
            "lines_per_second": round(invoices.LINES / one["ours_seconds"]),
            "ratio_to_sql": one["ratio"],
            "ratio_twelfth_month": twelfth["ratio"],
            "one_month": one,
            "twelfth_month": twelfth,
        }
    }


def _compare(env, month, start):
    """Return the figures of posting ``month`` beside lean SQL from ``start``."""

    def lean(env, _month):
        _lean(env, start)

    found = compare(env, lean, post, (month,), clean=_clean)
    review = [timed(env, _review, month, clean=_clean) for _round in range(ROUNDS)]
    return {**found, "review_seconds": round(statistics.median(review), 3)}


def _clean(env):
    env.cr.execute("DROP TABLE IF EXISTS bench_twin")
    env.cr.commit()
    invoices.vacuum(env)


def post(env, month):
    """Compute, verify and post a month to the ledger, as the buttons do.

    :return: the run
    """
    program = env.ref("crm_club.club_program_main")
    run = env["club.points.run"].create({"program_id": program.id, "month": month})
    run.no_controls_reason = "Bench"
    run.action_compute()
    run.unit_ids.no_records_reason = "Bench"
    run.unit_ids.action_verify()
    run._lock_run()
    run._check_can_post()
    run._post_ledger()
    env.flush_all()
    return run


def _review(env, month):
    """Enrol and upgrade whoever the ledger as it stands says."""
    program = env.ref("crm_club.club_program_main")
    program._review(on=date(month.year, 12, 31), effective=date(month.year, 12, 31))
    env.flush_all()


def _lean(env, start):
    """Sum and insert the groups of a window with nothing else around it."""
    env.cr.execute(
        "CREATE TABLE bench_twin (LIKE club_points_entry INCLUDING DEFAULTS"
        " INCLUDING INDEXES)"
    )
    env.cr.execute(
        """
        INSERT INTO bench_twin (run_id, account_id, origin_id, kind,
                                revenue_month, category_id, revenue, rate, coefficient,
                                points, date, valid_until)
        SELECT 0, club_account_id, club_account_id, 'revenue',
               date_trunc('month', date::timestamp)::date, club_category_id,
               sum(-balance), 1, 1, sum(-balance), %(end)s, %(end)s
          FROM account_move_line
         WHERE company_id = %(company)s AND date BETWEEN %(start)s AND %(end)s
           AND parent_state = 'posted' AND club_account_id IS NOT NULL
         GROUP BY club_account_id, 5, club_category_id
        """,
        {"company": env.company.id, "start": start, "end": date(YEAR, 12, 31)},
    )
