import unittest
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from support import groups, measures, rank_of, tiers

from kernel.tier_rules import (
    earned_tier,
    is_upgrade,
    missing_to_next,
    requalify,
    resulting_tier,
    score,
)

extras = st.decimals(min_value=0, max_value=5_000_000, places=2)
weights = st.dictionaries(
    st.sampled_from(("categories", "overdue_days", "growth")),
    st.tuples(st.decimals(0, 100, places=2), st.decimals(1, 100, places=2)),
)


class TestTierProperties(unittest.TestCase):
    @given(groups, measures, extras, extras, st.none() | tiers)
    def test_more_points_or_revenue_never_give_a_lower_tier(
        self, group, facts, points, revenue, floor
    ):
        more = replace(
            facts, points=facts.points + points, revenue=facts.revenue + revenue
        )
        before = resulting_tier(group, facts, floor)
        after = resulting_tier(group, more, floor)
        self.assertGreaterEqual(rank_of(after), rank_of(before))

    @given(groups, measures, st.none() | tiers)
    def test_a_floor_is_never_undercut(self, group, facts, floor):
        tier = resulting_tier(group, facts, floor)
        self.assertGreaterEqual(rank_of(tier), rank_of(floor))
        self.assertGreaterEqual(rank_of(tier), rank_of(earned_tier(group, facts)))

    @given(groups, tiers, st.none() | tiers, st.sampled_from(("earned", "one_step")))
    def test_requalification_stays_between_target_and_one_step(
        self, group, current, target, policy
    ):
        result = requalify(group, current, target, policy)
        rank = rank_of(result.tier)
        self.assertLessEqual(rank, max(rank_of(target), current.rank - 1))
        self.assertGreaterEqual(rank, rank_of(target))
        if policy == "earned":
            self.assertEqual(rank, rank_of(target))
        else:
            self.assertGreaterEqual(rank, current.rank - 1)
        self.assertEqual(result.outcome == "lapsed", result.tier is None)
        self.assertEqual(result.outcome == "upgraded", is_upgrade(current, result.tier))
        self.assertEqual(result.outcome == "renewed", rank == current.rank)

    @given(groups, measures, st.none() | tiers)
    def test_closing_the_gap_earns_the_next_tier(self, group, current_facts, current):
        gap = missing_to_next(group, current, current_facts)
        if gap is None:
            self.assertEqual(current.rank, group.tiers[-1].rank)
            return
        self.assertEqual(gap.tier.rank, rank_of(current) + 1)
        closed = replace(
            current_facts,
            points=current_facts.points + gap.points,
            revenue=current_facts.revenue + gap.revenue,
            indicators={
                **current_facts.indicators,
                **{bar.indicator: bar.bound for bar in gap.bars},
            },
        )
        if not missing_to_next(
            group, current, closed
        ).bars:  # two bars may ask for more
            self.assertGreaterEqual(rank_of(earned_tier(group, closed)), gap.tier.rank)

    @given(weights, measures)
    def test_a_score_is_from_0_to_100_with_two_decimals(self, marks, facts):
        result = score(marks, facts)
        self.assertTrue(0 <= result <= 100)
        self.assertEqual(result, result.quantize(Decimal("0.01")))
