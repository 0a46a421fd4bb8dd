"""Measure the add-on on a database of its own; figures go to the screen and a file.

./dev bench posting --json figures.json
./dev bench approvals --json figures.json
"""

import argparse
import json
import subprocess
from pathlib import Path

from .. import databases
from ..bench import peer
from ..console import Problem, say
from ..environment import odoo_command, odoo_environment
from ..home import CHECKOUT, CONF, HOME

BENCHES = ("posting", "approvals")
SCRIPT = """
import json, sys
sys.path.insert(0, {checkout!r})
from devtools.bench import {name} as bench
with open({target!r}, "w") as file:
    json.dump(bench.measure(env), file, indent=2)
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name the measurement and where its figures go."""
    parser.add_argument("name", choices=BENCHES)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument("--keep", action="store_true", help="keep the database")


def run(args: argparse.Namespace) -> int:
    """Measure in Odoo's shell, on a fresh database."""
    target = (args.json or HOME / f"bench_{args.name}.json").resolve()
    database = databases.unused_name("bench")
    try:
        databases.ensure_installed(database)
        options = []
        if args.name == "approvals":
            peer.install(database)
            options = peer.odoo_options()
        say(f"measuring {args.name} on {database}; nothing else should run …")
        script = SCRIPT.format(
            checkout=str(CHECKOUT), name=args.name, target=str(target)
        )
        command = odoo_command("shell", "-c", str(CONF), "-d", database, "--no-http")
        command += options
        done = subprocess.run(
            [*command, "--log-level", "warn"],
            input=script,
            text=True,
            env=odoo_environment(),
            cwd=HOME,
            check=False,
        )
        if done.returncode or not target.exists():
            raise Problem(f"the measurement {args.name} failed; see above")
    finally:
        if not args.keep:
            databases.drop(database)
    print(json.dumps(json.loads(target.read_text()), indent=2))
    return 0
