"""Which bid comes first, and which are equal. Rule C6."""

import unittest
from decimal import Decimal

import support  # noqa: F401  (finds the kernel)
from hypothesis import given
from hypothesis import strategies as st

from kernel.tender import Bid, rank, score

CRITERIA = ("price", "quality", "service", "references")
WEIGHTS = dict(zip(CRITERIA, map(Decimal, (40, 30, 20, 10)), strict=True))
marks = st.fixed_dictionaries(dict.fromkeys(CRITERIA, st.decimals(0, 100, places=1)))
panels = st.lists(marks, min_size=1, max_size=4).map(tuple)
weights = st.fixed_dictionaries(
    dict.fromkeys(CRITERIA, st.decimals(0, 100, places=1))
).filter(lambda found: any(found.values()))
bids = st.lists(
    st.builds(Bid, st.integers(), st.decimals(1, 1_000_000, places=2), panels),
    max_size=6,
    unique_by=lambda bid: bid.key,
)


def _all(mark, members=1):
    return (dict.fromkeys(CRITERIA, Decimal(mark)),) * members


class TestTender(unittest.TestCase):
    def test_weights_decide(self):
        cheap = dict.fromkeys(CRITERIA, Decimal(50)) | {"price": Decimal(100)}
        good = dict.fromkeys(CRITERIA, Decimal(50)) | {"quality": Decimal(100)}
        one, two = Bid(1, Decimal(90), (cheap,)), Bid(2, Decimal(99), (good,))
        self.assertEqual(score(WEIGHTS, one), Decimal("70.00"))
        self.assertEqual(score(WEIGHTS, two), Decimal("65.00"))
        turned = WEIGHTS | {"price": Decimal(30), "quality": Decimal(40)}
        self.assertEqual([p.key for p in rank(WEIGHTS, [two, one])], [1, 2])
        self.assertEqual([p.key for p in rank(turned, [two, one])], [2, 1])

    def test_ties(self):
        for amounts, found in (
            (((1, 80, 70), (2, 80, 70)), {1: 1, 2: 1}),
            (((1, 80, 70), (2, 79, 70)), {2: 1, 1: 2}),
            (((1, 80, 70), (2, 80, 71)), {2: 1, 1: 2}),
            (((1, 80, 70), (2, 80, 70), (3, 80, 60)), {1: 1, 2: 1, 3: 3}),
        ):
            with self.subTest(amounts):
                places = rank(
                    WEIGHTS,
                    [Bid(key, Decimal(a), _all(mark)) for key, a, mark in amounts],
                )
                self.assertEqual({p.key: p.rank for p in places}, found)

    def test_bounds_of_marks_and_weights(self):
        bid = Bid(1, Decimal(1), _all(100, 3))
        self.assertEqual(score(WEIGHTS, bid), 100)
        self.assertEqual(score(WEIGHTS, Bid(1, Decimal(1), _all(0))), 0)
        self.assertEqual(score(WEIGHTS, Bid(1, Decimal(1))), 0)
        for mark in ("-0.1", "100.1"):
            with self.assertRaises(ValueError):
                score(WEIGHTS, Bid(1, Decimal(1), _all(mark)))
        for bad in ({"price": Decimal(0)}, {}, WEIGHTS | {"price": Decimal(-1)}):
            with self.assertRaises(ValueError):
                score(bad, bid)

    @given(weights, panels)
    def test_a_score_lies_between_the_marks(self, found, panel):
        points = score(found, Bid(1, Decimal(1), panel))
        given_marks = [m for member in panel for m in member.values()]
        self.assertTrue(min(given_marks) <= points <= max(given_marks))

    @given(weights, bids)
    def test_ranks_are_in_order_whatever_the_order_of_bids(self, found, offered):
        places = rank(found, offered)
        self.assertEqual(len(places), len(offered))
        ranks = {p.key: p.rank for p in places}
        back = rank(found, list(reversed(offered)))
        self.assertEqual(ranks, {p.key: p.rank for p in back})
        amounts = {bid.key: bid.amount for bid in offered}
        for better, worse in zip(places, places[1:], strict=False):
            self.assertGreaterEqual(better.score, worse.score)
            if better.score == worse.score:
                self.assertLessEqual(amounts[better.key], amounts[worse.key])
        if places:
            self.assertEqual(places[0].rank, 1)
