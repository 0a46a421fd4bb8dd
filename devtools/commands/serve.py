"""Run Odoo on a database, which is made with the add-on installed when it is missing.

    ./dev serve mine --port 8071 --dev=xml
    ./dev serve mine_demo --demo    with demo data, Odoo's and the club's
    ./dev serve mine --workers 4    with a process for each of four requests at a time

With workers what is pushed to browsers comes over a port of its own, as behind a proxy;
without a proxy screens are as they were when they were loaded. Options that are not
known here go to Odoo. Everybody's password is their login.
"""

import argparse
import os

from .. import databases
from ..console import say
from ..environment import odoo_command, odoo_environment
from ..home import CONF, HOME, PYTHON, write_if_changed
from ..odoo_process import free_port
from ..year import database as demo

# Odoo starts its server for pushes by the path of the script that it was started with;
# by that of `python -m odoo` it can't, and tries again without end.
START = HOME / "start_odoo.py"
SCRIPT = """\
from odoo.cli import main

main()
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name the database and the port."""
    parser.add_argument("database", metavar="DB")
    parser.add_argument("--port", type=int, default=8069)
    parser.add_argument(
        "--demo", action="store_true", help="make the database with demo data"
    )
    parser.add_argument(
        "--workers", type=int, default=0, metavar="N", help="serve with N processes"
    )
    parser.set_defaults(odoo_options=[])


def run(args: argparse.Namespace) -> int:
    """Become Odoo."""
    if args.demo:
        demo.ensure_demo(args.database)
    else:
        databases.ensure_installed(args.database)
    say(f"http://127.0.0.1:{args.port}/odoo?db={args.database} (admin, admin)")
    options = ["--http-port", str(args.port), "--db-filter", f"^{args.database}$"]
    command = [*get_command(args.workers), *options, *args.odoo_options]
    command += ["-c", str(CONF), "-d", args.database]
    os.chdir(HOME)
    os.execve(command[0], command, odoo_environment())


def get_command(workers: int) -> list[str]:
    """Return the command line of Odoo with so many workers; none: with threads."""
    if not workers:
        return odoo_command()
    write_if_changed(START, SCRIPT)
    return [
        *(str(PYTHON), "-P", str(START)),
        *("--workers", str(workers), "--gevent-port", str(free_port())),
        # Odoo's own; the configuration has none, which ends each worker at once.
        *("--limit-time-cpu", "60", "--limit-time-real", "120"),
    ]
