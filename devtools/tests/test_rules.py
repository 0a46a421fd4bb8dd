"""Every rule that the code names can be looked up in `docs/rules.md`."""

import re
import unittest

from devtools.home import CHECKOUT

RULES = CHECKOUT / "docs/rules.md"
FOLDERS = (
    *("controllers", "data", "demo", "devtools", "docs", "kernel", "migrations"),
    *("models", "readme", "reports", "security", "static/src", "static/tests", "tests"),
    *("views", "wizards"),
)
SUFFIXES = {".py", ".xml", ".csv", ".js", ".md", ".toml"}
# Between two rows: a comma, a dash, a word; a new line of a docstring or comment.
BETWEEN = r"[\s#*/]*(,|–|-|\band\b|\bor\b|\bto\b|/)[\s#*/]*"
ROW, NUMBER = r"[A-E]\d{1,2}\b", r"\d{1,2}\b"
NAMED = re.compile(rf"\b[Rr]ules?[\s#*/]+({ROW}(?:{BETWEEN}{ROW})*)")
# At the end of a docstring or comment, after a sentence: "Hear of it once. C4, C6."
AT_END = re.compile(
    rf"[.:!?][\s#*/]+({ROW}(?:,\s+{ROW})*)\.?(?:\"\"\"|\s*-->|\s*\n\s*\n)"
)
ATTACKS = re.compile(rf"\bPEERS[\s#*/]+({NUMBER}(?:{BETWEEN}{NUMBER})*)")
HEADING = re.compile(r"^### ((?:PEERS )?[A-E]?\d+)$", re.MULTILINE)


def find_named(text):
    """Return the rows and attacks that a text names, those inside a range too."""
    found = []
    for pattern in (NAMED, AT_END):
        for match in pattern.finditer(text):
            found += _list_all(match[1])
    for match in ATTACKS.finditer(text):
        found += [f"PEERS {number}" for number in _list_all(match[1])]
    return found


def _list_all(words):
    """Return each of the rows that a list such as "A1, B1–B4" stands for."""
    found, is_range = [], False
    for word in re.findall(r"[A-E]?\d+|–|-|\bto\b", words):
        letter, number = re.fullmatch(r"([A-E]?)(\d*).*", word).groups()
        if not number:
            is_range = True
            continue
        first = int(number)
        if is_range:
            first = int(found[-1].lstrip("ABCDE")) + 1
        found += [f"{letter}{each}" for each in range(first, int(number) + 1)]
        is_range = False
    return found


class TestRules(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rows = HEADING.findall(RULES.read_text("utf-8"))
        paths = [path for name in FOLDERS for path in (CHECKOUT / name).rglob("*")]
        paths += [*CHECKOUT.glob("*.py"), CHECKOUT / "README.md"]
        cls.named = {
            path.relative_to(CHECKOUT): find_named(path.read_text("utf-8"))
            for path in sorted(paths)
            if path.suffix in SUFFIXES and path.name != "test_rules.py"
        }

    def test_every_row_that_the_code_names_is_there(self):
        missing = [
            f"{path}: {row}"
            for path, rows in self.named.items()
            for row in rows
            if row not in self.rows
        ]
        self.assertEqual(missing, [])

    def test_rows_are_numbered_without_a_gap_and_said_once(self):
        for prefix in ("A", "B", "C", "D", "E", "PEERS "):
            found = [row for row in self.rows if re.fullmatch(rf"{prefix}\d+", row)]
            with self.subTest(prefix):
                self.assertTrue(found)
                wanted = [f"{prefix}{number}" for number in range(1, len(found) + 1)]
                self.assertEqual(found, wanted)

    def test_the_search_finds_most_of_what_is_named(self):
        """A pattern that finds nothing would find no mistake either."""
        found = [row for rows in self.named.values() for row in rows]
        self.assertGreater(len(found), 500)
        self.assertGreater(sum(row.startswith("PEERS") for row in found), 50)

    def test_names_are_found_however_they_are_written(self):
        for text, rows in {
            '"""Rule A5."""': ["A5"],
            "# Rules B3, B9: no rate": ["B3", "B9"],
            "# === Exception, rule C10 === #": ["C10"],
            "Rules A1–A3, B9": ["A1", "A2", "A3", "B9"],
            "the bounds of rules A2 and A3 agree": ["A2", "A3"],
            "nobody deletes it. Rules\n    B6, E2.": ["B6", "E2"],
            "# as in Rules B6,\n    # E99: all": ["B6", "E99"],
            '"""What hangs on it follows. C4, C6."""': ["C4", "C6"],
            "PEERS 3, 8: neither": ["PEERS 3", "PEERS 8"],
            "(PEERS 16)": ["PEERS 16"],
            "cell A1, on A4 paper, Rules of record": [],
        }.items():
            with self.subTest(text):
                self.assertEqual(find_named(text), rows)

    def test_a_row_that_is_not_there_is_missed(self):
        self.assertNotIn("E99", self.rows)
        self.assertNotIn("PEERS 16", self.rows)
        self.assertIn("C3", self.rows)
