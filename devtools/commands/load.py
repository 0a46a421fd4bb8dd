"""Let twenty, forty, sixty people work at the same time, and look what it comes to.

./dev load                            a copy of club_demo, a minute each (ten minutes)
./dev load mine --users 20 --pause 0  another club; each clicks again at once
./dev load --strike                   then kill workers and connections while they write

People of all roles do over HTTP what the web client does, against Odoo with four
workers, on a copy that is dropped. Fails when a list or form takes more than a second
in more than one of twenty cases, any call but a paper more than three, one fails that
nobody killed; or when something that was answered with success isn't there once, or
something is there beside. docs/performance.md tells what was seen.
"""

import argparse
import json
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from .. import databases, postgres
from ..console import Problem, say
from ..home import CHECKOUT, HOME, MODULE
from ..load import judge, tally
from ..load.people import Office
from ..load.phases import Phase, Run
from ..load.server import served
from ..odoo_process import run_odoo, run_script
from ..year import database as demo

WORKERS = 4
STRUCK = 20  # people whose workers are killed
ERRORS = 40  # of each kind that are told
SCRIPT = """
import sys
sys.path.insert(0, {checkout!r})
from devtools.load import founding
founding.{function}(env, {target!r})
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name the database, how many work for how long, and how fast."""
    parser.add_argument("database", nargs="?", default=demo.NAME, metavar="DB")
    parser.add_argument("--users", type=_numbers, default=(20, 40, 60))
    parser.add_argument("--seconds", type=int, default=60, help="of each phase")
    parser.add_argument(
        "--pause", type=float, default=2, help="seconds between two steps, on average"
    )
    parser.add_argument(
        "--strike", action="store_true", help="a last phase with kills while all print"
    )
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")


def run(args: argparse.Namespace) -> int:
    """Return 1 when a target is missed or something is wrong."""
    source = databases.require(args.database)
    database = databases.unused_name("load")
    try:
        databases.copy(source, database)
        _upgrade(database)
        say(f"laying what people work on in a copy of {source} …")
        ground = _run_inside(database, "found")
        figures = _work(args, database, ground)
        wrong = _run_inside(database, "check")
    finally:
        databases.drop(database)
    figures["faults"] += [fault for fault in wrong if fault not in ground["faults"]]
    target = (args.json or HOME / "load.json").resolve()
    target.write_text(json.dumps(figures, indent=2) + "\n")
    for fault in figures["faults"]:
        print(f"FAULT {fault}")
    for missed in figures["missed"]:
        print(missed)
    print(f"{len(figures['faults'])} faults, {len(figures['missed'])} missed; {target}")
    return int(bool(figures["faults"] or figures["missed"]))


def _work(args: argparse.Namespace, database: str, ground: dict) -> dict[str, Any]:
    """Let people work, phase after phase, and judge what they left."""
    phases = [Phase(count, args.seconds, args.pause) for count in args.users]
    if args.strike:
        phases.append(
            Phase(STRUCK, args.seconds, args.pause, args.workers, is_struck=True)
        )

    def connect():
        import psycopg2

        env = postgres.client_environment()
        where = {"host": env["PGHOST"], "port": env["PGPORT"], "user": env["PGUSER"]}
        connection = psycopg2.connect(dbname=database, **where)
        connection.autocommit = True
        return connection

    found, missed = [], []
    with served(database, args.workers) as server:
        office = Office(ground, server.port, database)
        work = Run(server, office, connect)
        work.warm_up(max(args.users))
        for phase in phases:
            figures = work.run(phase)
            found.append(figures)
            print(describe(figures))
            if not phase.is_struck:
                missed += [f"{phase.name}: {m}" for m in tally.find_missed(figures)]
        if not server.is_running():
            missed.append(f"Odoo ended by itself: see {server.log}")
    with closing(connect()) as connection, connection.cursor() as cr:
        stands = judge.find(cr, ground["tops"])
    deeds = judge.count(office.deeds)
    print("written: " + ", ".join(f"{kind} {told}" for kind, told in deeds.items()))
    return {
        "workers": args.workers,
        "phases": found,
        "deeds": deeds,
        "faults": judge.compare(office.deeds, stands),
        "missed": missed,
        "errors": Counter(work.errors).most_common(ERRORS),
    }


def describe(figures: dict[str, Any]) -> str:
    """Return what a phase came to, as text."""
    used = figures["processor_ms_per_call"]
    return (
        f"{figures['phase']}: {figures['per_second']} calls a second, "
        f"{figures['outcomes']}\n{tally.table(figures)}\n"
        f"processor per call: Odoo {used['odoo']} ms, PostgreSQL {used['postgres']} ms"
        f" (the people's browsers {used['people']} ms); queries per call "
        f"{figures['queries_per_call']}; tried again {figures['tried_again']} times; "
        f"load {figures['processor_seconds']['load']}"
        + (f"; killed {figures['struck']}" if figures["struck"] else "")
    )


def _upgrade(database: str) -> None:
    """Bring this checkout's code and data into the copy, if it has others."""
    statement = (
        f"SELECT value FROM ir_config_parameter WHERE key = '{demo.MODULE_MARKER}'"
    )
    if postgres.run_sql(statement, database=database) != demo.module_digest():
        say(f"upgrading {MODULE} on {database} …")
        run_odoo(database, "-d", database, "-u", MODULE, "--stop-after-init")


def _run_inside(database: str, function: str) -> Any:
    """Run a function of `founding` inside Odoo, and return what it left."""
    target = HOME / "scratch" / f"{database}_{function}.json"
    target.parent.mkdir(exist_ok=True)
    script = SCRIPT.format(
        checkout=str(CHECKOUT), function=function, target=str(target)
    )
    try:
        if run_script(database, script):
            raise Problem("it failed; see above")
        return json.loads(target.read_text())
    finally:
        target.unlink(missing_ok=True)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split(","))
