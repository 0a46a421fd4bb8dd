"""Working days against the published years, day by day."""

import unittest
from datetime import date, timedelta

import support  # noqa: F401  (finds the kernel)
from hypothesis import given
from hypothesis import strategies as st
from lunar_python.util import HolidayUtil
from tyme4py.holiday import LegalHoliday

from kernel.published_days import PUBLISHED
from kernel.working_days import (
    SPRING,
    WorkingDays,
    days_of,
    get_festivals,
    is_weekday,
    plan,
)

DAYS = [
    day
    for year, holidays in PUBLISHED.items()
    for day, (is_working, _name) in plan(year, holidays).items()
    if is_working
]
CALENDAR = (min(PUBLISHED), max(PUBLISHED), DAYS)
near = st.dates(date(2022, 1, 1), date(2029, 12, 31))


class TestPublishedYears(unittest.TestCase):
    """Rule D3: with make-up days, as the State Council published them."""

    def test_every_day_as_two_libraries_have_it(self):
        for year, holidays in PUBLISHED.items():
            for day, (is_working, name) in plan(year, holidays).items():
                parts = (day.year, day.month, day.day)
                first, second = (
                    HolidayUtil.getHoliday(*parts),
                    LegalHoliday.from_ymd(*parts),
                )
                self.assertEqual(bool(name), bool(first), day)
                self.assertEqual(bool(name), bool(second), day)
                if name:
                    self.assertEqual(is_working, first.isWork(), day)
                    self.assertEqual(is_working, second.is_work(), day)
                else:
                    self.assertEqual(is_working, is_weekday(day), day)

    def test_working_days_of_each_year(self):
        for year, wanted in ((2024, 251), (2025, 248), (2026, 248)):
            with self.subTest(year):
                self.assertEqual(sum(day.year == year for day in DAYS), wanted)

    def test_nothing_stands_twice_in_a_notice(self):
        for year, holidays in PUBLISHED.items():
            days = [day for holiday in holidays for day in holiday.made_up]
            for holiday in holidays:
                length = (holiday.last - holiday.first).days + 1
                days += [holiday.first + timedelta(days=n) for n in range(length)]
            self.assertEqual(len(days), len(set(days)), year)
            self.assertEqual({day.year for day in days}, {year})
            for holiday in holidays:
                self.assertFalse(any(map(is_weekday, holiday.made_up)), holiday)

    def test_festivals_are_off_in_each_published_year(self):
        """But the eve of 2024, which the law of that time didn't have, and 2 May."""
        for year, holidays in PUBLISHED.items():
            days = plan(year, holidays)
            working = [day for day in get_festivals(year) if days[day][0]]
            self.assertEqual(working, [date(2024, 2, 9)] if year == 2024 else [])


class TestUnpublishedYears(unittest.TestCase):
    def test_thirteen_days_that_follow_from_the_calendar(self):
        for year in range(2027, 2100):
            festivals = get_festivals(year)
            self.assertIn(len(festivals), (12, 13), year)  # Mid-Autumn in October
            self.assertEqual({day.year for day in festivals}, {year})
            self.assertEqual(list(festivals.values()).count(SPRING), 4)

    def test_all_else_goes_by_the_week(self):
        for year in (2027, 2031):
            for day, (is_working, name) in plan(year).items():
                self.assertEqual(is_working, is_weekday(day) and not name)
            self.assertEqual(len(plan(year)), len(list(days_of(year))))


class TestWorkingDays(unittest.TestCase):
    def setUp(self):
        self.calendar = WorkingDays(*CALENDAR)

    def test_across_the_end_of_what_is_known(self):
        self.assertEqual(
            self.calendar.get_deadline(date(2026, 12, 31), 1), date(2027, 1, 4)
        )
        self.assertEqual(
            self.calendar.get_deadline(date(2024, 1, 2), -1), date(2023, 12, 29)
        )

    @given(near, st.integers(-300, 300))
    def test_deadline_and_count_agree(self, day, count):
        calendar = WorkingDays(*CALENDAR)
        found = calendar.get_deadline(day, count)
        if count > 0:
            self.assertEqual(calendar.count(day, found), count)
        else:
            start = calendar.get_deadline(day, 0)
            self.assertEqual(calendar.count(found, start), -count)

    @given(near, near, near)
    def test_counts_add_up(self, first, second, third):
        calendar = WorkingDays(*CALENDAR)
        self.assertEqual(
            calendar.count(first, second) + calendar.count(second, third),
            calendar.count(first, third),
        )
