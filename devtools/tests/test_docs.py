"""What the docs name is there: files move, and the way to them has to follow."""

import re
import unittest
from pathlib import Path

from devtools.home import CHECKOUT

DOCS = ("README.md", "docs/architecture.md", "docs/adding.md", "docs/rules.md")
FOLDERS = (
    *("data", "demo", "devtools", "docs", "kernel", "migrations", "models", "readme"),
    *("reports", "security", "static", "tests", "views", "wizards", "i18n"),
)
PATH = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[\w./*…<>-]*)`")
LINK = re.compile(r"(?:\]\(|src=\")([\w./-]+\.(?:md|png))")
TEST = re.compile(r"\bTest[A-Z]\w+")
FOLDER = re.compile(r"\[models/(\w+)")


def find_missing(text, folder, root=CHECKOUT):
    """Return the files that a document names and that aren't there.

    :param folder: where the document lies
    """
    missing = []
    for name in PATH.findall(text):
        pattern = re.sub(r"…|<\w+>", "*", name).rstrip("/")
        if not any(root.glob(pattern)):
            missing.append(name)
    missing += [name for name in LINK.findall(text) if not (folder / name).exists()]
    found = FOLDER.findall(text)
    missing += [
        f"models/{name}" for name in found if not (root / "models" / name).is_dir()
    ]
    return missing


class TestDocs(unittest.TestCase):
    def test_files_that_are_named_are_there(self):
        for name in DOCS:
            path = CHECKOUT / name
            with self.subTest(name):
                self.assertEqual(find_missing(path.read_text("utf-8"), path.parent), [])

    def test_every_folder_of_models_is_in_the_picture(self):
        text = (CHECKOUT / "docs/architecture.md").read_text("utf-8")
        there = {path.name for path in (CHECKOUT / "models").iterdir() if path.is_dir()}
        self.assertEqual(set(FOLDER.findall(text)), there - {"__pycache__"})

    def test_tests_that_are_named_exist(self):
        text = (CHECKOUT / "docs/adding.md").read_text("utf-8")
        tests = "".join(
            path.read_text("utf-8") for path in (CHECKOUT / "tests").rglob("test_*.py")
        )
        named = set(TEST.findall(text))
        self.assertTrue(named)
        self.assertEqual([n for n in named if f"class {n}(" not in tests], [])

    def test_what_is_gone_is_found(self):
        text = "`models/gone.py`, `kernel/*.py`, `data/club_…_sequence.xml`, [a](no.md)"
        found = find_missing(text, Path(CHECKOUT / "docs"))
        self.assertEqual(found, ["models/gone.py", "no.md"])
        picture = '![a](no.png) <img src="none.png" />'
        self.assertEqual(find_missing(picture, CHECKOUT), ["no.png", "none.png"])
