"""The Chinese calendar against a second library, day by day."""

import unittest
from datetime import date, timedelta

import support  # noqa: F401  (finds the kernel)
from hypothesis import given
from hypothesis import strategies as st
from tyme4py.lunar import LunarMonth
from tyme4py.solar import SolarDay, SolarTerm

from kernel import lunar

FIRST, LAST = 1901, 2099
ONE_DAY = timedelta(days=1)
months, days = st.integers(1, 12), st.integers(1, 30)
todays = st.dates(date(FIRST, 1, 1), date(LAST, 12, 31))
# As printed in the almanac of the Purple Mountain Observatory.
LEAP_MONTHS = {
    **{1903: 5, 1906: 4, 1909: 2, 1911: 6, 1914: 5, 1917: 2, 1919: 7, 1922: 5, 1925: 4},
    **{1928: 2, 1930: 6, 1933: 5, 1936: 3, 1938: 7, 1941: 6, 1944: 4, 1947: 2, 1949: 7},
    **{1952: 5, 1955: 3, 1957: 8, 1960: 6, 1963: 4, 1966: 3, 1968: 7, 1971: 5, 1974: 4},
    **{1976: 8, 1979: 6, 1982: 4, 1984: 10, 1987: 6, 1990: 5, 1993: 3, 1995: 8},
    **{1998: 5, 2001: 4, 2004: 2, 2006: 7, 2009: 5, 2012: 4, 2014: 9, 2017: 6, 2020: 4},
    **{2023: 2, 2025: 6, 2028: 5, 2031: 3, 2033: 11, 2036: 6, 2039: 5, 2042: 2},
    **{2044: 7, 2047: 5, 2050: 3, 2052: 8, 2055: 6, 2058: 4, 2061: 3, 2063: 7, 2066: 5},
    **{2069: 4, 2071: 8, 2074: 6, 2077: 4, 2080: 3, 2082: 7, 2085: 5, 2088: 4, 2090: 8},
    **{2093: 6, 2096: 4, 2099: 2},
}


def to_date(day):
    return date(day.get_year(), day.get_month(), day.get_day())


class TestAgainstASecondLibrary(unittest.TestCase):
    """Rule A8, 1901 to 2099."""

    def test_every_month_and_so_every_day(self):
        """First day and length of each, leap months and 30ths among them.

        Where a month has no 30th, its 29th is kept.
        """
        for year in range(FIRST, LAST + 1):
            leap = lunar.get_leap_month(year)
            for number in [*range(1, 13), *([-leap] if leap else [])]:
                month = LunarMonth.from_ym(year, number)
                asked = (year, abs(number))
                first, last, kept = (
                    lunar.to_solar(*asked, day, number < 0) for day in (1, 29, 30)
                )
                length = month.get_day_count()
                self.assertEqual(
                    first, to_date(month.get_first_day().get_solar_day()), asked
                )
                self.assertEqual(last, first + 28 * ONE_DAY, asked)
                self.assertEqual(kept, first + (length - 1) * ONE_DAY, asked)

    def test_days_drawn(self):
        """Both ways, some 7,000 of them."""
        day = date(FIRST, 1, 1)
        while day.year <= LAST:
            other = SolarDay.from_ymd(day.year, day.month, day.day).get_lunar_day()
            month = other.get_month()
            theirs = (other.get_year(), abs(month), other.get_day(), month < 0)
            self.assertEqual(lunar.to_lunar(day), theirs, day)
            day += 11 * ONE_DAY

    def test_every_leap_month(self):
        found = {
            year: lunar.get_leap_month(year)
            for year in range(FIRST, LAST + 1)
            if lunar.get_leap_month(year)
        }
        self.assertEqual(found, LEAP_MONTHS)

    def test_every_solar_term(self):
        """From 1949 on; clocks before weren't those of today's China."""
        for year in range(1949, LAST + 1):
            terms = list(lunar.get_terms(year).values())
            self.assertEqual(len(terms), 24)
            for number, day in enumerate(terms, start=1):
                term = SolarTerm.from_index(year, number)
                self.assertEqual(to_date(term.get_solar_day()), day, (year, number))


class TestBirthdays(unittest.TestCase):
    """Rule A8: when a birthday comes round."""

    def test_leap_month_in_a_year_that_has_it_and_in_others(self):
        born = {"lunar": True, "leap": True}
        for year, wanted in (
            (2025, date(2025, 8, 8)),
            (2026, date(2026, 7, 28)),
            (2036, date(2036, 8, 6)),
        ):
            self.assertEqual(lunar.get_birthday(year, 6, 15, **born), wanted)

    def test_30th_of_a_short_month_is_kept_on_the_29th(self):
        self.assertEqual(lunar.to_solar(2024, 12, 30), date(2025, 1, 28))
        self.assertEqual(lunar.to_solar(2023, 12, 30), date(2024, 2, 9))
        self.assertEqual(lunar.to_lunar(date(2025, 1, 28))[2], 29)
        self.assertEqual(lunar.to_lunar(date(2024, 2, 9))[2], 30)

    def test_29_february(self):
        for today, wanted in (
            (date(2026, 2, 28), date(2026, 2, 28)),
            (date(2026, 3, 1), date(2027, 2, 28)),
            (date(2028, 2, 28), date(2028, 2, 29)),
            (date(2028, 2, 29), date(2028, 2, 29)),
        ):
            self.assertEqual(lunar.next_birthday(2, 29, today), wanted)

    @given(months, days, todays, st.booleans())
    def test_lunar_birthday_comes_within_a_lunar_year(self, month, day, today, leap):
        found = lunar.next_birthday(month, day, today, lunar=True, leap=leap)
        self.assertLessEqual(today, found)
        self.assertLess((found - today).days, 390)
        _year, *rest = lunar.to_lunar(found)
        self.assertEqual(rest[0], month)
        self.assertIn(rest[1], {day, 29} if day == 30 else {day})
        self.assertEqual(
            lunar.next_birthday(month, day, found, lunar=True, leap=leap), found
        )

    @given(todays)
    def test_there_and_back(self, day):
        self.assertEqual(lunar.to_solar(*lunar.to_lunar(day)), day)
