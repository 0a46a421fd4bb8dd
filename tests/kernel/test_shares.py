"""Parts that add up to the cent. Rule C6."""

import unittest
from decimal import Decimal

import support  # noqa: F401  (finds the kernel)
from hypothesis import given
from hypothesis import strategies as st

from kernel.shares import CENT, is_whole, split_amount

totals = st.decimals(-10_000_000, 10_000_000, places=2)


@st.composite
def splits(draw):
    """Percents with two decimals that come to 100."""
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), max_size=8)))
    bounds = [0, *cuts, 10_000]
    return [
        Decimal(upper - lower) / 100
        for lower, upper in zip(bounds, bounds[1:], strict=False)
    ]


def _decimals(*texts):
    return [Decimal(text) for text in texts]


class TestShares(unittest.TestCase):
    def test_examples(self):
        for total, percents, parts in (
            ("100", ("100",), ("100.00",)),
            ("0", ("60", "40"), ("0.00", "0.00")),
            ("0.01", ("50", "50"), ("0.01", "0.00")),
            ("100", ("33.33", "33.33", "33.34"), ("33.33", "33.33", "33.34")),
            ("0.10", ("33.33", "33.33", "33.34"), ("0.03", "0.03", "0.04")),
            ("1234.57", ("70", "30"), ("864.20", "370.37")),
            ("10", ("0", "100"), ("0.00", "10.00")),
            ("0.005", ("100",), ("0.01",)),
        ):
            with self.subTest(total=total, percents=percents):
                self.assertEqual(
                    split_amount(Decimal(total), _decimals(*percents)),
                    _decimals(*parts),
                )

    def test_what_is_no_split_is_refused(self):
        for percents in (
            (),
            ("99.99",),
            ("100.01",),
            ("50", "49.99"),
            ("50", "50.01"),
            ("110", "-10"),
            ("0",),
        ):
            with self.subTest(percents):
                self.assertFalse(is_whole(_decimals(*percents)))
                with self.assertRaises(ValueError):
                    split_amount(Decimal(1), _decimals(*percents))

    @given(totals, splits())
    def test_parts_add_up_and_are_within_a_cent(self, total, percents):
        parts = split_amount(total, percents)
        self.assertEqual(sum(parts), total)
        for part, percent in zip(parts, percents, strict=True):
            self.assertLess(abs(part - total * percent / 100), CENT)
            self.assertEqual(part, part.quantize(CENT))
            if not percent:
                self.assertFalse(part)

    @given(totals, splits())
    def test_a_credit_is_split_as_its_opposite(self, total, percents):
        self.assertEqual(
            split_amount(-total, percents), [-p for p in split_amount(total, percents)]
        )
