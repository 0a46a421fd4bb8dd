"""Install the add-on on a copy of the template database and run its tests.

./dev test                                everything, an upgrade and an uninstall
./dev test --tags :TestPoints.test_x      one class, method or file of ours
./dev test --on club_mine --tags :TestX   on an installation that is kept and upgraded
./dev test --plain                        only what needs no Odoo: kernel, tools
"""

import argparse
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from .. import chromium, databases, leftovers, plain_tests, test_plan
from ..build_step import key_of
from ..console import say
from ..home import CHECKOUT, HOME, MODULE, write_if_changed
from ..odoo_log import AllowedLines, Record, TestLog
from ..odoo_process import exit_code, run_odoo
from ..outcome import Outcome
from ..test_clock import COUNT_QUERIES, TestClock

# How many times each process fetches work: many, so that both end together.
CHUNKS_PER_JOB = 5
MOST_JOBS = 4


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
    parser.add_argument(
        "--jobs",
        type=int,
        default=min(os.cpu_count() or 1, MOST_JOBS),
        help="how many databases are tested side by side in a whole run",
    )
    parser.add_argument(
        "--slowest",
        type=int,
        metavar="N",
        default=10,
        help="name the N classes that took most processor time, and most queries",
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
    if args.on:
        return _test_on(args)
    if args.tags:
        return _test_some(args)
    return _test_all(args)


def _test_on(args: argparse.Namespace) -> Outcome:
    """Run the tests on a database of the developer's, upgraded only where something
    else than tests has changed. The tests roll back what they do.
    """
    database = args.on
    if not databases.exists(database):
        databases.copy(databases.ensure_template(), database)
    key = key_of(*(path.read_text() for path in _installed_files()))
    marker = HOME / "installed" / database
    test = ["-d", database, "--test-tags", complete_tags(args.tags)]
    if not databases.has_module(database):
        test += ["-i", MODULE]
    elif not marker.exists() or marker.read_text() != key:
        test += ["-u", MODULE]
    say(f"testing on {database}")
    clock = TestClock()
    outcome = _run(database, "tests", args, *test, clock=clock)
    _tell(clock, args.slowest)
    if not any(failure.startswith("tests: ") for failure in outcome.failures):
        write_if_changed(marker, key)
    return outcome


def _installed_files() -> list[Path]:
    """Return the files that an upgrade takes in."""
    folders = ("models", "wizards", "views", "security", "data", "reports")
    files = [
        path
        for folder in (*folders, "kernel", "controllers", "migrations")
        for path in (CHECKOUT / folder).rglob("*")
        if path.suffix in (".py", ".xml", ".csv")
    ]
    return sorted([*files, CHECKOUT / "__manifest__.py", CHECKOUT / "hooks.py"])


def _test_some(args: argparse.Namespace) -> Outcome:
    """Install the add-on on a database of the run's own and run what the tags name."""
    database = databases.unused_name("test")
    say(f"testing on {database}")
    try:
        databases.copy(databases.ensure_template(), database)
        test = ["-d", database, "-i", MODULE, "--test-tags", complete_tags(args.tags)]
        clock = TestClock()
        name = f"{database}_install"
        outcome = _run(name, "install and tests", args, *test, clock=clock)
        _tell(clock, args.slowest)
        return outcome
    finally:
        _put_away(database, args)


def _test_all(args: argparse.Namespace) -> Outcome:
    """Install the add-on and run all its tests, shared out among processes that each
    have a copy of the installation, with an upgrade and an uninstall beside them.
    """
    database = databases.unused_name("test")
    say(f"testing on {database}, {args.jobs} at a time")
    try:
        databases.copy(databases.ensure_template(), database)
        install = ["-d", database, "-i", MODULE, "--stop-after-init", "--no-http"]
        outcome = _run(f"{database}_install", "install", args, *install)
        if not databases.has_module(database):
            return outcome
        return _join(outcome, _share_out(database, args))
    finally:
        _put_away(database, args)


def _share_out(database: str, args: argparse.Namespace) -> list[Outcome]:
    """Return what came of each chunk of the tests, of upgrade and uninstall."""
    tests = test_plan.find_tests()
    chunks = test_plan.share_out(
        tests,
        test_plan.read_seconds(),
        args.jobs * CHUNKS_PER_JOB,
        test_plan.find_families(),
    )
    copies: SimpleQueue[str] = SimpleQueue()
    names = [f"{database}_{job}" for job in range(args.jobs)]
    clock = TestClock()
    started: list[str] = []

    def run_chunk(number: int) -> Outcome:
        copy = copies.get()
        try:
            chunk = chunks[number]
            name = f"{database}_part{number}"
            test = ["-d", copy, "--test-tags", complete_tags(chunk.tags)]
            return _run(
                name, f"tests {number}", args, *test, clock=clock, started=started
            )
        finally:
            copies.put(copy)

    try:
        for name in names:
            databases.copy(database, name)
            copies.put(name)
        with ThreadPoolExecutor(args.jobs) as pool:
            futures = [pool.submit(run_chunk, number) for number in range(len(chunks))]
            # The installation itself is upgraded and uninstalled, while tests run.
            futures.append(pool.submit(_upgrade_and_uninstall, database, args))
            outcomes = [future.result() for future in futures]
    finally:
        for name in names:
            _put_away(name, args)
    lost = Outcome()
    missing = test_plan.never_ran(tests, started)
    some = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
    lost.check(
        "every test ran", f"{len(missing)} never ran: {some}" if missing else None
    )
    if clock.wall:
        write_if_changed(test_plan.SECONDS, json.dumps(clock.wall, indent=1))
    _tell(clock, args.slowest)
    return [*outcomes, lost]


def _tell(clock: TestClock, count: int) -> None:
    """Count the queries; name the classes that took longest and that asked most."""
    cpu = sum(clock.cpu.values())
    say(f"{clock.queries} queries, {cpu:.0f} s of Odoo's CPU; the slowest classes:")
    for line in clock.slowest(count) + clock.most_queries(count):
        say(line)


def _join(outcome: Outcome, outcomes: list[Outcome]) -> Outcome:
    for other in outcomes:
        outcome += other
    return outcome


def _put_away(database: str, args: argparse.Namespace) -> None:
    if args.keep:
        say(f"kept: {database}")
    else:
        databases.drop(database)


def _upgrade_and_uninstall(database: str, args: argparse.Namespace) -> Outcome:
    # With the translations: a placeholder that is wrong in one is logged.
    upgrade = ["-d", database, "-u", MODULE, *databases.LOAD_LANGUAGES]
    upgrade += ["--stop-after-init", "--no-http"]
    outcome = _run(f"{database}_upgrade", "upgrade", args, *upgrade)
    outcome += _uninstall(database, args)
    return outcome


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
    clock: TestClock | None = None,
    started: list[str] | None = None,
) -> Outcome:
    """Run Odoo once and count its tests, its exit code and its log as checks.

    :param clock: is told how long each class took
    :param started: gets the names of the tests that began
    """
    own_clock = TestClock()
    path = run_odoo(
        name,
        *(COUNT_QUERIES if "--test-tags" in arguments else ()),
        *arguments,
        subcommand=subcommand,
        browser=not args.no_browser and bool(chromium.find()),
        verbose=args.verbose,
        on_line=own_clock.take,
    )
    with path.open() as lines:
        log = TestLog.read(lines)
    if clock is not None:
        clock += own_clock
    if started is not None:
        started += log.started
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
