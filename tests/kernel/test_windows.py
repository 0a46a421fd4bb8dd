import unittest
from datetime import date, timedelta
from decimal import Decimal

import support  # noqa: F401  (finds the kernel)
from hypothesis import given
from hypothesis import strategies as st

from kernel.windows import (
    Window,
    add_months,
    correction_window,
    day_to_follow,
    full_window,
    month_end,
    month_start,
    months_between,
    qualification_window,
    requalification_window,
    run_rate,
    term_end,
    unposted_months,
)

ONE_DAY = timedelta(days=1)
days = st.dates(date(1996, 1, 1), date(2060, 12, 31))
months = st.integers(1, 60)
kinds = st.sampled_from(("calendar", "rolling", "membership"))


def window(start, end):
    return Window(date.fromisoformat(start), date.fromisoformat(end))


class TestMonths(unittest.TestCase):
    def test_adding_months_keeps_the_day_or_takes_the_last(self):
        for day, count, expected in (
            ("2017-01-31", 1, "2017-02-28"),
            ("2016-01-31", 1, "2016-02-29"),
            ("2017-12-15", 1, "2018-01-15"),
            ("2017-01-15", -1, "2016-12-15"),
            ("2017-03-31", -13, "2016-02-29"),
            ("2017-03-31", 0, "2017-03-31"),
        ):
            with self.subTest(day=day, count=count):
                moved = add_months(date.fromisoformat(day), count)
                self.assertEqual(moved.isoformat(), expected)

    @given(days, st.integers(-600, 600))
    def test_months_between_undoes_adding(self, day, count):
        self.assertEqual(months_between(day, add_months(day, count)), count)

    @given(days)
    def test_months_follow_each_other_without_a_hole(self, day):
        self.assertEqual(month_end(day) + ONE_DAY, add_months(month_start(day), 1))


class TestUnpostedMonths(unittest.TestCase):
    def test_a_month_belongs_to_the_window_when_its_last_day_does(self):
        for start, end, posted, first, expected in (
            ("2026-01-01", "2026-12-31", ["2026-12-01"], None, []),
            ("2026-01-01", "2026-12-31", ["2026-11-01"], None, ["2026-12-01"]),
            ("2026-01-10", "2027-01-09", ["2026-12-01"], None, []),
            ("2026-01-10", "2027-01-30", ["2026-12-01"], None, []),
            ("2026-01-10", "2027-01-31", ["2026-12-01"], None, ["2027-01-01"]),
            ("2026-11-01", "2026-12-31", [], "2026-12-01", ["2026-12-01"]),
            ("2026-11-01", "2026-12-31", [], "2027-01-01", []),
            # beyond the correction window of the first run there is
            ("2026-01-01", "2026-02-28", ["2027-01-01"], None, ["2026-01-01"]),
        ):
            with self.subTest(start=start, end=end, posted=posted, first=first):
                found = unposted_months(
                    window(start, end),
                    map(date.fromisoformat, posted),
                    12,
                    first and date.fromisoformat(first),
                )
                self.assertEqual([month.isoformat() for month in found], expected)

    @given(days, months, days, st.integers(0, 60))
    def test_what_lay_underneath_never_counts_under_the_other(
        self, last, grace, today, since
    ):
        reached = min(today, last - timedelta(days=since))
        day = day_to_follow(reached, last, last + timedelta(days=grace), today)
        self.assertGreater(day, last)
        self.assertLessEqual(day, max(last + ONE_DAY, today))


class TestWindows(unittest.TestCase):
    def test_qualification_and_full_windows(self):
        on, term = date(2017, 3, 9), date(2016, 9, 1)
        for kind, term_start, so_far, whole in (
            (
                "calendar",
                None,
                ("2017-01-01", "2017-03-09"),
                ("2017-01-01", "2017-12-31"),
            ),
            (
                "rolling",
                term,
                ("2016-03-10", "2017-03-09"),
                ("2016-03-10", "2017-03-09"),
            ),
            (
                "membership",
                term,
                ("2016-09-01", "2017-03-09"),
                ("2016-09-01", "2017-08-31"),
            ),
            (
                "membership",
                None,
                ("2016-03-10", "2017-03-09"),
                ("2016-03-10", "2017-03-09"),
            ),
            (
                "membership",
                on,
                ("2017-03-09", "2017-03-09"),
                ("2017-03-09", "2018-03-08"),
            ),
            # a term still to come counts as none
            (
                "membership",
                on + ONE_DAY,
                ("2016-03-10", "2017-03-09"),
                ("2016-03-10", "2017-03-09"),
            ),
            # in the days of grace
            (
                "membership",
                date(2016, 3, 1),
                ("2016-03-01", "2017-03-09"),
                ("2016-03-01", "2017-03-09"),
            ),
        ):
            with self.subTest(kind=kind, term_start=term_start):
                self.assertEqual(
                    qualification_window(kind, on, term_start), window(*so_far)
                )
                self.assertEqual(full_window(kind, on, term_start), window(*whole))

    def test_a_longer_term_makes_a_longer_whole(self):
        whole = full_window(
            "membership", date(2017, 3, 9), date(2017, 1, 1), term_months=24
        )
        self.assertEqual(whole, window("2017-01-01", "2018-12-31"))

    def test_requalification_at_and_around_the_turn_of_the_year(self):
        for end, complete, rolling_start in (
            ("2017-12-30", 2016, "2016-12-31"),
            ("2017-12-31", 2017, "2017-01-01"),
            ("2018-01-01", 2017, "2017-01-02"),
        ):
            with self.subTest(end=end):
                day = date.fromisoformat(end)
                self.assertEqual(
                    requalification_window("complete", day),
                    window(f"{complete}-01-01", f"{complete}-12-31"),
                )
                self.assertEqual(
                    requalification_window("rolling", day), window(rolling_start, end)
                )

    def test_terms_over_29_february(self):
        for start, end in (
            ("2016-02-28", "2017-02-27"),
            ("2016-02-29", "2017-02-27"),
            ("2016-03-01", "2017-02-28"),
            ("2015-03-01", "2016-02-29"),
            ("2017-03-10", "2018-03-09"),
        ):
            with self.subTest(start=start):
                self.assertEqual(
                    term_end(date.fromisoformat(start), 12).isoformat(), end
                )

    def test_correction_window_is_whole_months_and_not_before_the_program(self):
        for month, count, first, expected in (
            ("2017-03-01", 1, None, ("2017-03-01", "2017-03-31")),
            ("2017-03-20", 12, None, ("2016-04-01", "2017-03-31")),
            ("2017-03-01", 12, "2016-04-01", ("2016-04-01", "2017-03-31")),
            ("2017-03-01", 12, "2016-05-01", ("2016-05-01", "2017-03-31")),
            ("2017-03-01", 12, "2016-05-02", ("2016-06-01", "2017-03-31")),
            ("2017-03-01", 12, "2017-03-01", ("2017-03-01", "2017-03-31")),
        ):
            with self.subTest(month=month, count=count, first=first):
                begin = date.fromisoformat(first) if first else None
                result = correction_window(date.fromisoformat(month), count, begin)
                self.assertEqual(result, window(*expected))

    def test_nonsense_is_refused(self):
        day = date(2017, 3, 1)
        for call, reason in (
            (lambda: Window(day, day - ONE_DAY), "before its start"),
            (lambda: qualification_window("lunar", day), "unknown window"),
            (lambda: requalification_window("calendar", day), "unknown window"),
            (lambda: term_end(day, 0), "at least 1 month"),
            (lambda: correction_window(day, 0, None), "at least 1 month"),
            (
                lambda: correction_window(day, 3, date(2017, 4, 1)),
                "before the first month",
            ),
        ):
            with (
                self.subTest(reason=reason),
                self.assertRaisesRegex(ValueError, reason),
            ):
                call()

    @given(kinds, days, st.none() | days)
    def test_both_ends_belong_to_the_window(self, kind, on, term_start):
        so_far = qualification_window(kind, on, term_start)
        whole = full_window(kind, on, term_start)
        self.assertEqual(so_far.end, on)
        self.assertEqual(so_far.start, whole.start)
        for day in (so_far.start, so_far.end, whole.end):
            self.assertIn(day, whole)
        self.assertNotIn(whole.start - ONE_DAY, whole)
        self.assertNotIn(whole.end + ONE_DAY, whole)

    @given(days, months)
    def test_a_term_and_the_next_are_contiguous_and_assessed_over_the_whole(
        self, start, count
    ):
        end = term_end(start, count)
        self.assertEqual(end + ONE_DAY, add_months(start, count))
        if count == 12:
            self.assertLessEqual(requalification_window("rolling", end).start, start)

    @given(days)
    def test_a_rolling_window_never_steps_back(self, on):
        today = qualification_window("rolling", on)
        self.assertLessEqual(
            today.start, qualification_window("rolling", on + ONE_DAY).start
        )
        self.assertIn(today.days, (365, 366))

    @given(days)
    def test_complete_is_a_calendar_year_over_by_then(self, end):
        year = requalification_window("complete", end)
        self.assertLessEqual(year.end, end)
        self.assertLess((end - year.end).days, 366)

    @given(days, months, st.none() | days)
    def test_corrections_cover_whole_months_up_to_the_month(self, month, count, first):
        if first and add_months(month_start(first), 1) > month_start(month):
            first = None
        result = correction_window(month, count, first)
        self.assertEqual((result.start.day, result.end), (1, month_end(month)))
        self.assertLessEqual(months_between(result.start, month) + 1, count)
        if first:
            self.assertGreaterEqual(result.start, first)


class TestRunRate(unittest.TestCase):
    def test_projection_by_days_is_rounded_down(self):
        year = window("2017-01-01", "2017-12-31")
        for value, end, expected in (
            ("100", "2017-01-01", "36500.00"),
            ("100", "2017-03-14", "500.00"),
            ("100", "2017-12-30", "100.27"),
            ("100", "2017-12-31", "100"),
            ("-100", "2017-12-30", "-100.28"),
            ("0", "2017-06-30", "0.00"),
        ):
            with self.subTest(value=value, end=end):
                result = run_rate(Decimal(value), window("2017-01-01", end), year)
                self.assertEqual(str(result), expected)

    @given(st.decimals(0, 10**9, places=2), days)
    def test_a_projection_is_never_below_what_is_reached(self, value, on):
        so_far, whole = (
            qualification_window("calendar", on),
            full_window("calendar", on),
        )
        self.assertGreaterEqual(run_rate(value, so_far, whole), value)
