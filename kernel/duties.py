"""When a duty shows, is due and has run out; how many contacts a day come of it.

Rules D2, D3, D4. The statements of `models/care/duty_sql.py` say the same of all
accounts at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from .windows import ONE_DAY, YEAR_MONTHS, add_months

WORKING_DAY, WEEK, MONTH = "work", "week", "month"
UNITS = (WORKING_DAY, WEEK, MONTH)

DAYS_OF_WEEK = 7
# How many days a working day may take at most, long holidays included.
LONGEST = 4

AddWorking = Callable[[date, int], date]


@dataclass(frozen=True, slots=True)
class Period:
    """A span of the calendar that owes one contact."""

    key: str
    first: date
    last: date


def periods(months: int, since: date, until: date) -> list[Period]:
    """Return the periods of so many months that touch the days from since to until.

    They begin in January, whenever an account joined, so that a unit's figures of a
    quarter are those of its accounts.

    >>> [period.key for period in periods(3, date(2026, 3, 31), date(2026, 7, 1))]
    ['2026-01', '2026-04', '2026-07']
    >>> periods(6, date(2026, 8, 1), date(2026, 8, 1))[0].last
    datetime.date(2026, 12, 31)
    >>> periods(1, date(2026, 5, 2), date(2026, 5, 1))
    []
    """
    first = date(since.year, (since.month - 1) // months * months + 1, 1)
    found = []
    while first <= until and since <= until:
        following = add_months(first, months)
        found.append(Period(f"{first:%Y-%m}", first, following - ONE_DAY))
        first = following
    return found


def deadline(start: date, count: int, unit: str, add_working: AddWorking) -> date:
    """Return the last day for what is to be done within so many units.

    >>> deadline(date(2026, 1, 31), 1, MONTH, None)
    datetime.date(2026, 2, 28)
    >>> deadline(date(2026, 4, 10), 3, WEEK, None)
    datetime.date(2026, 5, 1)
    """
    if unit == WORKING_DAY:
        return add_working(start, count)
    if unit == WEEK:
        return start + timedelta(days=DAYS_OF_WEEK * count)
    return add_months(start, count)


def grace_end(due: date, days: int, add_working: AddWorking) -> date:
    """Return the last day on which what is late can still be done.

    >>> grace_end(date(2026, 4, 10), 0, None)
    datetime.date(2026, 4, 10)
    """
    return add_working(due, days) if days else due


def reach_back(seen: date, count: int, unit: str, grace_days: int) -> date:
    """Return a day that lies before each fact whose duty hadn't run out when duties
    were made last.

    >>> reach_back(date(2026, 4, 10), 3, WEEK, 5)
    datetime.date(2026, 2, 17)
    """
    months, days = (count, 0) if unit == MONTH else (0, count)
    length = {WORKING_DAY: LONGEST, WEEK: DAYS_OF_WEEK}.get(unit, 0)
    span = days * length + grace_days * LONGEST + YEAR_MONTHS - 1
    return add_months(seen, -months) - timedelta(days=span)


def contacts_a_day(accounts: int, months: int, working_days: int) -> float:
    """Return how many personal contacts a working day has for who has so many accounts.

    >>> owed = (200, 1), (200, 2), (500, 3), (1000, 6)
    >>> [round(contacts_a_day(*each, working_days=248), 1) for each in owed]
    [9.7, 4.8, 8.1, 8.1]
    >>> contacts_a_day(200, 0, 248)
    0.0
    """
    if not (months and working_days):
        return 0.0
    return accounts * YEAR_MONTHS / months / working_days
