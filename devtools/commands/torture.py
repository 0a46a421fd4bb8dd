"""Kill Odoo and PostgreSQL (SIGKILL) in the middle of the work; look what is left.

./dev torture                                    50 kills, about fifteen minutes
./dev torture --kills 10 --only posting,import   of some operations
./dev torture --victim postgres --seed 7         the same kills again
./dev torture --on club_x                        begin with an installation of yours

PostgreSQL is a cluster of its own in a temporary folder. 1 when a kill left a fault.
"""

import argparse
import json
import secrets
import time
from pathlib import Path

from .. import databases
from ..console import say
from ..home import CHECKOUT, HOME
from ..torture import fingerprint, result
from ..torture.cluster import Cluster
from ..torture.operations import OPERATIONS, Ground
from ..torture.plan import VICTIMS, plan
from ..torture.result import Trial
from ..torture.server import Server
from ..torture.trial import BASE, Bench, Reference

SCRIPT = """
import sys
sys.path.insert(0, {checkout!r})
from devtools.torture import founding
founding.found(env, {folder!r})
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say how many kills, of what, and where the figures go."""
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, help="repeat the kills of another run")
    parser.add_argument(
        "--first", type=int, default=1, help="go on with this one of the kills"
    )
    parser.add_argument("--only", type=_operations, default=tuple(OPERATIONS))
    parser.add_argument("--victim", choices=VICTIMS)
    parser.add_argument(
        "--on", metavar="DATABASE", help="begin with an installation that is there"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")


def run(args: argparse.Namespace) -> int:
    """Kill as planned; the last line names the seed."""
    seed = secrets.randbelow(10_000) if args.seed is None else args.seed
    victims = (args.victim,) if args.victim else VICTIMS
    kills = plan(args.kills, seed, args.only, victims)[args.first - 1 :]
    with Cluster() as cluster, Server(cluster) as server:
        ground = _found(cluster, server, args.on)
        bench = Bench(cluster, server, ground)
        wrong = [f"at the start {fault}" for fault in bench.check_start()]
        is_ready = not wrong
        references = _measure(bench, args.only, wrong)
        # What differs by itself can't be judged: the others are killed all the same.
        judged = [kill for kill in kills if references[kill.operation].is_right]
        trials = _kill(bench, judged, references) if is_ready else []
        if wrong or result.faults(trials):
            _keep_log(server)
    for fault in wrong:
        print(f"undisturbed: {fault}")
    usual = {name: found.seconds for name, found in references.items()}
    target = (args.json or HOME / "torture.json").resolve()
    target.write_text(json.dumps(result.figures(trials, seed, usual), indent=2) + "\n")
    for fault in result.faults(trials):
        print(fault)
    print(result.table(trials))
    short = len(trials) < len(kills)
    if short:
        print(f"{len(trials)} of {len(kills)} kills were made")
    elif not result.is_convincing(trials):
        short = True
        print("too few of the kills hit in the middle")
    print(f"seed {seed}; figures: {target}")
    return 1 if wrong or short or result.faults(trials) else 0


def _operations(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    unknown = set(names) - set(OPERATIONS)
    if unknown:
        raise argparse.ArgumentTypeError(
            f"no such operation: {', '.join(sorted(unknown))};"
            f" there are: {', '.join(OPERATIONS)}"
        )
    return names


def _found(cluster: Cluster, server: Server, installed: str | None) -> Ground:
    """Make the database that every trial copies.

    :param installed: an empty club to begin with, which stays; a new one if None
    """
    source = installed or databases.unused_name("torture")
    try:
        if installed:
            databases.require(installed)
        databases.ensure_installed(source)
        server.load(source, BASE)
    finally:
        if not installed:
            databases.drop(source)
    say("laying facts and documents …")
    folder = str(cluster.folder)
    server.run_script(BASE, SCRIPT.format(checkout=str(CHECKOUT), folder=folder))
    fingerprint.note_tops(cluster, BASE)
    cluster.run(f'ALTER DATABASE "{BASE}" ALLOW_CONNECTIONS false')
    return Ground.read(cluster.folder)


def _measure(
    bench: Bench, operations: tuple[str, ...], wrong: list[str]
) -> dict[str, Reference]:
    """Do each operation undisturbed and return what it leaves.

    :param wrong: takes what is wrong with that
    """
    references = {}
    for name in operations:
        references[name], faults = bench.measure(OPERATIONS[name])
        wrong += [f"{name}: {fault}" for fault in faults]
        told = "".join(f"; WRONG {fault}" for fault in faults)
        say(f"{name}: {references[name].seconds:.2f} s undisturbed{told}")
    return references


def _kill(bench: Bench, kills: list, references: dict) -> list[Trial]:
    """Kill as planned; broken off, what was done until then is reported."""
    trials = []
    began = time.monotonic()
    try:
        for kill in kills:
            trials.append(bench.kill(kill, references[kill.operation]))
            say(result.line(trials[-1], kills[-1].number))
    except KeyboardInterrupt:
        say("interrupted")
    say(f"{len(trials)} kills in {time.monotonic() - began:.0f} s")
    return trials


def _keep_log(server: Server) -> None:
    """Keep Odoo's log: the folder that it is in goes."""
    target = HOME / "log" / "torture_odoo.log"
    target.write_bytes(server.log.read_bytes())
    say(f"Odoo's log: {target}")
