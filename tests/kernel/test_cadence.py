import unittest
from collections import Counter
from datetime import date, timedelta

import support  # noqa: F401  (finds the kernel)
from hypothesis import given
from hypothesis import strategies as st

from kernel.cadence import (
    ABOVE,
    BELOW,
    DEMAND,
    HALF,
    LENGTHS,
    MONTH,
    QUARTER,
    WITHIN,
    YEAR,
    Cadence,
    allowed,
    judge,
    missing,
    months,
    owed,
    owed_by,
)

ONE_DAY = timedelta(days=1)
cadences = st.builds(
    Cadence,
    st.sampled_from((*LENGTHS, DEMAND)),
    st.integers(0, 30),
    st.just(0),
    st.integers(0, 12),
)
taken_months = st.lists(st.integers(1, 12), max_size=30)


def count_periods(cadence, found):
    return Counter((month - 1) // cadence.length for month in found)


class TestOwed(unittest.TestCase):
    def test_a_year_owes_its_periods_times_the_least(self):
        """Rule C1."""
        for period, least, most, expected in (
            (MONTH, 0, 0, (0, None)),
            (MONTH, 1, 1, (12, 12)),
            (MONTH, 2, 0, (24, None)),
            (QUARTER, 1, 2, (4, 8)),
            (HALF, 1, 1, (2, 2)),
            (YEAR, 2, 3, (2, 3)),
            (DEMAND, 0, 0, (0, None)),
            (DEMAND, 3, 5, (0, None)),
        ):
            with self.subTest(period=period, least=least, most=most):
                cadence = Cadence(period, least, most)
                self.assertEqual((owed(cadence), allowed(cadence)), expected)

    def test_nothing_is_owed_before_its_period_is_over(self):
        """Rule C2: the last day of a period is the first on which it is owed."""
        for period, ends in (
            (MONTH, ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]),
            (QUARTER, ["2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31"]),
            (HALF, ["2024-06-30", "2024-12-31"]),
            (YEAR, ["2024-12-31"]),
        ):
            cadence = Cadence(period, 2)
            for number, end in enumerate(map(date.fromisoformat, ends)):
                with self.subTest(period=period, end=end):
                    found = [
                        owed_by(cadence, 2024, end + ONE_DAY * days)
                        for days in (-1, 0, 1)
                    ]
                    after = 2 * number + 2
                    self.assertEqual(found, [after - 2, after, after])

    def test_a_leap_day_ends_its_month(self):
        monthly = Cadence(MONTH, 1)
        self.assertEqual(owed_by(monthly, 2024, date(2024, 2, 28)), 1)
        self.assertEqual(owed_by(monthly, 2023, date(2023, 2, 28)), 2)

    def test_other_years_owe_all_or_nothing(self):
        monthly = Cadence(MONTH, 1)
        for day, expected in (
            (date(2025, 12, 31), 0),
            (date(2026, 1, 1), 0),
            (date(2026, 12, 30), 11),
            (date(2026, 12, 31), 12),
            (date(2027, 1, 1), 12),
        ):
            with self.subTest(day=day):
                self.assertEqual(owed_by(monthly, 2026, day), expected)

    def test_on_demand_owes_nothing_ever(self):
        for day in (date(2025, 1, 1), date(2026, 12, 31), date(2030, 1, 1)):
            self.assertEqual(owed_by(Cadence(DEMAND, 4), 2026, day), 0)

    @given(cadences, st.dates(date(2025, 1, 1), date(2027, 12, 30)))
    def test_what_is_owed_grows_to_that_of_the_year(self, cadence, day):
        today, tomorrow = (
            owed_by(cadence, 2026, each) for each in (day, day + ONE_DAY)
        )
        self.assertLessEqual(0, today)
        self.assertLessEqual(today, tomorrow)
        self.assertLessEqual(tomorrow, owed(cadence))


class TestMonths(unittest.TestCase):
    def test_months_are_spread_evenly(self):
        for cadence, expected in (
            (Cadence(MONTH, 1), list(range(1, 13))),
            (Cadence(QUARTER, 1), [2, 5, 8, 11]),
            (Cadence(QUARTER, 2), [1, 3, 4, 6, 7, 9, 10, 12]),
            (Cadence(QUARTER, 3), list(range(1, 13))),
            (Cadence(HALF, 1), [4, 10]),
            (Cadence(HALF, 1, usual_month=6), [6, 12]),
            (Cadence(YEAR, 1), [7]),
            (Cadence(YEAR, 1, usual_month=12), [12]),
            (Cadence(YEAR, 1, usual_month=1), [1]),
            (Cadence(YEAR, 2, 3), [4, 10]),
            (Cadence(YEAR, 2, usual_month=2), [2, 8]),
            (Cadence(YEAR, 3), [3, 7, 11]),
            (Cadence(YEAR, 12), list(range(1, 13))),
            (Cadence(YEAR, 0), []),
            (Cadence(DEMAND, 4), []),
        ):
            with self.subTest(cadence=cadence):
                self.assertEqual(months(cadence), expected)

    @given(cadences)
    def test_each_period_gets_its_least_number(self, cadence):
        found = months(cadence)
        self.assertEqual(len(found), owed(cadence))
        self.assertEqual(found, sorted(found))
        self.assertLessEqual(set(found), set(range(1, 13)))
        if cadence.least and cadence.length:
            counts = count_periods(cadence, found)
            self.assertEqual(set(counts.values()), {cadence.least})

    @given(cadences)
    def test_no_month_is_left_out_while_another_has_two(self, cadence):
        counts = Counter(months(cadence))
        if cadence.length and cadence.least >= cadence.length:
            self.assertEqual(len(counts), 12)
            self.assertLessEqual(max(counts.values()) - min(counts.values()), 1)
        else:
            self.assertLessEqual(max(counts.values(), default=0), 1)


class TestMissing(unittest.TestCase):
    def test_what_is_missing(self):
        """Rule C2: one in the wrong quarter doesn't make up for another."""
        quarterly = Cadence(QUARTER, 1)
        for cadence, taken, expected in (
            (quarterly, [], [2, 5, 8, 11]),
            (quarterly, [3], [5, 8, 11]),
            (quarterly, [4], [2, 8, 11]),
            (quarterly, [1, 2, 3, 3], [5, 8, 11]),
            (quarterly, [1, 6, 7, 12], []),
            (Cadence(MONTH, 1), [2, 2], [1, *range(3, 13)]),
            (Cadence(YEAR, 2), [1], [10]),
            (Cadence(YEAR, 2), [7], [4]),
            (Cadence(YEAR, 2), [12, 12], []),
            (Cadence(DEMAND, 2), [], []),
        ):
            with self.subTest(cadence=cadence, taken=taken):
                self.assertEqual(missing(cadence, taken), expected)

    @given(cadences, taken_months)
    def test_adding_it_leaves_nothing_missing(self, cadence, taken):
        added = missing(cadence, taken)
        self.assertEqual(missing(cadence, taken + added), [])
        if cadence.length:
            have = count_periods(cadence, taken)
            now = count_periods(cadence, taken + added)
            for number in range(cadence.periods):
                self.assertEqual(now[number], max(have[number], cadence.least))


class TestJudge(unittest.TestCase):
    def test_a_count_is_below_within_or_above(self):
        for count, least, most, expected in (
            (0, 0, None, WITHIN),
            (1, 2, 3, BELOW),
            (2, 2, 3, WITHIN),
            (3, 2, 3, WITHIN),
            (4, 2, 3, ABOVE),
            (4, 2, None, WITHIN),
            (1, 0, 0, ABOVE),
        ):
            with self.subTest(count=count, least=least, most=most):
                self.assertEqual(judge(count, least, most), expected)


class TestCadence(unittest.TestCase):
    def test_nonsense_is_refused(self):
        for values in (
            ("week", 1),
            (MONTH, -1),
            (MONTH, 1, -1),
            (MONTH, 3, 2),
            (YEAR, 1, 0, 13),
            (YEAR, 1, 0, -1),
        ):
            with self.subTest(values=values), self.assertRaises(ValueError):
                Cadence(*values)
        self.assertEqual(Cadence(MONTH, 2, 2).most, 2)


if __name__ == "__main__":
    unittest.main()
