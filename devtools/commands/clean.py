"""Drop the databases that these tools made, and remove logs, copies and output.

With --all the server is stopped and the whole home is removed: Odoo, packages,
databases. The next command builds them anew.
"""

import argparse
import shutil

from .. import databases, postgres
from ..console import say
from ..home import CACHE, CHECKOUT, HOME, LOGS, SCRATCH


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Offer to remove everything."""
    parser.add_argument(
        "--all", action="store_true", help="the whole home, and the server"
    )


def run(args: argparse.Namespace) -> int:
    """Remove what was asked for."""
    if postgres.BIN.exists() and (postgres.is_external() or postgres.is_running()):
        for name in databases.names():
            databases.drop(name)
    for name in ("var", "out"):
        shutil.rmtree(CHECKOUT / name, ignore_errors=True)
    if not args.all:
        for folder in (LOGS, SCRATCH, CACHE):
            shutil.rmtree(folder, ignore_errors=True)
        return 0
    postgres.stop()
    shutil.rmtree(postgres.socket_folder(), ignore_errors=True)
    shutil.rmtree(HOME, ignore_errors=True)
    say(f"removed {HOME}")
    return 0
