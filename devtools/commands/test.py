"""Install the add-on on a copy of the template database and run its tests.

./dev test                                everything, an upgrade and an uninstall
./dev test --tags :TestPoints.test_x      one class, method or file of ours
./dev test --on club_mine --tags :TestX   on an installation that is kept and upgraded
./dev test --plain                        only what needs no Odoo: kernel, tools
"""

import argparse
import time

from .. import chromium, databases, leftovers, plain_tests
from ..console import say
from ..home import MODULE
from ..odoo_log import AllowedLines, Record, TestLog
from ..odoo_process import exit_code, run_odoo
from ..outcome import Outcome


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be narrowed and kept."""
    parser.add_argument(
        "--tags", help="Odoo's test tags; ours is put before :Class and .method"
    )
    parser.add_argument("--no-browser", action="store_true", help="skip the tours")
    parser.add_argument(
        "--plain", action="store_true", help="only the tests without Odoo"
    )
    parser.add_argument("--keep", action="store_true", help="keep the run's database")
    parser.add_argument(
        "--on",
        metavar="DB",
        help="test on this database, which is made when missing and kept",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="show Odoo's log")


def run(args: argparse.Namespace) -> int:
    """Run the tests; the last line counts them."""
    began = time.monotonic()
    outcome = Outcome()
    if not args.tags:
        outcome += plain_tests.run(args.verbose)
    if not args.plain:
        outcome += _test_in_odoo(args)
    for skip in outcome.skips:
        print(f"skipped {skip}")
    for failure in outcome.failures:
        print(f"failed  {failure.splitlines()[0]}")
    say(f"{time.monotonic() - began:.0f} s")
    print(outcome.closing_line())
    return 1 if outcome.failures else 0


def complete_tags(tags: str | None) -> str:
    """Return test tags that name our module where they name none.

    >>> complete_tags(None)
    '/crm_club'
    >>> complete_tags("TestPoints.test_x,:TestTiers,-.test_slow,.test_fast")
    '/crm_club:TestPoints.test_x,/crm_club:TestTiers,-/crm_club.test_slow,/crm_club.test_fast'
    >>> complete_tags("/crm:TestLead,post_install,club_slow/crm_club")
    '/crm:TestLead,post_install/crm_club,club_slow/crm_club'
    """
    found = []
    for tag in (tags or f"/{MODULE}").split(","):
        sign = tag[0] if tag[:1] in ("-", "+") else ""
        rest = tag.removeprefix(sign).strip()
        if "/" not in rest:
            name, separator, tail = rest.partition(":")
            if not separator:
                name, separator, tail = rest.partition(".")
            if name[:1].isupper():  # a class without its colon
                rest = f"/{MODULE}:{rest}"
            else:
                rest = f"{name}/{MODULE}{separator}{tail}"
        found.append(sign + rest)
    return ",".join(found)


def _test_in_odoo(args: argparse.Namespace) -> Outcome:
    outcome = Outcome()
    browser = not args.no_browser and bool(chromium.find())
    if args.on:
        return _test_on(args, browser)
    template = databases.ensure_template()
    database = databases.unused_name("test")
    say(f"testing on {database}" + ("" if browser else ", without a browser"))
    try:
        databases.copy(template, database)
        test = ["-d", database, "-i", MODULE, "--test-tags", complete_tags(args.tags)]
        outcome += _run(
            f"{database}_install", "install and tests", args, *test, browser=browser
        )
        if not args.tags and databases.has_module(database):
            # With the translations: a placeholder that is wrong in one is logged.
            upgrade = ["-d", database, "-u", MODULE, *databases.LOAD_LANGUAGES]
            upgrade += ["--stop-after-init", "--no-http"]
            outcome += _run(f"{database}_upgrade", "upgrade", args, *upgrade)
            outcome += _uninstall(database, args)
    finally:
        if args.keep:
            say(f"kept: {database}")
        else:
            databases.drop(database)
    return outcome


def _test_on(args: argparse.Namespace, browser: bool) -> Outcome:
    """Run the tests on a database of the developer's: upgrading takes a third of what
    installing does. The tests roll back what they do.
    """
    if not databases.exists(args.on):
        databases.copy(databases.ensure_template(), args.on)
    update = "-u" if databases.has_module(args.on) else "-i"
    test = ["-d", args.on, update, MODULE, "--test-tags", complete_tags(args.tags)]
    say(f"testing on {args.on}" + ("" if browser else ", without a browser"))
    return _run(args.on, "tests", args, *test, browser=browser)


def _uninstall(database: str, args: argparse.Namespace) -> Outcome:
    """Take the add-on off again: nothing of it may stay."""
    outcome = _run(
        f"{database}_uninstall",
        "uninstall",
        args,
        *("-d", database, MODULE),
        subcommand=("module", "uninstall"),
    )
    left = leftovers.find(database)
    for what in left:
        print(f"left behind: {what}")
    outcome.check(
        "nothing left behind", f"{len(left)} thing(s) left behind" if left else None
    )
    return outcome


def _run(
    name: str,
    label: str,
    args: argparse.Namespace,
    *arguments: str,
    subcommand: tuple[str, ...] = (),
    browser: bool = True,
) -> Outcome:
    """Run Odoo once and count its tests, its exit code and its log as checks."""
    path = run_odoo(
        name,
        *arguments,
        subcommand=subcommand,
        browser=browser,
        verbose=args.verbose,
    )
    with path.open() as lines:
        log = TestLog.read(lines)
    outcome = Outcome(passed=log.passed, failures=list(log.ended_badly))
    outcome.skips = [f"{test}: {reason}" for test, reason in log.skipped.items()]
    for records in log.ended_badly.values():
        _show(records)
    refused = AllowedLines().refuse(log.complaints)
    _show(refused)
    outcome.check(
        f"clean log of {label}", f"{len(refused)} complaint(s)" if refused else None
    )
    code = exit_code(path)
    ended = f"Odoo ended with {code}" if code and not log.ended_badly else None
    if "--test-tags" in arguments:
        ended = ended or log.incomplete()
    outcome.check(label, ended)
    if outcome.failures:
        say(f"log: {path}")
    return outcome


def _show(records: list[Record]) -> None:
    for record in records:
        print(f"{record.level} {record.logger}: {record.text}\n")
