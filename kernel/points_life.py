"""How long points live.

Amounts are points; a date is the last day on which they can be spent.
"""

from calendar import monthrange
from datetime import date
from decimal import Decimal

from .windows import add_months, month_end, month_start

LIFE_MONTHS = "months"
LIFE_FIXED = "fixed"
LIVES = (LIFE_MONTHS, LIFE_FIXED)


def valid_until(
    earned_month: date,
    life: str,
    months: int,
    redemption_months: int,
    fixed_month: int = 12,
    fixed_day: int = 31,
) -> date:
    """Return the last day on which points earned in a month can be spent.

    Rule B7. `earned_month` is any day of the month; the day makes no difference.
    'months': the end of the month that is `months` + `redemption_months` after the
    month earned.
    'fixed': the first fixed date (`fixed_month`, `fixed_day`) on or after 31 December
    of the year of the month earned, and `redemption_months` later the same day; a fixed
    date at its month's end stays at the month's end, and a day that a month doesn't
    have is its last. `months` is not used.

    >>> valid_until(date(2017, 3, 1), "months", 12, 3)
    datetime.date(2018, 6, 30)
    >>> valid_until(date(2017, 3, 1), "fixed", 0, 3)
    datetime.date(2018, 3, 31)
    >>> valid_until(date(2017, 3, 1), "fixed", 0, 0, 6, 30)
    datetime.date(2018, 6, 30)
    """
    if life not in LIVES:
        raise ValueError(f"unknown life of points {life!r}")
    if months < 0 or redemption_months < 0:
        raise ValueError("months of life and redemption can't be negative")
    if life == LIFE_MONTHS:
        return month_end(
            add_months(month_start(earned_month), months + redemption_months)
        )
    if not (1 <= fixed_month <= 12 and 1 <= fixed_day <= 31):
        raise ValueError(f"no such fixed date: month {fixed_month}, day {fixed_day}")
    fixed = _fixed_date(earned_month.year, fixed_month, fixed_day)
    if fixed < date(earned_month.year, 12, 31):
        fixed = _fixed_date(earned_month.year + 1, fixed_month, fixed_day)
    later = add_months(fixed, redemption_months)
    return month_end(later) if fixed == month_end(fixed) else later


def unused(earned_before: Decimal, spent_ever: Decimal) -> Decimal:
    """Return the points that expire: earned before the cut-off and never used.

    Rule B7. Both are sums of positive figures, what expired before counts as spent; the
    oldest points are spent first, so whatever was ever spent is taken from
    `earned_before`.

    >>> unused(Decimal("120.50"), Decimal(100)), unused(Decimal(80), Decimal(100))
    (Decimal('20.50'), Decimal('0'))
    """
    return max(Decimal(0), earned_before - spent_ever)


def _fixed_date(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))
