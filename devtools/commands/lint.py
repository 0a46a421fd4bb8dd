"""Run the linters on the checkout's files, tracked or new.

./dev lint          complain
./dev lint --fix    format the checkout first, then complain about the rest
"""

import argparse
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .. import linters
from ..build_step import one_at_a_time
from ..console import say
from ..home import CHECKOUT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Offer to format."""
    parser.add_argument("--fix", action="store_true", help="format the checkout")


def run(args: argparse.Namespace) -> int:
    """Return 1 if any linter complains."""
    began = time.monotonic()
    with one_at_a_time("linters' setup"):
        linters.build()
    with linters.working_copy() as copy:
        if args.fix:
            _fix(copy)
        with ThreadPoolExecutor(2) as pool:
            complaints = list(
                pool.map(lambda one: linters.run_linter(one, copy), linters.LINTERS)
            )
    for linter, complaint in zip(linters.LINTERS, complaints, strict=True):
        print(f"{linter.name}: {'FAILED' if complaint else 'ok'}")
        if complaint:
            print(complaint)
    say(f"{time.monotonic() - began:.0f} s")
    if any(complaints):
        say("`./dev lint --fix` mends what is only a matter of form")
        return 1
    return 0


def _fix(copy: Path) -> None:
    """Format the copy and take over what changed, but not over a newer edit."""
    before = {path: (copy / path).read_bytes() for path in linters.source_files()}
    for linter in 2 * linters.LINTERS:  # what prettier wraps may fit on its second look
        if linter.fix:
            linters.run_linter(linter, copy, fix=True)
    for path, content in before.items():
        if (copy / path).read_bytes() == content:
            continue
        if (CHECKOUT / path).read_bytes() == content:
            shutil.copyfile(copy / path, CHECKOUT / path)
            print(f"formatted {path}")
        else:
            say(f"{path} was edited meanwhile and is left alone")
