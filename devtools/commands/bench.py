"""Measure the add-on beside what it is compared with; figures go to a file.

./dev bench --json figures.json           everything that docs/performance.md tells of
./dev bench posting assessment            some of it
./dev bench approvals                     beside OCA's tier validation
./dev bench presses                       queries and files of a press of a button
./dev bench actions --json figures.json   how long presses take, at both sizes
./dev bench care                          duties, pulse and today at 100,000 accounts
./dev bench worth                         budgets, take-on, orders, the account's page
./dev bench figures                       a month's figures beside the leanest sums
"""

import argparse
import json
import os
from itertools import chain
from pathlib import Path

from .. import databases
from ..bench import peer
from ..console import Problem, say
from ..home import CHECKOUT, HOME
from ..odoo_process import run_script

FOLDER = CHECKOUT / "devtools" / "bench"
# In this order: what needs a quiet machine most comes first, and a part may use the
# figures of those before it.
BENCHES = (
    *("posting", "assessment", "screens", "redemption", "growth", "parallel"),
    *("loyalty", "presses", "actions", "care", "worth", "figures"),
)
APART = ("approvals",)  # beside a peer, in a run of its own
# One name for all modules that begin with it, each on a database of its own and told
# how many accounts, where that is asked: `measure(env, accounts=100_000)`.
PARTS = {
    name: sorted(file.stem for file in FOLDER.glob(f"{name}_*.py"))
    for name in ("worth", "figures")
}
# Measured once a size, on databases of their own: `measure(env, size)`.
SIZES = {"actions": ("2500", "100k")}
QUIET = 0.7  # load average
SCRIPT = """
import json, sys
sys.path.insert(0, {checkout!r})
from devtools.bench import {name} as bench
figures = bench.measure(env{arguments})
with open({target!r}, "w") as file:
    json.dump(figures, file, indent=2)
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name the measurements and where their figures go."""
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=", ".join([*BENCHES, *APART])
    )
    parser.add_argument(
        "--accounts",
        type=int,
        metavar="N",
        help="of worth and figures, instead of 100,000",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument("--keep", action="store_true", help="keep the databases")


def run(args: argparse.Namespace) -> int:
    """Measure each on a copy of one freshly installed database."""
    target = (args.json or HOME / "bench.json").resolve()
    names = [part for name in args.names or BENCHES for part in PARTS.get(name, [name])]
    if unknown := set(names) - {*BENCHES, *APART, *chain(*PARTS.values())}:
        raise Problem(f"there is no bench {', '.join(sorted(unknown))}")
    load = os.getloadavg()[0]
    if load > QUIET:
        say(f"the machine is busy (load {load:.2f}): the figures will be worse for it")
    figures = {"load_at_start": round(load, 2), "cores": os.cpu_count()}
    fresh = databases.unused_name("bench")
    failed = []
    try:
        databases.ensure_installed(fresh)
        for name in names:
            try:
                for size in SIZES.get(name, ("",)):
                    found = _measure(name, fresh, args, figures, size)
                    figures |= {
                        key: figures[key] | value if size and key in figures else value
                        for key, value in found.items()
                    }
            except Problem as problem:  # the others are worth having all the same
                say(str(problem))
                failed.append(name)
            target.write_text(json.dumps(figures, indent=2) + "\n")
    finally:
        databases.drop(fresh)
    print(json.dumps(figures, indent=2))
    if failed:
        raise Problem(f"not measured: {', '.join(failed)}")
    return 0


def _measure(name, fresh, args, before, size):
    """Return what one module measures, on a database of its own."""
    database = databases.unused_name(f"bench_{name}")
    result = HOME / "scratch" / f"{database}.json"
    result.parent.mkdir(exist_ok=True)
    try:
        databases.copy(fresh, database)
        options, arguments = _prepare(name, database, before, args.accounts, size)
        say(f"measuring {name} on {database}; nothing else should run …")
        script = SCRIPT.format(
            checkout=str(CHECKOUT), name=name, target=str(result), arguments=arguments
        )
        code = run_script(database, script, *options, level="warn")
        if code or not result.exists():
            raise Problem(f"the measurement {name} failed; see above")
        return json.loads(result.read_text())
    finally:
        result.unlink(missing_ok=True)
        if not args.keep:
            databases.drop(database)


def _prepare(name, database, before, accounts, size):
    """Install what a measurement compares with; return Odoo's options and what else
    its module is told.
    """
    if name == "approvals":
        peer.install(database)
        return peer.odoo_options(), ""
    if name == "loyalty":
        peer.install_loyalty(database)
        known = before.get("posting", {}).get("lines_per_second")
        return peer.odoo_options(), f", lines_per_second={known!r}"
    if size:
        return [], f", size={size!r}"
    if accounts and name in chain(*PARTS.values()):
        return [], f", accounts={accounts}"
    return [], ""
