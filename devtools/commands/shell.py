"""Open Odoo's Python shell on a database: `env` is there. A script may come on stdin.

./dev shell demo < script.py
"""

import argparse
import os

from .. import databases
from ..environment import odoo_command, odoo_environment
from ..home import CONF, HOME


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name the database."""
    parser.add_argument("database", metavar="DB")
    parser.set_defaults(odoo_options=[])


def run(args: argparse.Namespace) -> int:
    """Become Odoo's shell."""
    database = databases.require(args.database)
    command = odoo_command("shell", "-c", str(CONF), "-d", database, "--no-http")
    os.chdir(HOME)
    os.execve(command[0], [*command, *args.odoo_options], odoo_environment())
