"""Let databases live through what theirs do: upgrade, uninstall, restore, company, a
big install.

./dev lifecycle                  all of it, about an hour
./dev lifecycle --only restore   one of upgrade, uninstall, restore, beside, install,
                                 package
./dev lifecycle --only upgrade --since 19.0.1.3.0     from one landed version
./dev lifecycle --json lifecycle.json                 and the figures
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from .. import postgres
from ..console import Problem, say
from ..home import HOME, MODULE
from ..lifecycle import beside, installed, restore, uninstall, upgrade
from ..lifecycle.landed import LANDED
from ..lifecycle.rig import Database, Rig
from ..site import screens_log, served

INSTALL_SECONDS = 180


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which part."""
    parser.add_argument("--only", choices=STAGES)
    parser.add_argument(
        "--since", metavar="VERSION", help="upgrade from this one only, or this commit"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")


def run(args: argparse.Namespace) -> int:
    """Run the parts; the last line counts the checks."""
    known = {name for landed in LANDED for name in landed[:2]}
    if args.since and args.since not in known:
        raise Problem(f"nothing landed as {args.since}; there are {sorted(known)}")
    rig = Rig()
    for name, stage in STAGES.items():
        if args.only in (None, name):
            began = time.monotonic()
            say(f"{name} …")
            if name == "upgrade":
                upgrade.run(rig, args.since)
            else:
                stage(rig)
            seconds = round(time.monotonic() - began)
            rig.figures.setdefault("seconds", {})[name] = seconds
            say(f"{name}: {seconds} s")
    outcome = rig.outcome
    for failure in outcome.failures:
        print(f"failed  {failure}")
    if args.json:
        figures = rig.figures | {
            "passed": outcome.passed,
            "failed": outcome.failures,
        }
        args.json.write_text(json.dumps(figures, indent=1) + "\n")
    print(outcome.closing_line())
    return 1 if outcome.failures else 0


def _install(rig: Rig) -> None:
    """Into a database with 100,000 partners and 1,000,000 invoice lines."""
    with Database("big") as database:
        rig.script(database, "plain_invoices", "module.lay(env)")
        postgres.run_sql("VACUUM ANALYZE", database=database)
        began = time.monotonic()
        rig.odoo(database, "-i", MODULE, what="install")
        seconds = time.monotonic() - began
        stamped = int(
            postgres.run_sql(
                "SELECT count(*) FROM account_move_line"
                " WHERE club_account_id IS NOT NULL",
                database=database,
            )
        )
        say(f"installed in {seconds:.0f} s; {stamped:,} lines are facts now")
        rig.figures["install"] = {"seconds": round(seconds), "lines": stamped}
        slow = f"took {seconds:.0f} s" if seconds > INSTALL_SECONDS else None
        rig.check(f"installed within {INSTALL_SECONDS} s", slow)
        few = f"only {stamped:,}" if stamped < 1_000_000 else None
        rig.check("all lines are stamped", few)


def _package(rig: Rig) -> None:
    """What `./dev package` builds, each by itself in an Odoo without the checkout."""
    with tempfile.TemporaryDirectory(dir=HOME) as holder:
        for unpack in (installed.from_zip, installed.from_wheel):
            _open(rig, unpack(Path(holder)))


def _open(rig: Rig, found: installed.Installed) -> None:
    """Install the add-on, and open the app as a browser does."""
    options, python = found.options, found.python
    with Database("package") as database:
        arguments = ("-i", MODULE, *options)
        rig.odoo(database, *arguments, what=found.what, python=python)
        printed = rig.script(
            database, "installed", "module.tell_place()", *options, python=python
        )
        place = f"PLACE {found.place}\n"
        wrong = None if place in printed else f"it isn't loaded from {found.place}"
        rig.check(f"{found.what} is what runs", wrong)
        with served(database, options=options, python=python) as port:
            faults = installed.find_faults(f"http://127.0.0.1:{port}", database)
        rig.check_log(screens_log(database), f"the app of {found.what}")
        rig.check(f"the app of {found.what} opens", faults)


STAGES: dict[str, Callable[[Rig], None]] = {
    "upgrade": upgrade.run,
    "uninstall": uninstall.run,
    "restore": restore.run,
    "beside": beside.run,
    "install": _install,
    "package": _package,
}
