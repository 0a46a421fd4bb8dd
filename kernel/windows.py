"""Spans of days for measures, terms and corrections. Both ends belong to them.

Months are added as PostgreSQL's `interval` and Odoo's `relativedelta` do it: a day that
the month doesn't have becomes its last day. So SQL and this file agree.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

WINDOW_CALENDAR = "calendar"
WINDOW_ROLLING = "rolling"
WINDOW_MEMBERSHIP = "membership"
WINDOWS = (WINDOW_CALENDAR, WINDOW_ROLLING, WINDOW_MEMBERSHIP)

REQUALIFICATION_COMPLETE = "complete"
REQUALIFICATION_ROLLING = "rolling"
REQUALIFICATIONS = (REQUALIFICATION_COMPLETE, REQUALIFICATION_ROLLING)

YEAR_MONTHS = 12
ONE_DAY = timedelta(days=1)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Window:
    """The days from `start` to `end`, both inclusive; empty is a ValueError."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(
                f"window ends on {self.end}, before its start {self.start}"
            )

    def __iter__(self) -> Iterator[date]:
        return iter((self.start, self.end))

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def days(self) -> int:
        """Number of days, at least 1."""
        return (self.end - self.start).days + 1


def month_start(day: date) -> date:
    """Return the first day of the day's month."""
    return date(day.year, day.month, 1)


def half_start(day: date) -> date:
    """Return the first day of the day's half-year.

    >>> half_start(date(2026, 6, 30)), half_start(date(2026, 7, 1))
    (datetime.date(2026, 1, 1), datetime.date(2026, 7, 1))
    """
    return date(day.year, 7 if day.month > 6 else 1, 1)


def month_end(day: date) -> date:
    """Return the last day of the day's month."""
    return date(day.year, day.month, monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or that month's last day.

    >>> add_months(date(2016, 2, 29), 12)
    datetime.date(2017, 2, 28)
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def months_between(first: date, last: date) -> int:
    """Return how many months `last`'s month is after `first`'s; days don't matter.

    >>> months_between(date(2017, 11, 30), date(2018, 2, 1))
    3
    """
    return (last.year - first.year) * 12 + last.month - first.month


def term_end(start: date, months: int) -> date:
    """Return the last day of a term of `months` months, the eve of the next term.

    Rule A6. A term that starts on 29 February ends a year later on the 27th, since the
    next one starts on the 28th.

    >>> term_end(date(2017, 3, 10), 12)
    datetime.date(2018, 3, 9)
    >>> term_end(date(2016, 2, 29), 12)
    datetime.date(2017, 2, 27)
    """
    if months < 1:
        raise ValueError("a term has at least 1 month")
    return add_months(start, months) - ONE_DAY


def qualification_window(kind: str, on: date, term_start: date | None = None) -> Window:
    """Return the days whose points and revenue count for the tier on the day `on`.

    Rule A2. 'calendar' is from 1 January to `on`; 'rolling' the 12 months that end on
    `on`; 'membership' from the term's start to `on`, rolling while no term has started.

    >>> qualification_window("rolling", date(2017, 3, 9))
    Window(start=datetime.date(2016, 3, 10), end=datetime.date(2017, 3, 9))
    """
    _check_known(kind, WINDOWS)
    if kind == WINDOW_CALENDAR:
        return Window(date(on.year, 1, 1), on)
    if kind == WINDOW_MEMBERSHIP and term_start and term_start <= on:
        return Window(term_start, on)
    return _year_ending(on)


def full_window(
    kind: str, on: date, term_start: date | None = None, term_months: int = YEAR_MONTHS
) -> Window:
    """Return the whole period of which the qualification window is the start.

    'calendar' is the calendar year, 'membership' the term of `term_months`. A rolling
    window is always whole. In the days of grace, after the term, the period ends on
    `on`.

    >>> full_window("membership", date(2017, 6, 30), date(2017, 3, 10))
    Window(start=datetime.date(2017, 3, 10), end=datetime.date(2018, 3, 9))
    """
    so_far = qualification_window(kind, on, term_start)
    if kind == WINDOW_CALENDAR:
        return Window(so_far.start, date(on.year, 12, 31))
    if kind == WINDOW_MEMBERSHIP and term_start and term_start <= on:
        return Window(term_start, max(on, term_end(term_start, term_months)))
    return so_far


def requalification_window(kind: str, term_end: date) -> Window:
    """Return the days on which a membership that ends on `term_end` is assessed again.

    Rule A6. 'complete' is the last calendar year that is over when that day is (a term
    that ends on 31 December takes that very year); 'rolling' the 12 months that end on
    that day.

    >>> requalification_window("complete", date(2018, 12, 30))
    Window(start=datetime.date(2017, 1, 1), end=datetime.date(2017, 12, 31))
    >>> requalification_window("complete", date(2018, 12, 31))
    Window(start=datetime.date(2018, 1, 1), end=datetime.date(2018, 12, 31))
    """
    _check_known(kind, REQUALIFICATIONS)
    if kind == REQUALIFICATION_ROLLING:
        return _year_ending(term_end)
    year = (term_end + ONE_DAY).year - 1
    return Window(date(year, 1, 1), date(year, 12, 31))


def correction_window(month: date, months: int, first: date | None = None) -> Window:
    """Return the last `months` full months, `month` included, still to be corrected.

    Rule B9. It never starts before `first`, the program's first day: one that is not
    the first of a month moves to the next. A month before the program's first is a
    ValueError.

    >>> correction_window(date(2017, 3, 1), 12, date(2017, 1, 1))
    Window(start=datetime.date(2017, 1, 1), end=datetime.date(2017, 3, 31))
    """
    if months < 1:
        raise ValueError("a correction window has at least 1 month")
    start = add_months(month_start(month), 1 - months)
    if first is not None:
        start = max(start, first if first.day == 1 else month_end(first) + ONE_DAY)
    if start > month:
        raise ValueError(f"{month:%Y-%m} is before the first month {start:%Y-%m}")
    return Window(start, month_end(month))


def run_rate(value: Decimal, window_so_far: Window, whole: Window) -> Decimal:
    """Return what `value` comes to at the end of `whole`, linearly by days.

    Same unit as `value`, two decimals, rounded down so that a projection never reaches
    a threshold by rounding (Rule B1). With no day left it is the value itself.

    >>> so_far = Window(date(2017, 1, 1), date(2017, 3, 14))
    >>> run_rate(Decimal(100), so_far, full_window("calendar", so_far.end))
    Decimal('500.00')
    """
    if window_so_far.days >= whole.days:
        return value
    return (value * whole.days / window_so_far.days).quantize(CENT, ROUND_FLOOR)


def _year_ending(day: date) -> Window:
    return Window(add_months(day + ONE_DAY, -YEAR_MONTHS), day)


def _check_known(kind: str, kinds: tuple[str, ...]) -> None:
    if kind not in kinds:
        raise ValueError(f"unknown window {kind!r}, expected one of {', '.join(kinds)}")
