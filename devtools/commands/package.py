"""Build what a company installs: a zip with the folder `crm_club`, and a wheel.

./dev package              into var/package
./dev package --to DIST    into a folder of your own
"""

import argparse
from pathlib import Path

from .. import package
from ..home import CHECKOUT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say where to."""
    folder = CHECKOUT / "var" / "package"
    parser.add_argument("--to", type=Path, default=folder, metavar="FOLDER")


def run(args: argparse.Namespace) -> int:
    """Print both files."""
    args.to.mkdir(parents=True, exist_ok=True)
    for build in (package.build_zip, package.build_wheel):
        print(build(args.to))
    return 0
