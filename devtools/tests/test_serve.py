"""`./dev serve DB --demo` makes what is missing and never takes another for it."""

import unittest
from unittest.mock import patch

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
