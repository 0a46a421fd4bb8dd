"""When whoever got in touch is to be answered, counted in working hours. Rule D16."""

from datetime import datetime, time, timedelta
from typing import Protocol


class Calendar(Protocol):
    """What is asked of a calendar, such as `working_days.WorkingDays`."""

    def get_deadline(self, day, count): ...


def get_answer_due(
    received: datetime,
    hours: float,
    calendar: Calendar,
    opens: float,
    closes: float,
) -> datetime:
    """Return the moment at which ``hours`` of work have passed since ``received``.

    Work is done on working days from ``opens`` to ``closes``, hours of the day such as
    17.5; what comes in outside of them counts from the next opening on. All moments
    are those of one clock.

    >>> from datetime import date
    >>> from kernel.working_days import WorkingDays
    >>> days = WorkingDays(2026, 2026, [date(2026, 4, 10), date(2026, 4, 13)])
    >>> get_answer_due(datetime(2026, 4, 10, 10), 4, days, 9, 17.5)
    datetime.datetime(2026, 4, 10, 14, 0)
    >>> get_answer_due(datetime(2026, 4, 10, 16, 30), 4, days, 9, 17.5)
    datetime.datetime(2026, 4, 13, 12, 0)
    >>> get_answer_due(datetime(2026, 4, 11, 3), 1, days, 9, 17.5)
    datetime.datetime(2026, 4, 13, 10, 0)
    """
    day = calendar.get_deadline(received.date(), 0)
    begin = _at(day, opens)
    if day == received.date():
        begin = max(begin, received)
    left = timedelta(hours=hours)
    while True:
        end = _at(day, closes)
        open_for = max(end - begin, timedelta())
        if left <= open_for:
            return begin + left
        left -= open_for
        day = calendar.get_deadline(day, 1)
        begin = _at(day, opens)


def _at(day, hour):
    return datetime.combine(day, time()) + timedelta(hours=hour)
