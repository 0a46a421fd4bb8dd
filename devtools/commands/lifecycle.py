"""Let databases live through what theirs do: upgrade, restore, company, a big install.

./dev lifecycle                  all of it, about ten minutes
./dev lifecycle --only restore   one of upgrade, restore, beside, install, package
"""

import argparse
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from .. import databases, postgres
from ..console import run_quietly, say
from ..environment import odoo_command, odoo_environment
from ..home import CHECKOUT, CONF, HOME, MODULE, PYTHON
from ..lifecycle import installed
from ..odoo_log import AllowedLines, TestLog
from ..odoo_process import exit_code, run_odoo
from ..outcome import Outcome
from ..site import screens_log, served

# Versions that somebody may have installed: the first, and the first with a whole year.
LANDED = ("e9f06a5", "485123b")
BESIDE = "sale,loyalty,website_event,partnership"
# What can be tried beside them only.
PAGE_TESTS = f"club_beside/{MODULE}"
INSTALL_SECONDS = 180
SCRIPT = """
import sys
sys.path.insert(0, {checkout!r})
from devtools.lifecycle import {module} as module
{call}
"""
FAULT = "FAULT "


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which part."""
    parser.add_argument("--only", choices=STAGES)


def run(args: argparse.Namespace) -> int:
    """Run the parts; the last line counts the checks."""
    outcome = Outcome()
    for name, stage in STAGES.items():
        if args.only in (None, name):
            began = time.monotonic()
            say(f"{name} …")
            stage(outcome)
            say(f"{name}: {time.monotonic() - began:.0f} s")
    for failure in outcome.failures:
        print(f"failed  {failure}")
    print(outcome.closing_line())
    return 1 if outcome.failures else 0


# === The parts === #


def _upgrade(outcome: Outcome) -> None:
    """From versions that have landed, with data in place."""
    for version in LANDED:
        _upgrade_from(version, outcome)


def _upgrade_from(version: str, outcome: Outcome) -> None:
    old = HOME / "lifecycle" / version
    addon = old / MODULE
    if not addon.exists():
        addon.mkdir(parents=True)
        archive = subprocess.run(
            ["git", "archive", version],
            cwd=CHECKOUT,
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
        subprocess.run(["tar", "-x", "-C", addon], input=archive, check=True)
    paths = f"{old},{_odoo_addons()}"
    with _Database("upgrade") as database:
        _odoo(outcome, database, "-i", MODULE, "--addons-path", paths, what="old")
        _script(database, "seed", "module.seed(env)", "--addons-path", paths)
        _odoo(outcome, database, "-u", MODULE, what="upgrade")
        _verify(outcome, database, "after the upgrade")


def _restore(outcome: Outcome) -> None:
    """Backup and restore as Odoo does it: seals and guards still hold."""
    with _Database("backup") as database, _Database("restored", make=False) as copy:
        _odoo(outcome, database, "-i", MODULE, what="install")
        _script(database, "seed", _SEED_NOW)
        target = HOME / f"{database}.zip"
        for step in (("dump", database, str(target)), ("load", copy, str(target))):
            run_quietly(
                odoo_command("db", "-c", str(CONF), *step),
                f"{step[0]} {database}",
                env=odoo_environment(),
                cwd=HOME,
            )
        target.unlink()
        _verify(outcome, copy, "after restoring the backup")


def _beside(outcome: Outcome) -> None:
    """Together with what companies also have, in both orders."""
    with _Database("beside") as database:
        _odoo(outcome, database, "-i", BESIDE, what=BESIDE)
        _odoo(outcome, database, "-i", MODULE, what="install beside them")
        _script(database, "seed", _SEED_NOW)
        _odoo(outcome, database, "-u", "sale,loyalty", what="their upgrade")
        _verify(outcome, database, f"beside {BESIDE}")
        _odoo(outcome, database, "--test-tags", PAGE_TESTS, what="the event page")
    with _Database("before") as database:
        _odoo(outcome, database, "-i", MODULE, what="install")
        _odoo(outcome, database, "-i", BESIDE, what=f"{BESIDE} after it")


def _install(outcome: Outcome) -> None:
    """Into a database with 100,000 partners and 1,000,000 invoice lines."""
    with _Database("big") as database:
        _script(database, "plain_invoices", "module.lay(env)")
        postgres.run_sql("VACUUM ANALYZE", database=database)
        began = time.monotonic()
        _odoo(outcome, database, "-i", MODULE, what="install")
        seconds = time.monotonic() - began
        stamped = int(
            postgres.run_sql(
                "SELECT count(*) FROM account_move_line"
                " WHERE club_account_id IS NOT NULL",
                database=database,
            )
        )
        say(f"installed in {seconds:.0f} s; {stamped:,} lines are facts now")
        slow = f"took {seconds:.0f} s" if seconds > INSTALL_SECONDS else None
        outcome.check(f"installed within {INSTALL_SECONDS} s", slow)
        few = f"only {stamped:,}" if stamped < 1_000_000 else None
        outcome.check("all lines are stamped", few)


def _package(outcome: Outcome) -> None:
    """What `./dev package` builds, each by itself in an Odoo without the checkout."""
    with tempfile.TemporaryDirectory(dir=HOME) as holder:
        for unpack in (installed.from_zip, installed.from_wheel):
            _open(outcome, unpack(Path(holder)))


def _open(outcome: Outcome, found: installed.Installed) -> None:
    """Install the add-on, and open the app as a browser does."""
    options, python = found.options, found.python
    with _Database("package") as database:
        arguments = ("-i", MODULE, *options)
        _odoo(outcome, database, *arguments, what=found.what, python=python)
        printed = _script(
            database, "installed", "module.tell_place()", *options, python=python
        )
        place = f"PLACE {found.place}\n"
        wrong = None if place in printed else f"it isn't loaded from {found.place}"
        outcome.check(f"{found.what} is what runs", wrong)
        with served(database, options=options, python=python) as port:
            faults = installed.find_faults(f"http://127.0.0.1:{port}", database)
        _check_log(outcome, screens_log(database), f"the app of {found.what}")
        outcome.check(f"the app of {found.what} opens", "; ".join(faults) or None)


STAGES: dict[str, Callable[[Outcome], None]] = {
    "upgrade": _upgrade,
    "restore": _restore,
    "beside": _beside,
    "install": _install,
    "package": _package,
}

# === Helpers === #

_SEED_NOW = """module.seed(env)
drafts = [("approval_state", "=", "draft")]
env["club.account.classification"].search(drafts)._set_opening("Seed")
env.cr.commit()"""


class _Database:
    """A copy of the template that is dropped at the end."""

    def __init__(self, purpose: str, make: bool = True) -> None:
        self._name = databases.unused_name(purpose)
        self._make = make

    def __enter__(self) -> str:
        if self._make:
            databases.copy(databases.ensure_template(), self._name)
        return self._name

    def __exit__(self, *_error: object) -> None:
        databases.drop(self._name)


def _odoo_addons() -> str:
    from .. import odoo_source

    return ",".join(str(path) for path in odoo_source.addons_paths())


def _odoo(
    outcome: Outcome,
    database: str,
    *arguments: str,
    what: str,
    python: Path = PYTHON,
) -> None:
    """Run Odoo once; its exit and its log are checks."""
    path = run_odoo(
        f"{database}_{what.split(',')[0].replace(' ', '_')}",
        *("-d", database, *arguments),
        *databases.LOAD_LANGUAGES,
        "--stop-after-init",
        python=python,
    )
    log = _check_log(outcome, path, what)
    if "--test-tags" in arguments:
        outcome.passed += log.passed
        outcome.failures += log.ended_badly
        outcome.check(f"tests of {what}", None if log.passed else "none was run")
    code = exit_code(path)
    outcome.check(what, f"Odoo ended with {code}; log: {path}" if code else None)


def _check_log(outcome: Outcome, path: Path, what: str) -> TestLog:
    """Let nothing that we wrote be complained about in a log."""
    with path.open() as lines:
        log = TestLog.read(lines)
    refused = AllowedLines().refuse(log.complaints)
    ours = [record for record in refused if MODULE in record.text + record.logger]
    for record in ours:
        print(f"{record.level} {record.logger}: {record.text}\n")
    outcome.check(f"clean log of {what}", f"{len(ours)} complaint(s)" if ours else None)
    return log


def _script(
    database: str, module: str, call: str, *options: str, python: Path = PYTHON
) -> str:
    """Run a module of devtools.lifecycle in Odoo's shell; return what it printed."""
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
    if done.returncode or "Traceback" in done.stderr:
        print(done.stderr)
    return done.stdout


def _verify(outcome: Outcome, database: str, when: str) -> None:
    call = f"print('CHECKED'); [print({FAULT!r} + f) for f in module.faults(env)]"
    printed = _script(database, "verify", call)
    found = [line for line in printed.splitlines() if line.startswith(FAULT)]
    wrong = "; ".join(line.removeprefix(FAULT) for line in found)
    if "CHECKED" not in printed:
        wrong = "it couldn't be checked"
    outcome.check(f"whole {when}", wrong or None)
