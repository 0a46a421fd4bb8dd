"""How posting grows from one to ten million lines, and what memory it takes.

Ten million lines of 16,805 accounts are in one table: a tenth in January, two, three
and four tenths in February, March and April, each month with accounts of its own, so
that accounts and entries grow with the lines. The program's first day says how far back
a run looks: each month alone gives one to four million lines, all four together ten.

`growth.slope` is the slope of log(seconds) over log(lines), least squares over the
medians. `memory.peak_over_idle_mb` is how far an Odoo process that has just started
rises above what it took then, while it computes and posts the ten million.
"""

import gc
import json
import math
import re
import statistics
import subprocess
import sys
from datetime import date
from pathlib import Path

from odoo.tools import config

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
        "memory": _measure_memory(env),
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
    times, entries = [], []

    def ours(env, month):
        entries.append(post(env, month).entry_count)

    for _round in range(ROUNDS):
        gc.collect()
        times.append(timed(env, ours, date(YEAR, last, 1), clean=_vacuum))
        print(f"  {lines:,} lines: {times[-1]:.2f} s", flush=True)
    return {
        "lines": lines,
        "entries": entries[-1],
        "seconds": round(statistics.median(times), 3),
    }


def _vacuum(env):
    invoices.vacuum_tables(env, "club_points_entry")


def _measure_memory(env):
    """Post the ten million in a process of its own; return MB of its memory."""
    env.cr.commit()
    command = [sys.executable, "-P", "-m", "odoo", "shell", "-c", config["config"]]
    command += ["-d", env.cr.dbname, "--no-http", "--log-level", "warn"]
    done = subprocess.run(
        command,
        input=_SCRIPT.format(path=sys.path[0], month=len(SHARES)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    idle, peak, entries = json.loads(done.stdout.strip().splitlines()[-1])
    return {
        "peak_over_idle_mb": round(peak - idle, 1),
        "idle_mb": round(idle, 1),
        "entries": entries,
    }


_SCRIPT = """
import gc, json, sys
sys.path.insert(0, {path!r})
from datetime import date
from devtools.bench import growth, posting
gc.collect()
idle = growth.reset_peak()
run = posting.post(env, date(posting.YEAR, {month}, 1))
entries = run.entry_count
print(json.dumps([idle, growth.get_megabytes("VmHWM"), entries]))
env.cr.rollback()
"""


def reset_peak():
    """Let this process's peak start at what it takes now; return that in MB."""
    Path("/proc/self/clear_refs").write_text("5")
    return get_megabytes("VmRSS")


def get_megabytes(name):
    """Return a figure of this process's memory, by its name in Linux."""
    return int(re.search(rf"{name}:\s+(\d+) kB", STATUS.read_text())[1]) / 1024


def _slope(points):
    logs = [(math.log(lines), math.log(seconds)) for lines, seconds in points]
    x_mean, y_mean = (statistics.mean(side) for side in zip(*logs, strict=True))
    return sum((x - x_mean) * (y - y_mean) for x, y in logs) / sum(
        (x - x_mean) ** 2 for x, _y in logs
    )
