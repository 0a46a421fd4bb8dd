"""The days on which an occasion is kept: by solar or lunar date, by solar term. D5."""

from collections.abc import Iterator
from datetime import date

from . import lunar

SOLAR, LUNAR, TERM, SET = "solar", "lunar", "term", "set"
BIRTHDAY, ENROLMENT, FOUNDING = "birthday", "enrolment", "founding"
MONTHLY, WEATHER = "monthly", "weather"
# Kept by one person or account after the other: prepared for a month at a time.
OF_A_MONTH = (BIRTHDAY, ENROLMENT, FOUNDING, MONTHLY)
# Somebody says each day.
BY_HAND = (SET, WEATHER)


def find_days(
    kind: str, first: date, last: date, month: int = 0, day: int = 0, term: str = ""
) -> Iterator[date]:
    """Yield the days of an occasion from `first` to `last`, in order.

    >>> def days(*args, **at):
    ...     return [str(d) for d in find_days(*args, **at)]
    >>> days("lunar", date(2026, 1, 1), date(2027, 12, 31), 8, 15)
    ['2026-09-25', '2027-09-15']
    >>> days("lunar", date(2026, 1, 1), date(2026, 12, 31), 12, 30)
    ['2026-02-16']
    >>> days("solar", date(2026, 10, 2), date(2027, 10, 1), 10, 1)
    ['2027-10-01']
    >>> days("term", date(2026, 1, 1), date(2026, 12, 31), term="dahan")
    ['2026-01-20']
    >>> days("monthly", date(2026, 1, 2), date(2026, 3, 31))
    ['2026-02-01', '2026-03-01']
    >>> days("set", date(2026, 1, 2), date(2026, 3, 31))
    []
    """
    for year in range(first.year - 1, last.year + 1):
        for found in _find_of_year(kind, year, month, day, term):
            if first <= found <= last:
                yield found


def _find_of_year(kind, year, month, day, term):
    if kind in OF_A_MONTH:
        return [date(year, number, 1) for number in range(1, 13)]
    if kind == TERM:
        return [lunar.get_terms(year)[term]]
    if kind == LUNAR:
        return [lunar.to_solar(year, month, day)]
    if kind == SOLAR:
        return [lunar.get_birthday(year, month, day)]
    return []
