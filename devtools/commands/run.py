"""Bring a club to life on a demonstration database, and serve it.

./dev run                              a simulated post office's club of 3,000 companies
./dev run --seed 7                     another one
./dev run --input purchases            a year of real purchases of 2,469 households
./dev run --no-serve                   only the result: var/out/summary.json, ...
./dev run --revenue mine.csv --rates rates.csv --thresholds 500,1500,3000,15000
./dev run --take-on club.xlsx          what exists on paper comes in besides

The simulation is drawn by its seed for the day on which it is started: 36 months, the
last of which waits to be posted, and what is going on this week; next week it is drawn
anew. --rates and --thresholds without --revenue are for the purchases.

A revenue file has the columns account,category,month,amount (month as 2026-03; rows
of one account, category and month are added up), a rates file category,rate; what it
doesn't name gets the rate 1. Thresholds are the points of the four membership tiers,
lowest first. The database is kept while input and options stay the same; --fresh makes
it anew. Everybody's password is their login.
"""

import argparse
import json
import os
import socket
import subprocess
import time
from datetime import date
from pathlib import Path

from ..build_step import one_at_a_time
from ..console import Problem, say
from ..environment import odoo_command, odoo_environment
from ..home import CHECKOUT, CONF, HOME, LOGS, SCRATCH, write_if_changed
from ..year import database, far_side, purchases, result, statements
from ..year.plan import Plan
from ..year.world import SEED, World

OUTPUT = CHECKOUT / "var" / "out"
SUMMARY = OUTPUT / "summary.json"
PAPERS = (OUTPUT / "roster.xlsx", OUTPUT / "statement.pdf")
PLAN = SCRATCH / "year.json"
LOG = LOGS / f"{database.NAME}_year.log"
SIMULATION, PURCHASES = INPUTS = ("simulation", "purchases")
# A hundredth of the club's own: households spend less than companies.
PURCHASE_THRESHOLDS = "500,1500,3000,15000"
LOGINS = {
    "manager": "account manager: own accounts",
    "clerk": "points clerk of a branch office",
    "lead": "lead of a business line and its branches",
    "officer": "club officer: runs the club",
    "finance": "rates, revenue files, control totals",
    "auditor": "reads everything",
    "head": "head of key accounts: signs",
    "director": "bureau director: signs",
    "admin": "administrator",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what goes in and whether to serve it."""
    parser.add_argument(
        "--input",
        choices=INPUTS,
        help="whose club it is, unless --revenue says it (default: simulation)",
    )
    parser.add_argument(
        "--seed", type=int, metavar="N", help=f"of the simulation ({SEED})"
    )
    parser.add_argument("--no-serve", action="store_true", help="stop after the year")
    parser.add_argument(
        "--fresh", action="store_true", help="make the database anew in any case"
    )
    parser.add_argument(
        "--revenue", type=Path, metavar="FILE.csv", help="account,category,month,amount"
    )
    parser.add_argument(
        "--rates", type=Path, metavar="FILE.csv", help="category,rate; others get 1"
    )
    parser.add_argument(
        "--thresholds",
        metavar="A,B,C,D",
        help="points of the membership tiers (default: the club's own with --revenue, "
        f"else {PURCHASE_THRESHOLDS})",
    )
    parser.add_argument(
        "--take-on",
        type=Path,
        metavar="FILE.xlsx",
        help="a filled-in take-on sheet, loaded once the year is there",
    )
    parser.add_argument("--port", type=int, default=8069, help="to serve on (8069)")


def run(args: argparse.Namespace) -> int:
    """Have the year's database, show what came of it, become Odoo."""
    if not args.no_serve:
        _check_port(args.port)
    if args.take_on and not args.take_on.is_file():
        raise Problem(f"there is no file {args.take_on}")
    plan = _make_plan(args)
    with one_at_a_time("demonstration database"):
        code = _ensure_year(plan, args.fresh)
        if args.take_on and not code:
            code = _take_on(args.take_on)
    if code:
        return code
    print(f"\n{plan.source}\n{result.table(json.loads(SUMMARY.read_text()))}\n")
    for path in (SUMMARY, *PAPERS):
        print(path.relative_to(CHECKOUT))
    return 0 if args.no_serve else _serve(args.port)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise Problem(
                f"can't serve on port {port} ({getattr(error, 'strerror', error)}): "
                "choose another with --port"
            ) from error


def _make_plan(args: argparse.Namespace) -> Plan | World:
    """Read all that was given, before anything is built."""
    of_plan = [
        name for name in ("revenue", "rates", "thresholds") if getattr(args, name)
    ]
    if args.revenue and args.input:
        raise Problem("--revenue says whose club it is: leave --input out")
    chosen = args.input or (PURCHASES if of_plan else SIMULATION)
    if chosen == SIMULATION and of_plan:
        raise Problem(f"--{of_plan[0]} isn't for the simulation: leave --input out")
    if chosen == SIMULATION:
        return World(SEED if args.seed is None else args.seed, date.today())
    if args.seed is not None:
        raise Problem("--seed is for the simulation alone")
    return _read_plan(args)


def _read_plan(args: argparse.Namespace) -> Plan:
    year = purchases.last_complete_year(date.today())
    own_thresholds = None if args.revenue else PURCHASE_THRESHOLDS
    thresholds = args.thresholds or own_thresholds
    tiers = statements.read_thresholds(thresholds) if thresholds else None
    given_rates = statements.read_rates(args.rates) if args.rates else {}
    if args.revenue:
        revenue, years = statements.read_revenue(args.revenue), {}
        source = f"revenue of {args.revenue.name}"
    else:
        revenue = purchases.read(year)
        years = {"input_year": purchases.YEAR, "entered_as_year": year}
        source = f"purchases of {purchases.YEAR}, entered as {year}"
    categories = list(dict.fromkeys(key.category for key in revenue))
    rates, unknown = statements.match_rates(given_rates, categories)
    if unknown:
        say(
            f"warning: {args.rates.name} has rates of categories without revenue: "
            f"{', '.join(unknown)}"
        )
    return Plan(revenue, rates, tiers, source, **years)


def _ensure_year(plan: Plan | World, fresh: bool) -> int:
    """Have the database with the club, and its output; return the exit code."""
    marker = {} if fresh else database.read_marker()
    if marker.get("fingerprint") != plan.fingerprint():
        for path in (SUMMARY, *PAPERS):  # of another year
            path.unlink(missing_ok=True)
        began = time.monotonic()
        # The simulation is a club of its own, without Odoo's example companies.
        database.make(with_demo=isinstance(plan, Plan))
        plan.write(PLAN)
        return _simulate("--setup-seconds", f"{time.monotonic() - began:.2f}")
    say(f"{database.NAME} is kept, since the input is the same (--fresh makes it anew)")
    database.ensure_upgraded()
    summary = json.dumps(marker["summary"], indent=2) + "\n"
    was = SUMMARY.read_text() if SUMMARY.exists() else ""
    write_if_changed(SUMMARY, summary)
    if was != summary or not all(path.exists() for path in PAPERS):
        return _simulate("--papers")
    return 0


def _simulate(*options: str) -> int:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    LOGS.mkdir(parents=True, exist_ok=True)
    LOG.unlink(missing_ok=True)
    where = [database.NAME, *map(str, (PLAN, OUTPUT, LOG))]
    command = far_side.command("simulation", *where, *options)
    with subprocess.Popen(
        command, env=far_side.environment(), cwd=HOME, stdin=subprocess.DEVNULL
    ) as process:
        try:
            return process.wait()
        except BaseException:
            process.terminate()
            raise


def _take_on(sheet: Path) -> int:
    """Load a take-on's sheet into the database; return the exit code."""
    LOGS.mkdir(parents=True, exist_ok=True)
    where = [database.NAME, str(sheet.resolve()), str(LOG)]
    command = far_side.command("take_on", *where)
    done = subprocess.run(
        command,
        env=far_side.environment(),
        cwd=HOME,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode


def _serve(port: int) -> int:
    """Become Odoo on the database."""
    print(f"\nhttp://127.0.0.1:{port}/odoo  (the password is the login)")
    for login, role in LOGINS.items():
        print(f"  {login:<8} {role}")
    print(flush=True)
    command = odoo_command("-c", str(CONF), "-d", database.NAME)
    options = ["--http-port", str(port), "--db-filter", f"^{database.NAME}$"]
    os.chdir(HOME)
    os.execve(command[0], [*command, *options], odoo_environment())
