"""`./dev serve` makes what is missing, and starts Odoo so that it can start itself."""

import unittest
from unittest.mock import patch

from devtools.commands import serve
from devtools.console import Problem
from devtools.year import database


class TestEnsureDemo(unittest.TestCase):
    def setUp(self):
        self.calls = []
        self.there = False
        self.demo = "t\n"
        for holder, name, answer in (
            (database.databases, "exists", lambda name: self.there),
            (database.databases, "drop", lambda name: self.calls.append("drop")),
            (database, "_install", lambda name: self.calls.append(name)),
            (database.postgres, "run_sql", lambda *args, **kwargs: self.demo),
        ):
            patched = patch.object(holder, name, answer)
            patched.start()
            self.addCleanup(patched.stop)

    def test_a_missing_one_is_made(self):
        database.ensure_demo("mine")
        self.assertEqual(self.calls, ["mine"])

    def test_one_with_demo_data_is_kept(self):
        self.there = True
        database.ensure_demo("mine")
        self.assertEqual(self.calls, [])

    def test_one_without_is_neither_taken_nor_dropped(self):
        self.there, self.demo = True, "f\n"
        with self.assertRaises(Problem):
            database.ensure_demo("mine")
        self.assertEqual(self.calls, [])

    def test_half_an_installation_is_dropped(self):
        with (
            patch.object(database, "_install", side_effect=KeyboardInterrupt),
            self.assertRaises(KeyboardInterrupt),
        ):
            database.ensure_demo("mine")
        self.assertEqual(self.calls, ["drop"])


class TestCommand(unittest.TestCase):
    def test_workers_are_started_by_a_script(self):
        """Odoo starts its evented server by `sys.argv[0]`: no file of a package."""
        command = serve.get_command(2)
        self.assertNotIn("-m", command)
        self.assertEqual(serve.START.read_text(), serve.SCRIPT)
        self.assertEqual(command[command.index("--workers") + 1], "2")

    def test_without_workers_it_is_started_as_ever(self):
        self.assertIn("-m", serve.get_command(0))
