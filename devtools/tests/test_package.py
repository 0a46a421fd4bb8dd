"""What a company installs has what Odoo loads, and nothing of the workshop."""

import ast
import re
import tempfile
import unittest
import zipfile
from pathlib import Path

from devtools import linters, package
from devtools.home import CHECKOUT, MODULE
from devtools.package import DESCRIPTION, LIMIT, LIMIT_OF_ALL


class TestShippedFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shipped = {str(path) for path in package.shipped_files()}

    def test_each_file_is_either_shipped_or_left_out(self):
        """A new file at the top asks to be decided on."""
        top = {path.parts[0] for path in linters.source_files()}
        undecided = top - package.SHIPPED - package.LEFT_OUT
        self.assertEqual(undecided, set())
        self.assertEqual(package.SHIPPED & package.LEFT_OUT, set())
        self.assertEqual(package.SHIPPED - top, set())

    def test_what_the_manifest_loads_is_in(self):
        manifest = ast.literal_eval((CHECKOUT / "__manifest__.py").read_text())
        named = {*manifest["data"], *manifest["demo"], *manifest["images"]}
        self.assertEqual(named - self.shipped, set())

    def test_code_translations_tests_and_licence_are_in(self):
        self.assertLessEqual(
            {
                *("__init__.py", "__manifest__.py", "hooks.py", "LICENSE", "COPYING"),
                *("i18n/zh_CN.po", "i18n/crm_club.pot", "kernel/tier_rules.py"),
                *("docs/rights.md", "docs/rules.md", "tests/__init__.py"),
                *("static/description/index.html", "static/description/icon.png"),
            },
            self.shipped,
        )

    def test_the_workshop_is_out(self):
        for path in self.shipped:
            self.assertNotRegex(path, r"^(devtools/|\.|dev$|readme/newsfragments)")


class TestZip(unittest.TestCase):
    def test_twice_the_same_bytes_sorted_in_one_folder(self):
        contents = []
        for _again in range(2):
            with tempfile.TemporaryDirectory() as folder:
                path = package.build_zip(Path(folder))
                contents.append(path.read_bytes())
                with zipfile.ZipFile(path) as archive:
                    entries = archive.infolist()
        self.assertEqual(*contents)
        names = [entry.filename for entry in entries]
        expected = [f"{MODULE}/{path}" for path in package.shipped_files()]
        self.assertEqual(names, expected)
        self.assertEqual(names, sorted(names, key=lambda name: Path(name).parts))
        times = {entry.date_time for entry in entries}
        self.assertEqual(times, {package.EPOCH_DATE})


class TestFace(unittest.TestCase):
    """The page that Odoo's Apps shows."""

    def test_it_shows_what_is_there_and_nothing_from_elsewhere(self):
        page = (DESCRIPTION / "index.html").read_text("utf-8")
        sources = re.findall(r'src="([^"]+)"', page)
        self.assertTrue(sources)
        missing = [name for name in sources if not (DESCRIPTION / name).is_file()]
        self.assertEqual(missing, [])
        self.assertNotRegex(page, r"//|<script|<style|<link|<iframe|\son\w+=")

    def test_pictures_are_small(self):
        sizes = {path.name: path.stat().st_size for path in DESCRIPTION.glob("*.png")}
        large = {name: size for name, size in sizes.items() if size > LIMIT}
        self.assertEqual(large, {})
        self.assertLessEqual(sum(sizes.values()), LIMIT_OF_ALL)
