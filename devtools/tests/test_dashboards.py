"""The dashboards in `data/files` are those that the generator makes."""

import json
import re
import unittest

from devtools.dashboards import FOLDER, make_files

# A word that a reader sees must be one that Odoo exports for translation.
WORD = re.compile(r'^=(?:_t\("[^"]+"\)|PIVOT\.|IFERROR\()')


class TestDashboards(unittest.TestCase):
    def test_files_are_as_the_generator_makes_them(self):
        files = make_files()
        there = sorted(FOLDER.glob("*.json"))
        self.assertEqual(sorted(files), there)
        for path, text in files.items():
            self.assertEqual(
                path.read_text(), text, f"{path.name}: python -m devtools.dashboards"
            )

    def test_odoo_finds_their_words(self):
        """It reads files that end so, below a folder `data`, and `_t` in formulas."""
        for path, text in make_files().items():
            self.assertTrue(path.name.endswith("_dashboard.json"))
            for sheet in json.loads(text)["sheets"]:
                for place, cell in sheet["cells"].items():
                    self.assertRegex(cell, WORD, f"{path.name} {place}")
