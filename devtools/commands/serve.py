"""Run Odoo on a database, which is made with the add-on installed when it is missing.

    ./dev serve mine --port 8071 --dev=xml
    ./dev serve mine_demo --demo    with demo data, Odoo's and the club's

Options that are not known here go to Odoo. Everybody's password is their login.
"""

import argparse
import os

from .. import databases
from ..console import say
from ..environment import odoo_command, odoo_environment
from ..home import CONF, HOME
from ..year import database as demo


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name the database and the port."""
    parser.add_argument("database", metavar="DB")
    parser.add_argument("--port", type=int, default=8069)
    parser.add_argument(
        "--demo", action="store_true", help="make the database with demo data"
    )
    parser.set_defaults(odoo_options=[])


def run(args: argparse.Namespace) -> int:
    """Become Odoo."""
    if args.demo:
        demo.ensure_demo(args.database)
    else:
        databases.ensure_installed(args.database)
    say(f"http://127.0.0.1:{args.port}/odoo?db={args.database} (admin, admin)")
    command = odoo_command("-c", str(CONF), "-d", args.database)
    options = ["--http-port", str(args.port), "--db-filter", f"^{args.database}$"]
    os.chdir(HOME)
    os.execve(command[0], [*command, *options, *args.odoo_options], odoo_environment())
