import unittest
from datetime import date
from decimal import Decimal

import support  # noqa: F401  (finds the kernel)
from hypothesis import given
from hypothesis import strategies as st

from kernel.points_life import unused, valid_until
from kernel.windows import month_end

days = st.dates(date(1996, 1, 1), date(2060, 12, 31))
lives = st.tuples(
    st.sampled_from(("months", "fixed")),
    st.integers(0, 60),
    st.integers(0, 24),
    st.integers(1, 12),
    st.integers(1, 31),
)
points = st.decimals(0, 10**9, places=2)


class TestPointsLife(unittest.TestCase):
    def test_months_end_at_a_months_end(self):
        for earned, months, redemption, expected in (
            ("2017-03-01", 12, 0, "2018-03-31"),
            ("2017-03-31", 12, 3, "2018-06-30"),
            ("2017-02-01", 12, 0, "2018-02-28"),
            ("2015-02-01", 12, 0, "2016-02-29"),
            ("2017-12-31", 2, 0, "2018-02-28"),
            ("2017-03-15", 0, 0, "2017-03-31"),
        ):
            with self.subTest(earned=earned, months=months, redemption=redemption):
                until = valid_until(
                    date.fromisoformat(earned), "months", months, redemption
                )
                self.assertEqual(until.isoformat(), expected)

    def test_a_fixed_date_is_the_first_after_the_earning_year(self):
        for earned, redemption, month, day, expected in (
            ("2017-01-01", 0, 12, 31, "2017-12-31"),
            ("2017-12-31", 0, 12, 31, "2017-12-31"),
            ("2017-12-31", 3, 12, 31, "2018-03-31"),
            ("2017-12-31", 2, 12, 31, "2018-02-28"),
            ("2017-01-01", 0, 12, 30, "2018-12-30"),
            ("2017-06-01", 0, 1, 1, "2018-01-01"),
            ("2017-06-01", 0, 3, 31, "2018-03-31"),
            ("2017-06-01", 1, 6, 30, "2018-07-31"),
            ("2017-06-01", 1, 6, 15, "2018-07-15"),
            ("2017-06-01", 0, 2, 31, "2018-02-28"),
            ("2015-06-01", 0, 2, 31, "2016-02-29"),
        ):
            with self.subTest(
                earned=earned, month=month, day=day, redemption=redemption
            ):
                born = date.fromisoformat(earned)
                until = valid_until(born, "fixed", 12, redemption, month, day)
                self.assertEqual(until.isoformat(), expected)

    def test_nonsense_is_refused(self):
        for arguments in (
            ("forever", 12, 3),
            ("months", -1, 3),
            ("fixed", 12, -1),
            ("fixed", 12, 3, 13, 1),
            ("fixed", 12, 3, 12, 0),
            ("fixed", 12, 3, 12, 32),
        ):
            with self.subTest(arguments=arguments), self.assertRaises(ValueError):
                valid_until(date(2017, 3, 1), *arguments)

    @given(days, days, lives)
    def test_later_points_never_expire_earlier(self, one, other, life):
        first, last = sorted((one, other))
        self.assertLessEqual(valid_until(first, *life), valid_until(last, *life))

    @given(days, lives)
    def test_points_live_at_least_through_their_month(self, earned, life):
        self.assertGreaterEqual(valid_until(earned, *life), month_end(earned))

    @given(points, points)
    def test_what_expires_was_earned_and_not_spent(self, earned, spent):
        rest = unused(earned, spent)
        self.assertTrue(0 <= rest <= earned)
        self.assertEqual(unused(earned, spent + rest), Decimal(0))
