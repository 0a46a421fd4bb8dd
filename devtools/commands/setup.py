"""Build what is missing: Odoo, its packages, PostgreSQL, PDF, the template."""

import argparse

from .. import databases
from ..console import say
from ..environment import LAUNCHER
from ..home import CONF


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take no arguments."""


def run(args: argparse.Namespace) -> int:
    """Build the template too, and tell how to run Odoo by hand."""
    template = databases.ensure_template()
    say(f"ready. The template database is {template}; Odoo by hand:")
    print(f"{LAUNCHER} -c {CONF} -d DATABASE")
    return 0
