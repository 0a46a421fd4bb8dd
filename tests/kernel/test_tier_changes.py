"""Tables: what a term's end brings, what is missing to the next tier, and the score."""

import unittest
from decimal import Decimal

from support import code_of, default_group, default_tiers, reached

from kernel.tier_rules import (
    Bar,
    is_upgrade,
    make_group,
    missing_to_next,
    requalify,
    score,
)

VIP, GOLD, PLATINUM, DIAMOND = default_tiers()


class TestRequalification(unittest.TestCase):
    def test_outcomes_of_both_policies(self):
        group = default_group("points")
        for current, target, earned, one_step in (
            (GOLD, GOLD, ("gold", "renewed"), ("gold", "renewed")),
            (GOLD, DIAMOND, ("diamond", "upgraded"), ("diamond", "upgraded")),
            (GOLD, VIP, ("vip", "downgraded"), ("vip", "downgraded")),
            (DIAMOND, VIP, ("vip", "downgraded"), ("platinum", "downgraded")),
            (DIAMOND, None, (None, "lapsed"), ("platinum", "downgraded")),
            (GOLD, None, (None, "lapsed"), ("vip", "downgraded")),
            (VIP, None, (None, "lapsed"), (None, "lapsed")),
        ):
            for policy, expected in (("earned", earned), ("one_step", one_step)):
                with self.subTest(current=current.code, target=target, policy=policy):
                    result = requalify(group, current, target, policy)
                    self.assertEqual((code_of(result.tier), result.outcome), expected)

    def test_a_tier_that_the_group_lost_falls_to_the_next_below(self):
        group = make_group(1, "any", "points", [VIP, PLATINUM])
        self.assertEqual(requalify(group, GOLD, None, "one_step").tier, VIP)

    def test_an_unknown_policy_is_refused(self):
        with self.assertRaisesRegex(ValueError, "unknown downgrade policy"):
            requalify(default_group("points"), VIP, VIP, "mercy")

    def test_only_enrolment_and_a_higher_tier_take_effect_at_once(self):
        for current, target, expected in (
            (None, None, False),
            (None, VIP, True),
            (VIP, None, False),
            (VIP, VIP, False),
            (GOLD, VIP, False),
            (VIP, GOLD, True),
        ):
            with self.subTest(current=current, target=target):
                self.assertIs(is_upgrade(current, target), expected)


class TestMissingToNext(unittest.TestCase):
    def test_figures_and_bars_by_measure(self):
        facts = reached(120_000, 450_000, categories=1)
        bar = Bar("categories", Decimal(2))
        for measure, points, revenue in (
            ("points", 30_000, 0),
            ("revenue", 0, 50_000),
            ("higher", 30_000, 50_000),
            ("lower", 30_000, 50_000),
        ):
            with self.subTest(measure=measure):
                gap = missing_to_next(
                    default_group(measure, {"gold": (bar,)}), VIP, facts
                )
                self.assertEqual(
                    (gap.tier.code, gap.points, gap.revenue), ("gold", points, revenue)
                )
                self.assertEqual(gap.bars, (bar,))

    def test_one_figure_reached(self):
        facts = reached(150_000, 450_000)
        self.assertEqual(
            missing_to_next(default_group("higher"), VIP, facts).revenue, 0
        )
        self.assertEqual(missing_to_next(default_group("lower"), VIP, facts).points, 0)
        self.assertEqual(
            missing_to_next(default_group("lower"), VIP, facts).revenue, 50_000
        )

    def test_the_way_in_and_the_top(self):
        group = default_group("points")
        self.assertEqual(missing_to_next(group, None, reached(-10)).points, 50_010)
        self.assertIsNone(missing_to_next(group, DIAMOND, reached()))


class TestScore(unittest.TestCase):
    def test_marks_are_capped_weighted_and_reversed_for_overdue_days(self):
        weights = {
            "categories": (Decimal(60), Decimal(4)),
            "overdue_days": (Decimal(40), Decimal(90)),
        }
        for categories, overdue, expected in (
            (0, 90, "0.00"),
            (0, 0, "40.00"),
            (4, 0, "100.00"),
            (400, 0, "100.00"),
            (2, 45, "50.00"),
            (1, 900, "15.00"),
            (-5, 30, "26.67"),
        ):
            with self.subTest(categories=categories, overdue=overdue):
                facts = reached(categories=categories, overdue_days=overdue)
                self.assertEqual(str(score(weights, facts)), expected)

    def test_no_weight_scores_nothing_and_unknown_counts_as_zero(self):
        self.assertEqual(score({}, reached(growth=9)), 0)
        self.assertEqual(
            score({"growth": (Decimal(0), Decimal(0))}, reached(growth=9)), 0
        )
        weights = {
            "growth": (Decimal(1), Decimal(9)),
            "overdue_days": (Decimal(1), Decimal(9)),
        }
        self.assertEqual(score(weights, reached()), 50)
        self.assertEqual(score(weights, reached(), at_most=()), 0)

    def test_half_a_hundredth_is_rounded_up(self):
        weights = {"growth": (Decimal(1), Decimal(800))}
        self.assertEqual(str(score(weights, reached(growth=1))), "0.13")

    def test_nonsense_weights_are_refused(self):
        with self.assertRaisesRegex(ValueError, "weight of growth"):
            score({"growth": (Decimal(-1), Decimal(9))}, reached())
        with self.assertRaisesRegex(ValueError, "full mark of growth"):
            score({"growth": (Decimal(1), Decimal(0))}, reached())
