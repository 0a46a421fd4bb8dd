"""When a birthday comes round next. Rule A8.

A date of the Chinese calendar is kept as it was told: converting it needs astronomical
tables, which nothing here has.
"""

from calendar import isleap, monthrange
from datetime import date

LUNAR_DAYS = 30


def is_day(month: int, day: int, year: int = 0, lunar: bool = False) -> bool:
    """Tell whether there can be such a day; a year of 0 isn't known.

    >>> is_day(2, 29), is_day(2, 29, 1990), is_day(2, 29, 1992)
    (True, False, True)
    >>> is_day(2, 30), is_day(2, 30, lunar=True), is_day(1, 31, lunar=True)
    (False, True, False)
    >>> is_day(13, 1), is_day(1, 0)
    (False, False)
    """
    if not 1 <= month <= 12:
        return False
    last = LUNAR_DAYS if lunar else monthrange(year or 2000, month)[1]
    return 1 <= day <= last


def next_birthday(month: int, day: int, today: date) -> date:
    """Return the first day, from `today` on, on which the birthday is kept.

    Who was born on 29 February keeps it on the 28th in a common year.

    >>> next_birthday(4, 10, date(2026, 4, 10))
    datetime.date(2026, 4, 10)
    >>> next_birthday(4, 9, date(2026, 4, 10))
    datetime.date(2027, 4, 9)
    >>> next_birthday(2, 29, date(2026, 12, 1)), next_birthday(2, 29, date(2028, 1, 1))
    (datetime.date(2027, 2, 28), datetime.date(2028, 2, 29))
    """
    this_year = _kept_in(today.year, month, day)
    return this_year if this_year >= today else _kept_in(today.year + 1, month, day)


def _kept_in(year, month, day):
    if (month, day) == (2, 29) and not isleap(year):
        day = 28
    return date(year, month, day)
