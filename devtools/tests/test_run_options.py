"""Whose club `./dev run` brings to life, by what is asked for."""

import argparse
import unittest
from datetime import date
from pathlib import Path
from unittest.mock import patch

from devtools.commands import run
from devtools.console import Problem
from devtools.year.plan import Plan
from devtools.year.statements import Key
from devtools.year.world import SEED, World


class TestRunOptions(unittest.TestCase):
    def _plan(self, *arguments):
        parser = argparse.ArgumentParser()
        run.add_arguments(parser)
        bought = {Key("Household 1", "GROCERY", "2025-01"): run.purchases.Decimal(1)}
        with patch.object(run.purchases, "read", return_value=bought):
            return run._make_plan(parser.parse_args(arguments))

    def test_without_options_it_is_simulated(self):
        world = self._plan()
        self.assertIsInstance(world, World)
        self.assertEqual((world.seed, world.day), (SEED, date.today()))
        self.assertEqual(self._plan("--seed", "7").seed, 7)
        self.assertEqual(self._plan("--input", "simulation").seed, SEED)

    def test_purchases_are_asked_for_or_meant(self):
        for arguments in (("--input", "purchases"), ("--thresholds", "1,2,3,4")):
            plan = self._plan(*arguments)
            self.assertIsInstance(plan, Plan)
            self.assertEqual(plan.input_year, run.purchases.YEAR)

    def test_what_does_not_fit_is_refused(self):
        own = Path(__file__)
        for arguments, words in (
            (("--seed", "7", "--input", "purchases"), "--seed"),
            (("--seed", "7", "--thresholds", "1,2,3,4"), "--seed"),
            (("--input", "simulation", "--thresholds", "1,2,3,4"), "--thresholds"),
            (("--input", "purchases", "--revenue", str(own)), "--revenue"),
        ):
            with self.subTest(arguments), self.assertRaisesRegex(Problem, words):
                self._plan(*arguments)


if __name__ == "__main__":
    unittest.main()
