"""Overspend beyond a share, and costs split to the cent. Rules C5, C6."""

import unittest
from decimal import Decimal

import support  # noqa: F401  (finds the kernel)
from hypothesis import given
from hypothesis import strategies as st

from kernel.activity_costs import add_up, is_overspent, split

amounts = st.decimals(-1_000_000, 1_000_000, places=2)
# Percentages that make up the whole, as whole hundredths.
wholes = st.lists(st.integers(1, 9_999), max_size=12, unique=True).map(
    lambda cuts: [
        Decimal(b - a) / 100
        for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), 10_000], strict=True)
    ]
)


class TestOverspend(unittest.TestCase):
    def test_the_share_itself_is_granted(self):
        for estimate, actual, share, expected in (
            (1_000, 1_099.99, 10, False),
            (1_000, 1_100, 10, False),
            (1_000, 1_100.01, 10, True),
            (0, 0, 10, False),
            (0, 0.01, 10, True),
            (100, 100, 0, False),
            (100, 100.01, 0, True),
            (0.1, 0.11, 10, False),  # no dust of floats
            (333.33, 366.66, 10, False),  # 366.663 comes to 366.66
            (333.33, 366.67, 10, True),
        ):
            with self.subTest(estimate=estimate, actual=actual):
                self.assertEqual(is_overspent(estimate, actual, share), expected)

    @given(amounts, amounts, st.integers(0, 200))
    def test_less_is_never_more(self, estimate, actual, share):
        if not is_overspent(estimate, actual, share):
            self.assertFalse(is_overspent(estimate, actual - 1, share))


class TestSplit(unittest.TestCase):
    @given(amounts, wholes)
    def test_parts_of_the_whole_add_up(self, total, percents):
        parts = split(total, percents)
        self.assertEqual(sum(parts), total)
        self.assertEqual(add_up(percents), 100)
        for part, percent in zip(parts, percents, strict=True):
            self.assertLess(abs(part - total * percent / 100), Decimal("0.01"))

    @given(amounts, wholes)
    def test_cents_and_signs(self, total, percents):
        for part in split(total, percents):
            self.assertEqual(part, part.quantize(Decimal("0.01")))
            self.assertGreaterEqual(part * total, 0)

    def test_nothing(self):
        self.assertEqual(split(5, []), [])
        self.assertEqual(split(0, [50, 50]), [0, 0])
