"""Run the linters on the checkout's files, tracked or new.

./dev lint              complain
./dev lint --fix        format the checkout first, then complain about the rest
./dev lint --changed    look only at files that differ from the branch main
"""

import argparse
import shutil
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from .. import linters
from ..build_step import one_at_a_time
from ..console import say
from ..home import CHECKOUT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Offer to format, and to look at what is new only."""
    parser.add_argument("--fix", action="store_true", help="format the checkout")
    parser.add_argument(
        "--changed", action="store_true", help="only files that differ from main"
    )


def run(args: argparse.Namespace) -> int:
    """Return 1 if any linter complains."""
    began = time.monotonic()
    with one_at_a_time("linters' setup"):
        linters.build()
    changed = linters.changed_files() if args.changed else None
    with linters.working_copy() as copy:
        if args.fix:
            _fix(copy, changed)
        run_linter = partial(linters.run_linter, copy=copy, changed=changed)
        with ThreadPoolExecutor(2) as pool:
            complaints = list(pool.map(run_linter, linters.LINTERS))
    for linter, complaint in zip(linters.LINTERS, complaints, strict=True):
        print(f"{linter.name}: {'FAILED' if complaint else 'ok'}")
        if complaint:
            print(complaint)
    say(f"{time.monotonic() - began:.0f} s")
    if any(complaints):
        say("`./dev lint --fix` mends what is only a matter of form")
        return 1
    return 0


def _fix(copy: Path, changed: Collection[Path] | None) -> None:
    """Format the copy and take over what changed, but not over a newer edit."""
    before = {path: (copy / path).read_bytes() for path in linters.source_files()}
    for linter in 2 * linters.LINTERS:  # what prettier wraps may fit on its second look
        if linter.fix:
            linters.run_linter(linter, copy, fix=True, changed=changed)
    for path, content in before.items():
        if (copy / path).read_bytes() == content:
            continue
        if (CHECKOUT / path).read_bytes() == content:
            shutil.copyfile(copy / path, CHECKOUT / path)
            print(f"formatted {path}")
        else:
            say(f"{path} was edited meanwhile and is left alone")
