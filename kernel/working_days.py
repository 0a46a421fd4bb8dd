"""Working days by the Chinese calendar, with make-up days. Rules B5, D3.

Which days are off the State Council says, for one year at a time. Of a year that it
hasn't spoken of only the festivals themselves are known, not the days moved for them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from . import lunar

ONE_DAY = timedelta(days=1)
SATURDAY = 5

NEW_YEAR, SPRING, TOMBS = "new_year", "spring_festival", "tomb_sweeping"
LABOUR, DRAGON_BOAT, MID_AUTUMN = "labour_day", "dragon_boat", "mid_autumn"
NATIONAL = "national_day"


def days_of(year: int) -> Iterator[date]:
    """Yield the days of a year."""
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += ONE_DAY


def get_festivals(year: int) -> dict[date, str]:
    """Return the 13 days off by law that follow from the calendar, with their names.

    As of 2025: the eve and the first three days of the lunar year, two days in May.

    >>> [str(day) for day, name in get_festivals(2027).items() if name == SPRING]
    ['2027-02-05', '2027-02-06', '2027-02-07', '2027-02-08']
    """
    new_year = lunar.to_solar(year, 1, 1)
    return {
        date(year, 1, 1): NEW_YEAR,
        **{new_year + timedelta(days=number): SPRING for number in range(-1, 3)},
        lunar.get_terms(year)["qingming"]: TOMBS,
        **{date(year, 5, number): LABOUR for number in (1, 2)},
        lunar.to_solar(year, 5, 5): DRAGON_BOAT,
        lunar.to_solar(year, 8, 15): MID_AUTUMN,
        **{date(year, 10, number): NATIONAL for number in (1, 2, 3)},
    }


def is_weekday(day: date) -> bool:
    """Tell whether it is a Monday to Friday."""
    return day.weekday() < SATURDAY


@lru_cache(maxsize=50)
def _guess(year: int) -> tuple[date, ...]:
    """Return the working days of a year of which nothing was published."""
    return tuple(day for day, (is_working, _name) in plan(year).items() if is_working)


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday as a notice states it: off from one day to another, made up on some."""

    name: str
    first: date
    last: date
    made_up: tuple[date, ...] = ()


def plan(year: int, holidays: Iterable[Holiday] = ()) -> dict[date, tuple[bool, str]]:
    """Return of each day of a year whether one works, and the occasion if any.

    Without ``holidays``: as far as it follows from the calendar.

    >>> made_up = (date(2026, 2, 14),)
    >>> days = plan(
    ...     2026, [Holiday(SPRING, date(2026, 2, 15), date(2026, 2, 23), made_up)]
    ... )
    >>> days[date(2026, 2, 13)], days[date(2026, 2, 14)], days[date(2026, 2, 16)]
    ((True, ''), (True, 'spring_festival'), (False, 'spring_festival'))
    """
    days = {day: (is_weekday(day), "") for day in days_of(year)}
    holidays = list(holidays)
    if not holidays:
        days.update({day: (False, name) for day, name in get_festivals(year).items()})
    for holiday in holidays:
        for number in range((holiday.last - holiday.first).days + 1):
            days[holiday.first + timedelta(days=number)] = (False, holiday.name)
        days.update(dict.fromkeys(holiday.made_up, (True, holiday.name)))
    return days


class WorkingDays:
    """The working days of known years; before and after them they are guessed.

    >>> calendar = WorkingDays(2026, 2026, [date(2026, 2, 28), date(2026, 3, 2)])
    >>> calendar.get_deadline(date(2026, 2, 27), 2)
    datetime.date(2026, 3, 2)
    >>> calendar.get_deadline(date(2026, 3, 1), 0)
    datetime.date(2026, 3, 2)
    >>> calendar.get_deadline(date(2026, 3, 1), -1)
    datetime.date(2026, 2, 28)
    >>> calendar.count(date(2026, 2, 27), date(2026, 3, 2))
    2
    >>> calendar.get_deadline(date(2026, 3, 2), 1)
    datetime.date(2027, 1, 4)
    """

    def __init__(self, first_year: int, last_year: int, days: Iterable[date]):
        """Know all working ``days`` of the years from the first to the last."""
        self._first, self._last = first_year, last_year
        self._days = sorted(days)

    def get_deadline(self, day: date, count: int) -> date:
        """Return the working day that lies ``count`` working days after a day.

        Below 0 before it; 0 is the day itself or the next working day.
        """
        self._reach(day.year)
        while True:
            if count > 0:
                index = bisect_right(self._days, day) + count - 1
            else:
                index = bisect_left(self._days, day) + count
            if index < 0:
                self._reach(self._first - 1)
            elif index >= len(self._days):
                self._reach(self._last + 1)
            else:
                return self._days[index]

    def count(self, day_from: date, day_to: date) -> int:
        """Count the working days after the one day up to the other; below 0 if that
        lies before.
        """
        self._reach(day_from.year)
        self._reach(day_to.year)
        return bisect_right(self._days, day_to) - bisect_right(self._days, day_from)

    def _reach(self, year: int) -> None:
        while year < self._first:
            self._first -= 1
            self._days = [*_guess(self._first), *self._days]
        while year > self._last:
            self._last += 1
            self._days.extend(_guess(self._last))
