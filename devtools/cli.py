"""The commands of `./dev`: what each is called, where it lives, what it needs.

A command is a module with `add_arguments(parser)` and `run(args) -> int`. It is
imported only when it is asked for, and, unless it works without the environment,
under the environment's own Python.
"""

import argparse
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from . import environment
from .console import Problem, say
from .home import CHECKOUT, PYTHON, VENV

BUILT_BY = "CLUB_DEV_BUILT_BY"  # the process that has just built the environment


class Command(NamedTuple):
    """A command of `./dev`."""

    module: str
    help: str
    needs_environment: bool = True


COMMANDS = {
    "setup": Command("commands.setup", "build what is missing (the others do it too)"),
    "run": Command("commands.run", "run a year of the club and serve it"),
    "test": Command(
        "commands.test", "install the add-on on a fresh database and test it"
    ),
    "lint": Command(
        "commands.lint", "run the linters; --fix formats the checkout", False
    ),
    "serve": Command("commands.serve", "run Odoo on a database"),
    "shell": Command("commands.shell", "open Odoo's Python shell on a database"),
    "psql": Command("commands.psql", "open psql on a database, or list the databases"),
    "i18n": Command(
        "commands.i18n", "export the terms and merge them into the translations"
    ),
    "screenshot": Command(
        "commands.screenshot", "take a picture of a screen of a running server"
    ),
    "recount": Command(
        "commands.recount", "count a database's figures anew in plain Python"
    ),
    "crawl": Command(
        "commands.crawl", "open every screen as every role; what is slow, what grows"
    ),
    "lists": Command(
        "commands.lists", "open each list of the menus and tell what is cut"
    ),
    "package": Command(
        "commands.package", "build what a company installs: a zip and a wheel", False
    ),
    "bench": Command("commands.bench", "measure the add-on"),
    "fuzz": Command("commands.fuzz", "try the add-on with hostile input"),
    "interleave": Command("commands.interleave", "let random sessions race, by seeds"),
    "lifecycle": Command(
        "commands.lifecycle",
        "upgrade, uninstall, restore, install beside others and into a big one",
    ),
    "load": Command(
        "commands.load", "let many people work at the same time; kill what they work on"
    ),
    "torture": Command(
        "commands.torture", "kill Odoo and PostgreSQL in the middle of the work"
    ),
    "clean": Command(
        "commands.clean", "drop this tool's databases; --all removes its home", False
    ),
}


def main(argv: list[str] | None = None) -> int:
    """Run a command; 2 when something it needs can't be had."""
    arguments = sys.argv[1:] if argv is None else argv
    signal.signal(signal.SIGTERM, _interrupt)  # so that what was begun is cleaned up
    sys.stdout.reconfigure(line_buffering=True)
    try:
        return _dispatch(arguments)
    except Problem as problem:
        print(f"dev: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        say("interrupted")
        return 130


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _dispatch(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./dev", description="Tools of the Key Account Club."
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    wanted = next((word for word in arguments if not word.startswith("-")), None)
    for name, command in COMMANDS.items():
        subparser = commands.add_parser(name, help=command.help)
        if name == wanted:
            if (
                command.needs_environment
                and "-h" not in arguments
                and "--help" not in arguments
            ):
                _enter_environment()
            module = import_module(f".{command.module}", __package__)
            subparser.description = module.__doc__
            subparser.formatter_class = argparse.RawDescriptionHelpFormatter
            module.add_arguments(subparser)
            subparser.set_defaults(run=module.run)
    args, rest = parser.parse_known_args(arguments)
    if rest and not hasattr(args, "odoo_options"):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    args.odoo_options = rest
    return args.run(args)


def _enter_environment() -> None:
    """Build the environment and go on under its Python."""
    if os.environ.get(BUILT_BY) != str(os.getpid()):
        environment.build()
    if Path(sys.prefix) != VENV:
        # Replacing the program keeps its process id, so the build isn't done twice.
        env = os.environ | {BUILT_BY: str(os.getpid())}
        os.execve(PYTHON, [str(PYTHON), str(CHECKOUT / "dev"), *sys.argv[1:]], env)
