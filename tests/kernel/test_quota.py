import unittest

import support  # noqa: F401  (finds the kernel)
from hypothesis import given
from hypothesis import strategies as st

from kernel.quota import (
    NONE,
    Counted,
    Quota,
    best,
    counts_after_cancelling,
    is_enough,
    is_late,
    left,
)

times = st.integers(0, 50)
quotas = st.builds(Quota, times, st.booleans())


class TestQuota(unittest.TestCase):
    """Rules C9 and D12, in numbers."""

    def test_below_at_and_above(self):
        for counted, enough, there in ((0, True, 2), (1, True, 1), (2, False, 0)):
            with self.subTest(counted=counted):
                self.assertEqual(is_enough(Quota(2), counted), enough)
                self.assertEqual(left(Quota(2), counted), there)
        self.assertEqual(left(Quota(2), 3), 0)

    def test_none_owed_and_no_limit(self):
        self.assertFalse(is_enough(NONE, 0))
        self.assertFalse(NONE.is_entitled)
        for number in (0, 3):
            without = Quota(number, is_unlimited=True)
            self.assertTrue(without.is_entitled)
            self.assertTrue(is_enough(without, 10_000))

    def test_upgrade_and_downgrade_in_mid_year(self):
        """Two used as Gold; the new number holds for the whole year."""
        gold, platinum, vip = Quota(2), Quota(5), Quota(1)
        self.assertEqual((left(gold, 2), left(platinum, 2), left(vip, 2)), (0, 3, 0))

    def test_late_from_the_hour_on(self):
        for hours, late in ((24.01, False), (24, False), (23.99, True), (-3, True)):
            self.assertEqual(is_late(hours, 24), late, hours)
        for hours, late in ((0.5, False), (0, False), (-0.1, True)):
            self.assertEqual(is_late(hours, 0), late, hours)

    def test_what_is_cancelled_in_time_never_counts(self):
        self.assertFalse(counts_after_cancelling(False, True))
        self.assertFalse(counts_after_cancelling(True, False))
        self.assertTrue(counts_after_cancelling(True, True))

    def test_counted_adds_up(self):
        self.assertEqual(Counted(2, 3).total, 5)

    @given(st.lists(quotas), times)
    def test_the_best_leaves_at_least_what_each_leaves(self, held, counted):
        most = left(best(held), counted)
        for quota in held:
            there = left(quota, counted)
            self.assertTrue(most is None or (there is not None and there <= most))

    @given(quotas, times)
    def test_never_below_nothing_and_one_less_each_time(self, quota, counted):
        there = left(quota, counted)
        self.assertEqual(is_enough(quota, counted), there is None or there > 0)
        if there:
            self.assertEqual(left(quota, counted + 1), there - 1)
        self.assertTrue(there is None or there >= 0)
