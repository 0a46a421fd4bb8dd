"""Open psql on a database. Without one: list the databases.

./dev psql demo -c "SELECT count(*) FROM club_points_entry"
"""

import argparse
import os

from .. import databases, postgres


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name the database; other options go to psql."""
    parser.add_argument("database", metavar="DB", nargs="?")
    parser.set_defaults(odoo_options=[])


def run(args: argparse.Namespace) -> int:
    """Become psql."""
    psql = str(postgres.BIN / "psql")
    what = (
        ["-d", databases.require(args.database)]
        if args.database
        else ["-l", "-d", "postgres"]
    )
    os.execve(psql, [psql, *what, *args.odoo_options], postgres.client_environment())
