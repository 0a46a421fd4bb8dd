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

ROUNDS = 5
YEAR = 2017


def measure(env) -> dict:
    """Return the figures; the database is the bench's own."""
    result = {"lines": invoices.LINES, "accounts": invoices.ACCOUNTS}
    started = time.perf_counter()
    invoices.lay(env, YEAR, months=1)
    _log("laid", started)
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
        _post(env, date(YEAR, month, 1))
        env.cr.commit()
    invoices.vacuum(env)
    twelfth = _compare(env, date(YEAR, 12, 1), date(YEAR, 1, 1))
    result["posting"] = {
        "ratio_to_sql": one["ratio"],
        "ratio_twelfth_month": twelfth["ratio"],
        "one_month": one,
        "twelfth_month": twelfth,
    }
    return result


def _log(what, started):
    print(f"{what}: {time.perf_counter() - started:.1f} s", flush=True)


def _compare(env, month, start):
    """Return seconds and the ratio of posting ``month`` to lean SQL from ``start``."""
    ours, lean, review = [], [], []
    _timed(env, _lean, start)  # warm the cache
    for _round in range(ROUNDS):
        lean.append(_timed(env, _lean, start))
        ours.append(_timed(env, _post, month))
        print(f"  lean {lean[-1]:.2f} s, ours {ours[-1]:.2f} s", flush=True)
    review = [_timed(env, _review, month) for _round in range(ROUNDS)]
    median = statistics.median
    return {
        "ours_seconds": round(median(ours), 3),
        "lean_seconds": round(median(lean), 3),
        "review_seconds": round(median(review), 3),
        "ratio": round(median(ours) / median(lean), 2),
        "rounds": [[round(o, 3), round(s, 3)] for o, s in zip(ours, lean, strict=True)],
    }


def _timed(env, function, *arguments):
    started = time.perf_counter()
    function(env, *arguments)
    seconds = time.perf_counter() - started
    env.cr.rollback()
    env.invalidate_all(flush=False)
    env.cr.execute("DROP TABLE IF EXISTS bench_twin")
    env.cr.commit()
    invoices.vacuum(env)
    return seconds


def _post(env, month):
    """Compute, verify and post a month to the ledger, as the buttons do."""
    program = env.ref("crm_club.club_program_main")
    run = env["club.points.run"].create({"program_id": program.id, "month": month})
    run.action_compute()
    run.unit_ids.action_verify()
    run._lock_run()
    run._check_can_post()
    run._post_ledger()
    env.flush_all()


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
