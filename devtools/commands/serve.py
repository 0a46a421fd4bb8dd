"""Run Odoo on a database, which is made with the add-on installed when it is missing.

    ./dev serve demo --port 8071 --dev=xml

Options that are not known here go to Odoo. Everybody's password is their login.
"""

import argparse
import os

from .. import databases
from ..console import say
from ..environment import odoo_command, odoo_environment
from ..home import CONF, HOME


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name the database and the port."""
    parser.add_argument("database", metavar="DB")
    parser.add_argument("--port", type=int, default=8069)
    parser.set_defaults(odoo_options=[])


def run(args: argparse.Namespace) -> int:
    """Become Odoo."""
    databases.ensure_installed(args.database)
    say(f"http://127.0.0.1:{args.port}/odoo?db={args.database} (admin, admin)")
    command = odoo_command("-c", str(CONF), "-d", args.database)
    options = ["--http-port", str(args.port), "--db-filter", f"^{args.database}$"]
    os.chdir(HOME)
    os.execve(command[0], [*command, *options, *args.odoo_options], odoo_environment())
