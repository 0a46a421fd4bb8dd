"""Sentences with a count read well with one, too."""

import ast
import re
from pathlib import Path

from odoo.tests import BaseCase, tagged

ROOT = Path(__file__).parents[2]
FOLDERS = ("models", "wizards", "reports", "controllers")
# A count that a plural follows at once: "1 exceptions".
PLURAL = re.compile(
    r"%\((count|entries|accounts|members|visits)\)s (?!is |was |has )[a-z-]+"
    r"(?: [a-z]+)?s\b|^%s [a-z]+s (proposed|were)"
)
# Those that are never said of one: what was found twice, a limit, days ahead.
NEVER_ONE = re.compile(
    r"have the (code or )?name|hold a tender with|print has|are on the list of"
    r"|sum of %\(count\)s accounts|a tender needs|valid bids"
)


@tagged("post_install", "-at_install")
class TestSingular(BaseCase):
    def test_no_sentence_puts_a_plural_behind_a_count(self):
        """“Exceptions: 1”, not “1 exceptions”."""
        for folder in FOLDERS:
            for path in sorted((ROOT / folder).rglob("*.py")):
                for node in ast.walk(ast.parse(path.read_text())):
                    if not isinstance(node, ast.Constant):
                        continue
                    text = node.value
                    if isinstance(text, str) and PLURAL.search(text):
                        with self.subTest(path.name, text=text):
                            self.assertRegex(text, NEVER_ONE)
