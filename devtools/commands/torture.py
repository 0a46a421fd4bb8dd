"""Kill Odoo and PostgreSQL (SIGKILL) in the middle of the work; look what is left.

./dev torture                                    50 kills, about fifteen minutes
./dev torture --kills 10 --only posting,import   of some operations
./dev torture --victim postgres --seed 7         the same kills again
./dev torture --on club_x                        begin with an installation of yours
./dev torture --ground var/ground                lay the facts once, for several runs
./dev torture --minutes 40                       what of it that time allows

PostgreSQL is a cluster of its own in a temporary folder. 1 when a kill left a fault.
"""

import argparse
import json
import math
import secrets
import shutil
import time
from pathlib import Path

from .. import databases
from ..console import Problem, say
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
    parser.add_argument(
        "--minutes", type=float, help="begin no kill later than this after the start"
    )
    parser.add_argument("--only", type=_operations, default=tuple(OPERATIONS))
    parser.add_argument("--victim", choices=VICTIMS)
    parser.add_argument(
        "--on", metavar="DATABASE", help="begin with an installation that is there"
    )
    parser.add_argument(
        "--ground",
        type=Path,
        metavar="FOLDER",
        help="begin with what a run of this version has left there, or leave it there",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")


def run(args: argparse.Namespace) -> int:
    """Kill as planned; the last line names the seed."""
    latest = time.monotonic() + 60 * args.minutes if args.minutes else math.inf
    seed = secrets.randbelow(10_000) if args.seed is None else args.seed
    victims = (args.victim,) if args.victim else VICTIMS
    kills = plan(args.kills, seed, args.only, victims)[args.first - 1 :]
    with Cluster() as cluster, Server(cluster) as server:
        ground = _prepare(cluster, server, args)
        bench = Bench(cluster, server, ground)
        wrong = [f"at the start {fault}" for fault in bench.check_start()]
        is_ready = not wrong
        references = _measure(bench, args.only, wrong)
        # What differs by itself can't be judged: the others are killed all the same.
        judged = [kill for kill in kills if references[kill.operation].is_right]
        trials = _kill(bench, judged, references, latest) if is_ready else []
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


def _prepare(cluster: Cluster, server: Server, args: argparse.Namespace) -> Ground:
    """Make the database that every trial copies, or take the one that was kept."""
    folder = args.ground.resolve() if args.ground else cluster.folder
    if args.ground and folder.exists():
        say(f"taking what lies in {folder} …")
        server.take(folder, BASE)
    else:
        _found(cluster, server, args.on)
        if args.ground:
            _keep(cluster, server, folder)
    cluster.run(f'ALTER DATABASE "{BASE}" ALLOW_CONNECTIONS false')
    return Ground.read(folder)


def _keep(cluster: Cluster, server: Server, target: Path) -> None:
    """Leave in a folder what was laid, all of it or nothing."""
    folder = cluster.folder / "kept"
    folder.mkdir()
    server.keep(BASE, folder)
    for name in Ground.FILES:
        shutil.copy(cluster.folder / name, folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(folder, target)


def _found(cluster: Cluster, server: Server, installed: str | None) -> None:
    """Lay facts and documents.

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


def _kill(bench: Bench, kills: list, references: dict, latest: float) -> list[Trial]:
    """Kill as planned; broken off, what was done until then is reported.

    :param latest: the moment after which no kill is begun
    """
    trials = []
    began = time.monotonic()
    try:
        for kill in kills:
            if time.monotonic() > latest:
                say("the time is over")
                break
            trials.append(bench.kill(kill, references[kill.operation]))
            say(result.line(trials[-1], kills[-1].number))
    except KeyboardInterrupt:
        say("interrupted")
    except Problem as problem:  # something didn't come back: what was seen counts
        say(f"broken off: {problem}")
    say(f"{len(trials)} kills in {time.monotonic() - began:.0f} s")
    return trials


def _keep_log(server: Server) -> None:
    """Keep Odoo's log: the folder that it is in goes."""
    target = HOME / "log" / "torture_odoo.log"
    target.write_bytes(server.log.read_bytes())
    say(f"Odoo's log: {target}")
