"""Try the add-on with hostile input, at random from a seed; faults make it fail.

./dev fuzz import --seconds 60 --seed 7
./dev fuzz import --database mine     on a database of one's own, kept afterwards
"""

import argparse
import json
import random
import subprocess

from .. import databases
from ..console import Problem, say
from ..environment import odoo_command, odoo_environment
from ..home import CHECKOUT, CONF, HOME
from ..outcome import Outcome

# The name of each fuzzer and its module in devtools/fuzz/.
FUZZERS = {"import": "revenue_file", "rpc": "rpc"}
SCRIPT = """
import json, sys
sys.path.insert(0, {checkout!r})
from devtools.fuzz import {module} as fuzzer
with open({target!r}, "w") as file:
    json.dump(fuzzer.fuzz(env, {seconds!r}, {seed!r}), file, indent=2, default=str)
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name the fuzzer, how long and from which seed."""
    parser.add_argument("name", choices=FUZZERS)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, help="a number; without it, any")
    parser.add_argument("--database", metavar="DB", help="use and keep this one")


def run(args: argparse.Namespace) -> int:
    """Fuzz in Odoo's shell and report figures and faults; 1 when there are faults."""
    seed = random.randrange(10**9) if args.seed is None else args.seed
    database = args.database or databases.unused_name(f"fuzz_{args.name}")
    target = HOME / f"fuzz_{database}.json"
    target.unlink(missing_ok=True)
    try:
        databases.ensure_installed(database)
        say(f"fuzzing {args.name} for {args.seconds:g} s with --seed {seed} …")
        script = SCRIPT.format(
            checkout=str(CHECKOUT),
            module=FUZZERS[args.name],
            target=str(target),
            seconds=args.seconds,
            seed=seed,
        )
        command = odoo_command("shell", "-c", str(CONF), "-d", database, "--no-http")
        done = subprocess.run(
            [*command, "--log-level", "critical"],
            input=script,
            text=True,
            env=odoo_environment(),
            cwd=HOME,
            check=False,
        )
        if done.returncode or not target.exists() or not target.stat().st_size:
            raise Problem(f"the fuzzer {args.name} itself failed; see above")
        result = json.loads(target.read_text())
    finally:
        target.unlink(missing_ok=True)
        if not args.database:
            databases.drop(database)
    return _report(result, seed)


def _report(result: dict, seed: int) -> int:
    """Print figures, faults and the closing line."""
    faults = result.pop("faults")
    print(json.dumps({**result, "seed": seed}, indent=2, ensure_ascii=False))
    for fault in faults:
        print(f"failed  {fault}")
    passed = max(result.get("examples", 0) - len(faults), 0)
    outcome = Outcome(passed=passed, failures=faults)
    print(outcome.closing_line())
    return 1 if faults else 0
