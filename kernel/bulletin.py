"""Periods of a bulletin, and how its figures stand against others. Rule E11."""

from collections.abc import Iterable
from datetime import date

from .windows import YEAR_MONTHS, add_months

MONTH = "month"
QUARTER = "quarter"
LENGTHS = {MONTH: 1, QUARTER: 3}
FULL = 100  # per cent


def period_start(kind: str, day: date) -> date:
    """Return the first day of the month or quarter in which a day lies.

    >>> period_start("month", date(2026, 5, 9))
    datetime.date(2026, 5, 1)
    >>> period_start("quarter", date(2026, 6, 30))
    datetime.date(2026, 4, 1)
    """
    length = LENGTHS[kind]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def period_months(kind: str, start: date) -> list[date]:
    """Return the first days of the months of the period that begins with `start`.

    >>> [month.month for month in period_months("quarter", date(2026, 4, 1))]
    [4, 5, 6]
    """
    return [add_months(start, number) for number in range(LENGTHS[kind])]


def period_before(kind: str, start: date) -> date:
    """Return the first day of the period before the one that begins with `start`.

    >>> period_before("quarter", date(2026, 1, 1))
    datetime.date(2025, 10, 1)
    """
    return add_months(start, -LENGTHS[kind])


def year_before(start: date) -> date:
    """Return the first day of the same period a year before.

    >>> year_before(date(2026, 4, 1))
    datetime.date(2025, 4, 1)
    """
    return add_months(start, -YEAR_MONTHS)


def growth(now: float, before: float) -> float | None:
    """Return by how many per cent `now` is more than `before`; None: of nothing.

    >>> growth(108.0, 100.0), growth(0.0, 50.0), growth(5.0, 0.0)
    (8.0, -100.0, None)
    >>> growth(-50.0, -100.0)
    50.0
    """
    if not before:
        return None
    return (now - before) / abs(before) * FULL


def rank(values: Iterable[float]) -> list[int]:
    """Return the place of each value, the highest first; equals share a place.

    >>> rank([80.0, 95.0, 80.0, 10.0])
    [2, 1, 2, 4]
    """
    found = list(values)
    return [1 + sum(other > value for other in found) for value in found]
