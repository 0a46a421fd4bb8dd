"""`./dev lint --changed` looks at what changed, and at nothing else."""

import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

from devtools import linters

MODEL, VIEW, TOOL = Path("models/a.py"), Path("views/a.xml"), Path("devtools/a.py")


class TestTargets(unittest.TestCase):
    files = (MODEL, VIEW, TOOL, Path("i18n/zh_CN.po"), Path("static/src/a.js"))

    def find(self, changed):
        return {
            linter.name: linter.get_targets(self.files, changed)
            for linter in linters.LINTERS
        }

    def test_without_a_choice_each_looks_at_all(self):
        found = self.find(None)
        self.assertEqual(found["ruff"], ["."])
        self.assertEqual(found["pylint-odoo"], ["."])
        self.assertEqual(found["prettier"], [str(VIEW), "static/src/a.js"])
        self.assertTrue(all(found.values()))

    def test_a_changed_model_concerns_the_python_linters(self):
        found = self.find({MODEL})
        names = {name for name, targets in found.items() if targets}
        self.assertEqual(names, {"ruff", "ruff format", "pylint-odoo"})
        self.assertEqual(found["ruff"], [str(MODEL)])

    def test_a_changed_view_is_checked_within_its_module(self):
        found = self.find({VIEW})
        self.assertEqual(found["oca-checks-odoo-module"], ["."])
        self.assertEqual(found["prettier"], [str(VIEW)])
        self.assertEqual(found["ruff"], [])

    def test_the_tools_are_none_of_the_add_on(self):
        found = self.find({TOOL})
        self.assertEqual((found["ruff"], found["pylint-odoo"]), ([str(TOOL)], []))

    def test_a_file_that_is_gone_concerns_nobody(self):
        self.assertFalse(any(self.find({Path("models/gone.py")}).values()))


class TestChangedFiles(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        there = patch.object(linters, "CHECKOUT", self.folder)
        there.start()
        self.addCleanup(there.stop)
        self.git("init", "-q", "-b", "main")
        self.write("old.py", "1")
        self.commit()

    def git(self, *arguments):
        who = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        subprocess.run(["git", *who, *arguments], cwd=self.folder, check=True)

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-qm", "A step")

    def test_nothing_changed(self):
        self.assertEqual(linters.changed_files(), set())

    def test_committed_edited_and_new_files_of_a_branch(self):
        self.git("checkout", "-qb", "mine")
        self.write("committed.py", "1")
        self.commit()
        self.write("old.py", "2")
        self.write("new.py", "1")
        found = {str(path) for path in linters.changed_files()}
        self.assertEqual(found, {"committed.py", "old.py", "new.py"})

    def test_what_main_got_meanwhile_is_not_ours(self):
        self.git("checkout", "-qb", "mine")
        self.git("checkout", "-q", "main")
        self.write("theirs.py", "1")
        self.commit()
        self.git("checkout", "-q", "mine")
        self.write("ours.py", "1")
        self.assertEqual(linters.changed_files(), {Path("ours.py")})

    def test_without_main_it_is_what_the_last_commit_lacks(self):
        self.git("branch", "-m", "trunk")
        self.write("old.py", "2")
        self.assertEqual(linters.changed_files(), {Path("old.py")})
