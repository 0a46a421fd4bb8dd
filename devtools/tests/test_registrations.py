"""What is written but named nowhere: Odoo never loads it, and nothing fails."""

import ast
import tempfile
import unittest
from collections import Counter
from pathlib import Path

from devtools.home import CHECKOUT
from devtools.imports import find_unreached

CODE = ("models", "wizards", "reports", "controllers", "kernel")
DATA = ("security", "data", "demo", "views", "wizards", "reports")


class TestRegistrations(unittest.TestCase):
    def test_every_test_lies_where_tests_are_loaded_from(self):
        """`tests/__init__.py` takes each by its name, from the folders below it."""
        tests = CHECKOUT / "tests"
        found = [
            path
            for path in tests.rglob("test_*.py")
            if path.parent.name != "kernel"  # they run without Odoo
        ]
        elsewhere = [path for path in found if path.parent.parent != tests]
        self.assertEqual(elsewhere, [])
        names = Counter(path.stem for path in found)
        self.assertEqual([name for name in names if names[name] > 1], [])

    def test_every_module_is_imported(self):
        starts = [CHECKOUT / "__init__.py", CHECKOUT / "hooks.py"]
        folders = [CHECKOUT / name for name in CODE]
        self.assertEqual(find_unreached(starts, folders), [])

    def test_every_data_file_is_in_the_manifest(self):
        manifest = ast.literal_eval((CHECKOUT / "__manifest__.py").read_text())
        listed = [*manifest["data"], *manifest["demo"]]
        there = [
            str(path.relative_to(CHECKOUT))
            for folder in DATA
            for path in (CHECKOUT / folder).rglob("*")
            if path.suffix in (".xml", ".csv")
        ]
        self.assertEqual(sorted(there), sorted(listed))


class TestFindUnreached(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.root = Path(holder.name)

    def write(self, name, text=""):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def test_a_module_that_nobody_imports_is_found(self):
        start = self.write("__init__.py", "from . import tests")
        self.write("tests/__init__.py", "from .area import test_a")
        self.write("tests/area/__init__.py")
        self.write("tests/area/test_a.py", "from ..common import X\nimport os")
        self.write("tests/area/test_b.py")
        self.write("tests/common.py", "X = 1")
        found = find_unreached([start], [self.root / "tests"], self.root)
        self.assertEqual(found, ["tests/area/test_b.py"])
