"""Open every menu, view, filter, group, smart button and paper as every role.

./dev crawl demo                                 the demonstration's logins
./dev crawl demo --login officer --menu Points   some of it
./dev crawl --make 1000 club_small               a club of 1,000 accounts to open
./dev crawl demo --share 5                       a fifth of filters, groups and buttons
./dev crawl club_small club_large --json c.json  and what grows from one to the other

Fails when something ends in an error, takes more than a second of server time, or asks
more of the database in the second than in the first. A refusal in a sentence of ours is
counted, not failed.
"""

import argparse
import json
from pathlib import Path

from .. import databases
from ..console import Problem, say
from ..crawl import result
from ..home import CHECKOUT, HOME
from ..odoo_process import run_script

LOGINS = ("manager", "clerk", "lead", "officer", "finance", "auditor", "head", "admin")
# Of a club that --make laid.
BENCH_LOGINS = tuple(
    f"bench_{who}"
    for who in (
        *("manager", "clerk", "lead", "officer", "signatory", "head"),
        *("finance", "auditor", "admin"),
    )
)
MAKE = """
import sys
sys.path.insert(0, {checkout!r})
from devtools.crawl import large
large.lay(env, {accounts})
"""
SCRIPT = """
import json, sys
sys.path.insert(0, {checkout!r})
from devtools.crawl import walker
with open({target!r}, "w") as file:
    for opening in walker.crawl(env, *{arguments!r}):
        print(json.dumps(opening._asdict()), file=file, flush=True)
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name the databases and who looks."""
    parser.add_argument("databases", nargs="+", metavar="DB", help="one, or two")
    parser.add_argument(
        "--make", type=int, metavar="N", help="make DB with N accounts, and no more"
    )
    parser.add_argument(
        "--login", action="append", help="who looks; else all there are"
    )
    parser.add_argument("--menu", default="", help="only menus with this in their path")
    parser.add_argument(
        "--minutes", type=float, help="how long each looks at most; what is cut is said"
    )
    parser.add_argument(
        "--share",
        type=int,
        default=1,
        metavar="N",
        help="open one in N filters, groups, smart buttons and papers",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")


def run(args: argparse.Namespace) -> int:
    """Return 1 when something fails, is slow or grows."""
    if len(args.databases) > (1 if args.make else 2):
        raise Problem("name one database, or a small and a large one")
    if args.make:
        (name,) = args.databases
        databases.ensure_installed(name)
        _run(name, MAKE.format(checkout=str(CHECKOUT), accounts=args.make))
        return 0
    logins = args.login or [*LOGINS, *BENCH_LOGINS]
    options = (args.menu, args.minutes, args.share)
    found = [_crawl(name, logins, *options) for name in args.databases]
    figures = result.summarise(found[-1])
    figures["grown"] = result.compare(*found) if len(found) == 2 else []
    if args.json:
        figures["openings"] = found[-1]
        args.json.write_text(json.dumps(figures, indent=2) + "\n")
    for login, role in figures["roles"].items():
        print(
            f"{login}: {role['opened']} opened, {role['over_a_second']} over a second"
        )
    for opening in figures["errors"]:
        print(f"{result.tell(opening)}\n    {opening['error']}")
    for opening in figures["grown"]:
        print(f"{result.tell(opening)}, {opening['queries_small']} in the small one")
    print("the slowest:")
    for opening in figures["slowest"]:
        print(result.tell(opening))
    print(
        ("" if args.share == 1 else f"a sample, one in {args.share}: ")
        + f"{figures['opened']} opened, {figures['refused']} refused, "
        f"{len(figures['errors'])} failed, {figures['over_a_second']} over a second, "
        f"{len(figures['grown'])} grown"
    )
    return int(bool(figures["errors"] or figures["grown"] or figures["over_a_second"]))


def _crawl(name: str, logins: list[str], *options: object) -> list[dict]:
    database = databases.require(name)
    target = HOME / "scratch" / f"{database}_crawl.json"
    target.parent.mkdir(exist_ok=True)
    script = SCRIPT.format(
        checkout=str(CHECKOUT),
        arguments=(logins, *options),
        target=str(target),
    )
    say(f"crawling {database} …")
    try:
        _run(database, script)
        lines = target.read_text().splitlines()
    finally:
        target.unlink(missing_ok=True)
    found: list[dict] = [json.loads(line) for line in lines]
    if not found:
        raise Problem(f"nobody of {', '.join(logins)} opens anything in {database}")
    return found


def _run(database: str, script: str) -> None:
    """Run a script in Odoo's shell on a database."""
    if run_script(database, script):
        raise Problem("it failed; see above")
