"""Bands without gaps or overlaps, and the band of an amount. Rule C3."""

import unittest
from decimal import Decimal

import support  # noqa: F401  (finds the kernel)
from hypothesis import given
from hypothesis import strategies as st

from kernel.approval_bands import Band, find_band, find_fault

C3 = [
    Band(Decimal(0), Decimal(10_000)),
    Band(Decimal(10_000), Decimal(50_000)),
    Band(Decimal(50_000)),
]
amounts = st.decimals(0, 10_000_000, places=2)
any_bands = st.tuples(amounts, st.none() | amounts).map(lambda pair: Band(*pair))


class TestApprovalBands(unittest.TestCase):
    def test_a_bound_belongs_to_the_lower_band(self):
        for amount, above in (
            ("0", 0),
            ("0.01", 0),
            ("9999.99", 0),
            ("10000.00", 0),
            ("10000.01", 10_000),
            ("50000.00", 10_000),
            ("50000.01", 50_000),
            ("-10000.01", 10_000),
            ("99999999999", 50_000),
        ):
            with self.subTest(amount):
                self.assertEqual(find_band(C3, Decimal(amount)).above, above)

    def test_faults(self):
        for bands, code, at in (
            ([], "no_band", 0),
            ([(5, None)], "start", 5),
            ([(0, 10)], "end", 10),
            ([(0, 10), (10, 10), (10, None)], "order", 10),
            ([(0, 10), (11, None)], "gap", 10),
            ([(0, 10), ("10.01", None)], "gap", 10),
            ([(0, 10), ("9.99", None)], "overlap", "9.99"),
            ([(0, None), (10, None)], "overlap", 10),
            ([(0, None), (0, None)], "overlap", 0),
        ):
            with self.subTest(bands):
                found = find_fault(
                    [
                        Band(Decimal(low), None if up is None else Decimal(up))
                        for low, up in bands
                    ]
                )
                self.assertEqual((found.code, found.at), (code, Decimal(at)))

    def test_the_rules_own_bands_are_whole_in_any_order(self):
        self.assertIsNone(find_fault(C3))
        self.assertIsNone(find_fault(list(reversed(C3))))

    @given(st.sets(amounts.filter(bool), max_size=6), amounts)
    def test_whole_bands_hold_each_amount_exactly_once(self, bounds, amount):
        """No amount falls through, none falls into two bands."""
        steps = [Decimal(0), *sorted(bounds)]
        bands = [
            Band(low, up) for low, up in zip(steps, [*steps[1:], None], strict=True)
        ]
        self.assertIsNone(find_fault(bands))
        self.assertEqual(sum(band.holds(amount) for band in bands), 1)

    @given(st.lists(any_bands, max_size=5), amounts)
    def test_bands_without_fault_always_answer(self, bands, amount):
        if find_fault(bands) is None:
            self.assertEqual(sum(band.holds(amount) for band in bands), 1)
