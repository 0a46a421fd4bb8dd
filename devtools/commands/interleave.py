"""Run random interleavings of real database sessions; docs/concurrency.md tells more.

./dev interleave --seeds 1000              the seeds 0 to 999
./dev interleave --seeds 1000 --jobs 2     shared out among two databases
./dev interleave --from 431                one seed again
./dev interleave --seeds 99 --with redeem  those of them in which this actor takes part
"""

import argparse
import json
import os
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from .. import databases
from ..console import say
from ..home import MODULE
from ..odoo_log import TestLog
from ..odoo_process import exit_code, run_odoo

SEEDS = "CLUB_INTERLEAVE_SEEDS"  # which the test reads
WITH = "CLUB_INTERLEAVE_WITH"  # this as well
TAGS = f"/{MODULE}:TestInterleavings"
MOST_JOBS = 4
_TOLD = re.compile(r"interleaving (?P<what>seed \d+|figures|told) ?(?P<rest>.*)")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which seeds."""
    parser.add_argument("--seeds", type=int, default=1, help="how many (default: 1)")
    parser.add_argument(
        "--from", dest="first", type=int, default=0, help="the first one (default: 0)"
    )
    parser.add_argument(
        "--with",
        dest="actors",
        metavar="ACTOR",
        default="",
        help="only the seeds with an actor of this name, or of these, by commas",
    )
    parser.add_argument(
        "--jobs",
        type=int,
        choices=range(1, MOST_JOBS + 1),
        default=1,
        help="how many databases the seeds are shared out among (default: 1)",
    )
    parser.add_argument(
        "--of",
        metavar="DB",
        help="on copies of this database with the add-on, in place of a fresh one",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument("--keep", action="store_true", help="keep the databases")
    parser.add_argument("-v", "--verbose", action="store_true", help="show Odoo's log")


@dataclass
class Told:
    """What the runs told in their logs."""

    figures: Counter = field(default_factory=Counter)
    sentences: Counter = field(default_factory=Counter)
    wrong: dict[int, list[str]] = field(default_factory=dict)

    def take(self, lines: list[str]) -> None:
        """Add what a log tells.

        >>> told = Told()
        >>> told.take(
        ...     [
        ...         'INFO: interleaving figures {"seeds": 2, "seconds": 3}',
        ...         "INFO: interleaving seed 7 (redeem): account 3 falls to -1",
        ...         "INFO: interleaving told 2 times: officer: Nothing is left.",
        ...     ]
        ... )
        >>> dict(told.figures), told.wrong
        ({'seeds': 2, 'seconds': 3}, {7: ['(redeem): account 3 falls to -1']})
        >>> told.sentences
        Counter({'officer: Nothing is left.': 2})
        """
        for line in lines:
            if not (found := _TOLD.search(line)):
                continue
            what, rest = found["what"], found["rest"].strip()
            if what == "figures":
                self.figures += Counter(json.loads(rest))
            elif what == "told":
                count, sentence = rest.split(" times: ", 1)
                self.sentences[sentence] += int(count)
            else:
                self.wrong.setdefault(int(what.split()[1]), []).append(rest)

    def show(self) -> None:
        for sentence, count in self.sentences.most_common():
            print(f"told {count} times: {sentence}")
        for seed, sentences in sorted(self.wrong.items()):
            for sentence in sentences:
                print(f"seed {seed} {sentence}")
        for name, count in sorted(self.figures.items()):
            print(f"{count:>9,} {name}")


def share_out(first: int, count: int, jobs: int) -> list[range]:
    """Return the seeds of each job, which follow each other.

    >>> share_out(0, 1000, 2)
    [range(0, 500), range(500, 1000)]
    >>> share_out(431, 1, 2)
    [range(431, 432)]
    >>> share_out(0, 5, 2)
    [range(0, 2), range(2, 5)]
    """
    edges = [first + count * job // jobs for job in range(jobs + 1)]
    return [
        range(start, end)
        for start, end in zip(edges, edges[1:], strict=False)
        if start < end
    ]


def run(args: argparse.Namespace) -> int:
    """Run the seeds on fresh databases; name those that fail."""
    if args.of:
        databases.require(args.of)
    began = time.monotonic()
    shares = share_out(args.first, args.seeds, args.jobs)
    database = databases.unused_name("interleave")
    names = [f"{database}_{job}" for job in range(len(shares))]
    say(f"seeds {args.first} to {args.first + args.seeds - 1} on {', '.join(names)} …")
    try:
        if not args.of:
            _install(database)
        for name in names:
            databases.copy(args.of or database, name)
        with ThreadPoolExecutor(len(names)) as pool:
            paths = list(
                pool.map(
                    lambda name, seeds: _run_seeds(name, seeds, args),
                    names,
                    shares,
                )
            )
    finally:
        for name in [database, *names]:
            if args.keep and name != database:
                say(f"kept: {name}")
            else:
                databases.drop(name)
    told, load = Told(), os.getloadavg()[0]
    for path in paths:
        told.take(path.read_text().splitlines())
    told.show()
    seconds = round(time.monotonic() - began)
    say(f"{seconds} s, {len(names)} at a time; the machine's load was {load:.1f}")
    if args.json:
        figures = {**told.figures, "whole_seconds": seconds, "jobs": len(names)}
        figures |= {"load": round(load, 1), "failed": sorted(told.wrong)}
        args.json.write_text(json.dumps(figures, indent=2) + "\n")
    ended_badly = [path for path in paths if _ended_badly(path)]
    for path in ended_badly:
        print(f"log: {path}")
    for seed in sorted(told.wrong):
        print(f"again: ./dev interleave --from {seed}")
    return 1 if told.wrong or ended_badly else 0


def _install(database: str) -> None:
    databases.copy(databases.ensure_template(), database)
    install = ("-d", database, "-i", MODULE, "--stop-after-init", "--no-http")
    run_odoo(f"{database}_install", *install, browser=False)


def _run_seeds(name: str, seeds: range, args: argparse.Namespace) -> Path:
    return run_odoo(
        name,
        *("-d", name, "--test-tags", TAGS),
        browser=False,
        verbose=args.verbose,
        settings={SEEDS: f"{seeds[0]}-{seeds[-1]}", WITH: args.actors},
    )


def _ended_badly(path: Path) -> bool:
    with path.open() as lines:
        log = TestLog.read(lines)
    return bool(log.ended_badly or log.incomplete() or exit_code(path))
