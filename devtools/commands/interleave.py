"""Run random interleavings of real database sessions; docs/concurrency.md tells more.

./dev interleave --seeds 1000              the seeds 0 to 999
./dev interleave --from 431                one seed again
"""

import argparse
import json
import os
import re

from .. import databases
from ..console import say
from ..home import MODULE
from ..odoo_log import TestLog
from ..odoo_process import exit_code, run_odoo

SEEDS = "CLUB_INTERLEAVE_SEEDS"  # which the test reads
TAGS = f"/{MODULE}:TestInterleavings"
_TOLD = re.compile(r"interleaving (?P<what>seed \d+|figures|told) ?(?P<rest>.*)")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which seeds."""
    parser.add_argument("--seeds", type=int, default=1, help="how many (default: 1)")
    parser.add_argument(
        "--from", dest="first", type=int, default=0, help="the first one (default: 0)"
    )
    parser.add_argument("--keep", action="store_true", help="keep the database")
    parser.add_argument("-v", "--verbose", action="store_true", help="show Odoo's log")


def run(args: argparse.Namespace) -> int:
    """Run the seeds on a fresh database; name those that fail."""
    last = args.first + args.seeds - 1
    os.environ[SEEDS] = f"{args.first}-{last}"
    database = databases.unused_name("interleave")
    try:
        databases.copy(databases.ensure_template(), database)
        say(f"seeds {args.first} to {last} on {database}, about one a second …")
        where = ("-d", database, "-i", MODULE, "--test-tags", TAGS)
        path = run_odoo(database, *where, browser=False, verbose=args.verbose)
    finally:
        if args.keep:
            say(f"kept: {database}")
        else:
            databases.drop(database)
    failed = _report(path.read_text().splitlines())
    with path.open() as lines:
        ended_badly = TestLog.read(lines).ended_badly
    if failed or ended_badly or exit_code(path):
        print(f"log: {path}")
        for seed in failed:
            print(f"again: ./dev interleave --from {seed}")
        return 1
    return 0


def _report(lines: list[str]) -> list[int]:
    """Print what the test told; return the seeds that failed."""
    failed = []
    for line in lines:
        if not (told := _TOLD.search(line)):
            continue
        if told["what"] == "figures":
            for name, count in sorted(json.loads(told["rest"]).items()):
                print(f"{count:>9,} {name}")
        else:
            print(f"{told['what']} {told['rest']}")
            if told["what"].startswith("seed"):
                failed.append(int(told["what"].split()[1]))
    return sorted(set(failed))
