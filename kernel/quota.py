"""What is left of a benefit: a tier's times per year against what was booked and used.

Rules C9, D12. A benefit is owed per account and calendar year, by the tier that the
account holds on the day of the service.
"""

from collections.abc import Iterable
from typing import NamedTuple


class Quota(NamedTuple):
    """How often in a year; 0 is never, unless there is no limit."""

    times: int = 0
    is_unlimited: bool = False

    @property
    def is_entitled(self) -> bool:
        return self.is_unlimited or self.times > 0


NONE = Quota()


class Counted(NamedTuple):
    """What counts against the year: still to come, and over."""

    booked: int = 0
    used: int = 0

    @property
    def total(self) -> int:
        return self.booked + self.used


def best(quotas: Iterable[Quota]) -> Quota:
    """Return the most generous quota: who holds two tiers is owed the better one.

    >>> best([Quota(2), Quota(4)])
    Quota(times=4, is_unlimited=False)
    >>> best([Quota(9), Quota(0, True)])
    Quota(times=0, is_unlimited=True)
    >>> best([]).is_entitled
    False
    """
    return max(quotas, key=lambda q: (q.is_unlimited, q.times), default=NONE)


def left(quota: Quota, counted: int) -> int | None:
    """Return how often it can still be booked; None without limit.

    After an upgrade the higher number holds for the whole year, less what was used
    before; after a downgrade nothing is owed back, and never less than nothing is left.

    >>> left(Quota(4), 3), left(Quota(4), 4), left(Quota(2), 3)
    (1, 0, 0)
    >>> left(Quota(0, True), 99) is None
    True
    """
    return None if quota.is_unlimited else max(0, quota.times - counted)


def is_enough(quota: Quota, counted: int) -> bool:
    """Tell whether one more may be booked.

    >>> is_enough(Quota(2), 1), is_enough(Quota(2), 2), is_enough(Quota(), 0)
    (True, False, False)
    """
    there = left(quota, counted)
    return there is None or there > 0


def is_late(hours_before: float, notice_hours: int) -> bool:
    """Tell whether a booking is cancelled too late: with less notice than asked for.

    :param hours_before: from now to the service; below 0 once it began
    :param notice_hours: 0 asks for none but that it hasn't begun

    >>> is_late(24, 24), is_late(23.9, 24), is_late(1, 0), is_late(-1, 0)
    (False, True, False, True)
    """
    return hours_before < notice_hours


def counts_after_cancelling(late: bool, late_counts: bool) -> bool:
    """Tell whether a cancelled booking counts as used: only a late one may.

    >>> [counts_after_cancelling(*case) for case in ((0, 0), (0, 1), (1, 0), (1, 1))]
    [False, False, False, True]
    """
    return bool(late and late_counts)
