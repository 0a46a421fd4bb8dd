"""What every part of a life cycle does: have a database, run Odoo on it, look."""

import re
import subprocess
from pathlib import Path
from typing import Any

from .. import databases, odoo_source, postgres
from ..console import run_quietly, say
from ..environment import odoo_command, odoo_environment
from ..home import CHECKOUT, CONF, HOME, MODULE, PYTHON
from ..odoo_log import AllowedLines, TestLog
from ..odoo_process import exit_code, run_odoo
from ..outcome import Outcome
from ..year import database as demo
from . import whole

SCRIPT = """
import sys
sys.path.insert(0, {checkout!r})
from devtools.lifecycle import {module} as module
{call}
"""
FAULT = "FAULT "
# What is given without signatures in old versions is signed in today's.
SEED_NOW = """module.seed(env)
drafts = [("approval_state", "=", "draft")]
env["club.account.classification"].search(drafts)._set_opening("Seed")
env.cr.commit()"""


class Rig:
    """Checks that are counted, and figures that are told at the end."""

    def __init__(self) -> None:
        self.outcome = Outcome()
        self.figures: dict[str, Any] = {}

    def check(self, name: str, problems: list[str] | str | None) -> None:
        """Count a check, and tell each problem."""
        if isinstance(problems, list):
            for problem in problems:
                print(f"{name}: {problem}")
            problems = f"{len(problems)}: {'; '.join(problems[:3])}" * bool(problems)
        self.outcome.check(name, problems or None)

    def odoo(
        self,
        database: str,
        *arguments: str,
        what: str,
        python: Path = PYTHON,
        subcommand: tuple[str, ...] = (),
        only_ours: bool = False,
    ) -> None:
        """Run Odoo once; its exit and its log are checks.

        :param only_ours: whether Odoo's own complaints don't count
        """
        name = f"{database}_{re.sub(r'[^a-z0-9.]+', '_', what.lower())[:60]}"
        common = () if subcommand else ("--stop-after-init",)
        if not subcommand and not _has_languages(database):
            common += databases.LOAD_LANGUAGES
        path = run_odoo(
            name,
            *("-d", database, *arguments, *common),
            python=python,
            subcommand=subcommand,
        )
        log = self.check_log(path, what, only_ours=only_ours)
        if "--test-tags" in arguments:
            self.outcome.passed += log.passed
            self.outcome.failures += log.ended_badly
            self.check(f"tests of {what}", None if log.passed else "none was run")
        code = exit_code(path)
        self.check(what, f"Odoo ended with {code}; log: {path}" if code else None)

    def check_log(self, path: Path, what: str, only_ours: bool = False) -> TestLog:
        """Let nothing be complained about in a log."""
        with path.open() as lines:
            log = TestLog.read(lines)
        refused = AllowedLines().refuse(log.complaints)
        if only_ours:
            refused = [one for one in refused if MODULE in one.text + one.logger]
        for record in refused:
            print(f"{record.level} {record.logger}: {record.text}\n")
        count = f"{len(refused)} complaint(s); log: {path}"
        self.check(f"clean log of {what}", count if refused else None)
        return log

    def script(
        self,
        database: str,
        module: str,
        call: str,
        *options: str,
        python: Path = PYTHON,
    ) -> str:
        """Run a module of devtools.lifecycle in Odoo's shell; return what it printed.

        That it ends well is a check.
        """
        script = SCRIPT.format(checkout=str(CHECKOUT), module=module, call=call)
        words = ("shell", "-c", str(CONF), "-d", database, "--no-http")
        command = odoo_command(*words, python=python)
        done = subprocess.run(
            [*command, "--log-level", "critical", *options],
            input=script,
            text=True,
            env=odoo_environment(),
            cwd=HOME,
            check=False,
            capture_output=True,
        )
        wrong = None
        if done.returncode or "Traceback" in done.stderr:
            print(done.stderr)
            wrong = done.stderr.strip().rsplit("\n", 1)[-1] or "it ended badly"
        self.check(f"{module} on {database}", wrong)
        return done.stdout

    def ask(self, database: str, module: str) -> list[str]:
        """Return the faults that a module finds from inside Odoo."""
        call = f"print('ASKED'); [print({FAULT!r} + f) for f in module.faults(env)]"
        printed = self.script(database, module, call)
        found = [
            line.removeprefix(FAULT)
            for line in printed.splitlines()
            if line.startswith(FAULT)
        ]
        return found if "ASKED" in printed else [*found, "it couldn't be asked"]

    def verify(self, database: str, when: str) -> None:
        """Let the club check itself, then look at what only SQL sees."""
        found = self.ask(database, "verify")
        self.check(f"whole {when}", found + whole.faults(database))


class Database:
    """A copy of a template that is dropped at the end."""

    def __init__(self, purpose: str, template: str | None = "") -> None:
        """Note what to copy: the plain template; ``None``: nothing, the name only."""
        self._name = databases.unused_name(purpose)
        self._template = template

    def __enter__(self) -> str:
        if self._template is not None:
            template = self._template or databases.ensure_template()
            databases.copy(template, self._name)
        return self._name

    def __exit__(self, *_error: object) -> None:
        databases.drop(self._name)


def _has_languages(database: str) -> bool:
    """Tell whether it has them already: Odoo notes each loading in a dialog's row, and
    gives new modules the languages that are there.
    """
    active = "SELECT code FROM res_lang WHERE active"
    found = postgres.run_sql(active, database=database).splitlines()
    return set(databases.LANGUAGES) <= set(found)


def demo_template(modules: tuple[str, ...] = ()) -> str:
    """Return a template with Odoo's demo data, of some modules or today's."""
    return demo.ensure_template(modules)


def odoo_addons() -> str:
    """Return Odoo's own add-ons folders as an option takes them."""
    return ",".join(str(path) for path in odoo_source.addons_paths())


def run_db(*words: str) -> None:
    """Run one of Odoo's own routines for databases."""
    say(" ".join(words[:2]))
    run_quietly(
        odoo_command("db", "-c", str(CONF), *words),
        f"{words[0]} a database",
        env=odoo_environment(),
        cwd=HOME,
    )
