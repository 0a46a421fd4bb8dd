"""How far a target is reached, beside how much of its time has passed. Rule D10."""

from datetime import date
from math import ceil

from .windows import Window, add_months, month_end

MONTH, HALF = "month", "half"
# How many months a period has.
SPANS = {MONTH: 1, HALF: 6}
# Where half-years begin.
HALVES = (1, 7)
FULL = 100.0

AHEAD, ON_TIME, BEHIND, REACHED, MISSED = (
    *("ahead", "on_time", "behind"),
    *("reached", "missed"),
)


def get_period(span: str, start: date) -> Window:
    """Return the days of a period.

    >>> get_period(HALF, date(2026, 7, 1)).end
    datetime.date(2026, 12, 31)
    >>> get_period(HALF, date(2026, 3, 1))
    Traceback (most recent call last):
    ValueError: no half-year begins in month 3
    """
    if span == HALF and start.month not in HALVES:
        raise ValueError(f"no half-year begins in month {start.month}")
    first = start.replace(day=1)
    return Window(first, month_end(add_months(first, SPANS[span] - 1)))


def get_elapsed(period: Window, today: date) -> float:
    """Return the share of a period's days that have passed, today among them, in %.

    >>> april = get_period(MONTH, date(2026, 4, 1))
    >>> [get_elapsed(april, date(2026, *day)) for day in ((3, 31), (4, 15), (5, 2))]
    [0.0, 50.0, 100.0]
    """
    passed = (min(today, period.end) - period.start).days + 1
    return FULL * max(passed, 0) / period.days


def get_attained(amount: float, actual: float) -> float:
    """Return what is reached of a target, in %; nothing is asked: it is reached.

    >>> get_attained(200, 50), get_attained(200, -10), get_attained(0, 0)
    (25.0, -5.0, 100.0)
    """
    return FULL * actual / amount if amount else FULL


def judge(amount: float, actual: float, period: Window, today: date) -> str:
    """Return how a target stands: behind when less is reached than time has passed.

    >>> april = get_period(MONTH, date(2026, 4, 1))
    >>> [judge(100, n, april, date(2026, 4, 15)) for n in (49.99, 50, 99.99, 100)]
    ['behind', 'on_time', 'on_time', 'reached']
    >>> judge(100, 0, april, date(2026, 3, 1)), judge(100, 99, april, date(2026, 5, 1))
    ('ahead', 'missed')
    """
    if actual >= amount:
        return REACHED
    if today > period.end:
        return MISSED
    if today < period.start:
        return AHEAD
    passed = (today - period.start).days + 1
    return BEHIND if actual * period.days < amount * passed else ON_TIME


def propose(reached: float, percent: float, *, is_count: bool) -> float:
    """Return a target from what was reached, so many per cent above it, made round.

    What is counted is rounded up, money to whole units of its currency.

    >>> propose(10, 5, is_count=True), propose(1234.5, 10, is_count=False)
    (11.0, 1358.0)
    >>> propose(10, 10, is_count=True), propose(-5, 10, is_count=False)
    (11.0, 0.0)
    """
    wanted = round(max(reached, 0) * (FULL + percent) / FULL, 6)
    return float(ceil(wanted) if is_count else round(wanted))
