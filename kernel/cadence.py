"""How often an activity takes place: what a year owes, and the months for it. C1, C2.

A period owes its least number by its last day, never before. "On demand" owes nothing.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from .windows import YEAR_MONTHS

MONTH, QUARTER, HALF, YEAR, DEMAND = "month", "quarter", "half", "year", "demand"
# How many months a period has; on demand there is none.
LENGTHS = {MONTH: 1, QUARTER: 3, HALF: 6, YEAR: YEAR_MONTHS}

# Years that a plan may be for.
FIRST_YEAR, LAST_YEAR = 2000, 2100

BELOW, WITHIN, ABOVE = "below", "within", "above"


@dataclass(frozen=True, slots=True)
class Cadence:
    """At least so many times in each period, and at most so many; 0: no upper limit.

    ``usual_month`` says where in the period it belongs: 12 puts what is yearly into
    December, what is quarterly into the last month of the quarter. 0: the middle.
    """

    period: str
    least: int = 0
    most: int = 0
    usual_month: int = 0

    def __post_init__(self) -> None:
        if self.period not in (*LENGTHS, DEMAND):
            raise ValueError(f"{self.period!r} is no period")
        if self.least < 0 or self.most < 0:
            raise ValueError("nothing takes place less than never")
        if self.most and self.least > self.most:
            raise ValueError(f"at least {self.least} is more than at most {self.most}")
        if not 0 <= self.usual_month <= YEAR_MONTHS:
            raise ValueError(f"{self.usual_month} is no month")

    @property
    def length(self) -> int:
        """Months of a period; 0 on demand."""
        return LENGTHS.get(self.period, 0)

    @property
    def periods(self) -> int:
        """Periods of a year; 0 on demand."""
        return YEAR_MONTHS // self.length if self.length else 0


def owed(cadence: Cadence) -> int:
    """Return how often a whole year owes it.

    >>> owed(Cadence(QUARTER, 1)), owed(Cadence(MONTH, 2)), owed(Cadence(DEMAND, 5))
    (4, 24, 0)
    """
    return cadence.periods * cadence.least


def allowed(cadence: Cadence) -> int | None:
    """Return how often a whole year has it at most; None: without limit.

    >>> allowed(Cadence(YEAR, 2, 3)), allowed(Cadence(YEAR, 2))
    (3, None)
    """
    return cadence.periods * cadence.most or None


def owed_by(cadence: Cadence, year: int, day: date) -> int:
    """Return how many the year's periods owe that are over at the end of the day.

    >>> quarterly = Cadence(QUARTER, 1)
    >>> owed_by(quarterly, 2026, date(2026, 3, 30))
    0
    >>> owed_by(quarterly, 2026, date(2026, 3, 31))
    1
    >>> owed_by(quarterly, 2026, date(2027, 1, 1))
    4
    """
    if day.year != year or not cadence.length:
        return owed(cadence) if day.year > year else 0
    is_over = (day + timedelta(days=1)).month != day.month
    months = day.month if is_over else day.month - 1
    return months // cadence.length * cadence.least


def months(cadence: Cadence) -> list[int]:
    """Return the months, from 1 to 12, in which a year has what it owes, evenly.

    >>> months(Cadence(QUARTER, 1))
    [2, 5, 8, 11]
    >>> months(Cadence(YEAR, 1, 1, usual_month=12))
    [12]
    >>> months(Cadence(YEAR, 2, 3))
    [4, 10]
    >>> months(Cadence(MONTH, 2))[:4]
    [1, 1, 2, 2]
    """
    return [
        month
        for number in range(cadence.periods)
        for month in _months_of(cadence, number)
    ]


def missing(cadence: Cadence, taken: Iterable[int]) -> list[int]:
    """Return the months to add, so that no period is short of its least number.

    :param taken: months in which there is one already, as often as there is

    >>> missing(Cadence(QUARTER, 1), [5])
    [2, 8, 11]
    >>> missing(Cadence(QUARTER, 1), [1, 1, 4, 9])
    [11]
    >>> missing(Cadence(YEAR, 2), [10])
    [4]
    """
    left = Counter(taken)
    result = []
    for number in range(cadence.periods):
        first = number * cadence.length + 1
        span = range(first, first + cadence.length)
        wanted = _months_of(cadence, number)
        there = [month for month in span for _each in range(left[month])]
        # Each that is there stands for the nearest one wanted, of two for the later.
        for month in there[: len(wanted)]:
            wanted.remove(
                min(wanted, key=lambda want, at=month: (abs(want - at), -want))
            )
        result += wanted
    return result


def judge(count: int, least: int, most: int | None = None) -> str:
    """Say whether a count is below, within or above what is owed and allowed.

    >>> judge(3, 4), judge(4, 4), judge(5, 4, 4), judge(50, 4)
    ('below', 'within', 'above', 'within')
    """
    if count < least:
        return BELOW
    return ABOVE if most is not None and count > most else WITHIN


def _months_of(cadence: Cadence, number: int) -> list[int]:
    """Return the months of one period: it is cut into as many slices as it owes."""
    first, length, least = number * cadence.length, cadence.length, cadence.least
    result = []
    for index in range(least):
        start, end = index * length // least, (index + 1) * length // least
        width = max(1, end - start)
        place = (cadence.usual_month or width // 2 + 1) - 1
        result.append(first + start + place % width + 1)
    return result
