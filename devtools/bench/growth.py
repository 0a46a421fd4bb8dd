"""How posting grows from one to ten million lines, and what memory it takes.

Ten million lines of 16,805 accounts are in one table: a tenth in January, two, three
and four tenths in February, March and April, each month with accounts of its own, so
that accounts and entries grow with the lines. The program's first day says how far back
a run looks: each month alone gives one to four million lines, all four together ten.

`growth.slope` is the slope of log(seconds) over log(lines), least squares over the
medians. `memory.peak_over_idle_mb` is how far the Odoo process rises above what it
took before, while it computes and posts the ten million.
"""

import gc
import math
import re
import statistics
from datetime import date
from pathlib import Path

from . import invoices
from .posting import YEAR, post
from .timing import timed

LINES = 10_000_000
SHARES = (0.1, 0.2, 0.3, 0.4)
ROUNDS = 5
STATUS = Path("/proc/self/status")


def measure(env, lines: int = LINES) -> dict:
    """Return growth and memory; the database is the bench's own."""
    invoices.lay(env, YEAR, lines=lines, shares=SHARES)
    points = [_measure(env, month, month) for month in range(1, len(SHARES) + 1)]
    points.append(_measure(env, 1, len(SHARES)))
    return {
        "growth": {
            "slope": round(_slope([(p["lines"], p["seconds"]) for p in points]), 3),
            "points": points,
        },
        "memory": {
            "peak_over_idle_mb": max(point["peak_over_idle_mb"] for point in points),
        },
    }


def _measure(env, first, last):
    """Time computing and posting a month whose window begins with another one."""
    program = env.ref("crm_club.club_program_main")
    program.date_start = date(YEAR, first, 1)
    env.flush_all()
    env.cr.commit()
    env.cr.execute(
        "SELECT count(*) FROM account_move_line WHERE club_account_id IS NOT NULL"
        " AND date >= %s AND date < %s",
        [date(YEAR, first, 1), date(YEAR, last + 1, 1)],
    )
    (lines,) = env.cr.fetchone()
    times, peaks = [], []
    entries = []

    def ours(env, month):
        entries.append(post(env, month).entry_count)

    for _round in range(ROUNDS):
        gc.collect()
        idle = _reset_peak()
        times.append(timed(env, ours, date(YEAR, last, 1), clean=_vacuum))
        peaks.append(_get_megabytes("VmHWM") - idle)
        print(f"  {lines:,} lines: {times[-1]:.2f} s, {peaks[-1]:.1f} MB", flush=True)
    return {
        "lines": lines,
        "entries": entries[-1],
        "seconds": round(statistics.median(times), 3),
        "peak_over_idle_mb": round(max(peaks), 1),
    }


def _vacuum(env):
    invoices.vacuum_tables(env, "club_points_entry")


def _reset_peak():
    """Let the peak start at what is taken now; return that in MB."""
    Path("/proc/self/clear_refs").write_text("5")
    return _get_megabytes("VmRSS")


def _get_megabytes(name):
    return int(re.search(rf"{name}:\s+(\d+) kB", STATUS.read_text())[1]) / 1024


def _slope(points):
    logs = [(math.log(lines), math.log(seconds)) for lines, seconds in points]
    x_mean, y_mean = (statistics.mean(side) for side in zip(*logs, strict=True))
    return sum((x - x_mean) * (y - y_mean) for x, y in logs) / sum(
        (x - x_mean) ** 2 for x, _y in logs
    )
