"""Tables: the tier below, at and above each threshold, bar and floor."""

import unittest
from decimal import Decimal

from support import (
    CENT,
    CODES,
    POINTS,
    REVENUES,
    code_of,
    default_group,
    default_tiers,
    reached,
)

from kernel.tier_rules import (
    Bar,
    Group,
    Tier,
    earned_tier,
    make_group,
    resulting_tier,
    with_floor,
)

VIP, GOLD, PLATINUM, DIAMOND = default_tiers()


class TestThresholds(unittest.TestCase):
    def test_the_bound_belongs_to_the_higher_tier(self):
        for measure, bounds in (("points", POINTS), ("revenue", REVENUES)):
            group = default_group(measure)
            for lower, code, bound in zip((None, *CODES), CODES, bounds, strict=False):
                for value, expected in (
                    (bound - CENT, lower),
                    (bound, code),
                    (bound + CENT, code),
                ):
                    with self.subTest(measure=measure, value=value):
                        tier = earned_tier(group, reached(**{measure: value}))
                        self.assertEqual(code_of(tier), expected)

    def test_nothing_and_a_debt_earn_no_tier(self):
        for value in (0, -1, -50_000):
            self.assertIsNone(
                earned_tier(default_group("higher"), reached(value, value))
            )

    def test_a_group_without_tiers_gives_none(self):
        empty = make_group(1, "none", "points", [], Decimal(1))
        self.assertIsNone(resulting_tier(empty, reached(9_999_999, 9_999_999)))

    def test_higher_takes_the_better_measure_and_lower_the_worse(self):
        for points, revenue, higher, lower in (
            (0, 100_000, "vip", None),
            (50_000, 0, "vip", None),
            (50_000, 100_000, "vip", "vip"),
            (149_999.99, 5_000_000, "diamond", "vip"),
            (1_500_000, 499_999.99, "diamond", "vip"),
            (300_000, 1_000_000, "platinum", "platinum"),
        ):
            with self.subTest(points=points, revenue=revenue):
                facts = reached(points, revenue)
                self.assertEqual(
                    code_of(earned_tier(default_group("higher"), facts)), higher
                )
                self.assertEqual(
                    code_of(earned_tier(default_group("lower"), facts)), lower
                )

    def test_a_bar_below_at_and_above_its_bound(self):
        group = default_group(
            "points",
            {
                "platinum": (
                    Bar("categories", Decimal(3)),
                    Bar("overdue_days", Decimal(30), at_most=True),
                )
            },
        )
        for categories, overdue, expected in (
            (2, 0, "gold"),
            (3, 0, "platinum"),
            (4, 0, "platinum"),
            (3, 30, "platinum"),
            (3, 31, "gold"),
        ):
            with self.subTest(categories=categories, overdue=overdue):
                facts = reached(300_000, categories=categories, overdue_days=overdue)
                self.assertEqual(code_of(earned_tier(group, facts)), expected)

    def test_an_unknown_indicator_fails_at_least_and_passes_at_most(self):
        at_least = default_group("points", {"gold": (Bar("categories", Decimal(0)),)})
        at_most = default_group(
            "points", {"gold": (Bar("overdue_days", Decimal(0), True),)}
        )
        self.assertEqual(code_of(earned_tier(at_least, reached(150_000))), "vip")
        self.assertEqual(code_of(earned_tier(at_most, reached(150_000))), "gold")

    def test_a_bar_of_a_lower_tier_does_not_hold_back_a_higher_one(self):
        group = default_group("points", {"vip": (Bar("categories", Decimal(9)),)})
        self.assertEqual(code_of(earned_tier(group, reached(150_000))), "gold")
        self.assertIsNone(earned_tier(group, reached(149_999)))


class TestGroups(unittest.TestCase):
    def test_tiers_are_sorted_by_rank(self):
        group = make_group(1, "any", "points", [DIAMOND, VIP, PLATINUM, GOLD])
        self.assertEqual([tier.code for tier in group.tiers], list(CODES))
        self.assertIsInstance(group, Group)

    def test_equal_and_falling_thresholds_are_refused_naming_both(self):
        flat = Tier(9, "flat", 2, Decimal(50_000), Decimal(100_001))
        for measure, refused in (
            ("points", True),
            ("revenue", False),
            ("higher", True),
            ("lower", True),
        ):
            with self.subTest(measure=measure):
                if refused:
                    with self.assertRaisesRegex(
                        ValueError, "points of tier flat.*tier vip"
                    ):
                        make_group(1, "any", measure, [flat, VIP])
                else:
                    make_group(1, "any", measure, [flat, VIP])

    def test_equal_ranks_and_unknown_measures_are_refused(self):
        twin = Tier(9, "twin", 1, Decimal(60_000), Decimal(200_000))
        with self.assertRaisesRegex(ValueError, "vip and twin"):
            make_group(1, "any", "points", [VIP, twin])
        with self.assertRaisesRegex(ValueError, "unknown measure"):
            make_group(1, "any", "wishes", [VIP])


class TestResultingTier(unittest.TestCase):
    def test_automatic_revenue_gives_the_lowest_tier_and_no_more(self):
        bars = {"vip": (Bar("categories", Decimal(9)),)}
        group = default_group("points", bars, automatic_revenue=Decimal(100_000))
        for points, revenue, expected in (
            (0, 99_999.99, None),
            (0, 100_000, "vip"),
            (0, 9_000_000, "vip"),
            (150_000, 100_000, "gold"),
        ):
            with self.subTest(points=points, revenue=revenue):
                tier = resulting_tier(group, reached(points, revenue))
                self.assertEqual(code_of(tier), expected)

    def test_a_floor_lifts_and_never_lowers(self):
        group = default_group("points")
        for points, floor, expected in (
            (0, None, None),
            (0, GOLD, "gold"),
            (150_000, VIP, "gold"),
            (150_000, GOLD, "gold"),
            (150_000, DIAMOND, "diamond"),
        ):
            with self.subTest(points=points, floor=floor):
                tier = resulting_tier(group, reached(points), floor)
                self.assertEqual(code_of(tier), expected)

    def test_a_floor_of_another_group_is_refused(self):
        with self.assertRaisesRegex(ValueError, "not a tier of group"):
            stranger = Tier(99, "other", 1, Decimal(0), Decimal(0))
            with_floor(default_group("points"), None, stranger)
