"""The tests that need no Odoo: of the kernel, and of these tools.

The kernel's modules are imported as `kernel.name`, its tests by their bare names:
importing the checkout itself as a package would pull in Odoo.
"""

import doctest
import io
import os
import sys
import unittest
from importlib import import_module
from pathlib import Path

from .home import CACHE, CHECKOUT
from .outcome import Outcome

# Each folder with modules whose docstrings hold examples.
DOCTESTED = ("kernel", "devtools")
# Each folder with tests, and the folder from which their modules are named.
TESTED = {"tests/kernel": "tests/kernel", "devtools/tests": "."}


def _has_examples(path: Path) -> bool:
    return ">>> " in path.read_text()


def _suite() -> unittest.TestSuite:
    suite = unittest.TestSuite()
    for folder in DOCTESTED:
        for path in sorted((CHECKOUT / folder).rglob("*.py")):
            if _has_examples(path):
                words = path.relative_to(CHECKOUT).with_suffix("").parts
                name = ".".join(words).removesuffix(".__init__")
                suite.addTest(doctest.DocTestSuite(import_module(name)))
    for folder, top in TESTED.items():
        if any((CHECKOUT / folder).glob("test_*.py")):
            loader = unittest.TestLoader()
            start, top_level = str(CHECKOUT / folder), str(CHECKOUT / top)
            suite.addTest(loader.discover(start, top_level_dir=top_level))
    return suite


def run(verbose: bool = False) -> Outcome:
    """Run them all, and show what failed."""
    sys.path.insert(0, str(CHECKOUT))
    # Else hypothesis keeps its notes in the folder that we are called from.
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(CACHE / "hypothesis"))
    output = io.StringIO()
    stream = sys.stderr if verbose else output
    result = unittest.TextTestRunner(stream=stream, verbosity=2).run(_suite())
    bad = {str(test): trace for test, trace in result.failures + result.errors}
    for test in result.unexpectedSuccesses:
        bad[str(test)] = "it was expected to fail and did not"
    for test, trace in bad.items():
        print(f"FAILED {test}\n{trace}")
    return Outcome(
        passed=result.testsRun - len(bad) - len(result.skipped),
        failures=list(bad),
        skips=[f"{test}: {reason}" for test, reason in result.skipped],
    )
