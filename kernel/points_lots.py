"""Points by the day on which they end: which are spent, which come back.

A lot is what an account has of points that end on one day; a lot without a day never
ends. Sums come from the ledger: what earns, redeems, is held or is given back names its
lot, what expires or is taken by hand names none. Rules B7, B13.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)
NEVER = date.max


class Lot(NamedTuple):
    """Points that end on one day; None: never."""

    until: date | None
    points: Decimal

    @property
    def end(self) -> date:
        return self.until or NEVER


class Balance(NamedTuple):
    """What became of an account's points by a day. Rule B7.

    `earned` has all that isn't a redemption or an expiry: corrections and what was
    given or taken by hand, too. `expired` has what has outlived its last day even if no
    run has taken it off yet.

    >>> Balance(Decimal(100), Decimal(30), Decimal(20), Decimal(10)).available
    Decimal('40')
    """

    earned: Decimal = ZERO
    spent: Decimal = ZERO
    expired: Decimal = ZERO
    reserved: Decimal = ZERO

    @property
    def unspent(self) -> Decimal:
        """Points that are neither spent nor expired, reserved ones with them."""
        return self.earned - self.spent - self.expired

    @property
    def available(self) -> Decimal:
        """Points that can be spent; below zero: a debt."""
        return self.unspent - self.reserved


def remaining(sums: Iterable[tuple[date | None, Decimal]]) -> list[Lot]:
    """Return what is left of each lot, the oldest first.

    What names no lot, and what a lot lacks (after a credit note, say), is taken from
    the oldest. Together the lots are the balance, or nothing where that is a debt.

    >>> jan, feb = date(2026, 1, 31), date(2026, 2, 28)
    >>> remaining([(feb, Decimal(50)), (jan, Decimal(100)), (None, Decimal(-130))])
    [Lot(until=datetime.date(2026, 2, 28), points=Decimal('20'))]
    >>> remaining([(jan, Decimal(100)), (feb, Decimal(-30)), (feb, Decimal(10))])
    [Lot(until=datetime.date(2026, 1, 31), points=Decimal('80'))]
    """
    net: dict[date | None, Decimal] = {}
    for until, points in sums:
        net[until] = net.get(until, ZERO) + points
    lots = sorted(
        (Lot(until, points) for until, points in net.items() if points > 0),
        key=lambda lot: lot.end,
    )
    lacking = -sum((points for points in net.values() if points < 0), ZERO)
    left = []
    for lot in lots:
        rest = max(ZERO, lot.points - lacking)
        lacking = max(ZERO, lacking - lot.points)
        if rest:
            left.append(Lot(lot.until, rest))
    return left


def ended(lots: Iterable[Lot], end: date) -> Decimal:
    """Return the points whose last day is `end` or earlier.

    >>> lots = [Lot(date(2026, 1, 31), Decimal(20)), Lot(None, Decimal(5))]
    >>> ended(lots, date(2026, 1, 30)), ended(lots, date(2026, 1, 31))
    (Decimal('0'), Decimal('20'))
    """
    return sum((lot.points for lot in lots if lot.end <= end), ZERO)


def balance(posted: Balance, lots: Iterable[Lot], on: date) -> Balance:
    """Return a balance in which what has outlived its last day on a day has expired.

    :param posted: the balance as the ledger and the reservations have it
    :param lots: what is neither spent nor reserved, see `remaining`

    >>> lots = [Lot(date(2026, 1, 31), Decimal(20)), Lot(None, Decimal(5))]
    >>> found = balance(Balance(earned=Decimal(25)), lots, date(2026, 2, 1))
    >>> found.expired, found.available
    (Decimal('20'), Decimal('5'))
    """
    outlived = sum((lot.points for lot in lots if lot.end < on), ZERO)
    return posted._replace(expired=posted.expired + outlived)


def spendable(lots: Iterable[Lot], on: date) -> list[Lot]:
    """Return the lots that can be spent on a day: their last day isn't over.

    >>> lots = [Lot(date(2026, 1, 31), Decimal(20))]
    >>> len(spendable(lots, date(2026, 1, 31))), len(spendable(lots, date(2026, 2, 1)))
    (1, 0)
    """
    return [lot for lot in lots if lot.end >= on]


def total(lots: Iterable[Lot]) -> Decimal:
    """Return the points of all lots."""
    return sum((lot.points for lot in lots), ZERO)


def take(lots: Iterable[Lot], points: Decimal) -> list[Lot]:
    """Return the slices that make up `points`, the oldest first.

    >>> jan, feb = date(2026, 1, 31), date(2026, 2, 28)
    >>> [str(lot.points) for lot in take([Lot(feb, Decimal(9)), Lot(jan, Decimal(2))],
    ...                                  Decimal(5))]
    ['2', '3']
    """
    if points <= 0:
        raise ValueError("only more than nothing can be taken")
    return _slice(sorted(lots, key=lambda lot: lot.end), points)


def give_back(taken: Iterable[Lot], before: Decimal, points: Decimal) -> list[Lot]:
    """Return the slices of `taken` that a return gives back, each to its old lot.

    What was taken last comes back first, as if less had been taken in the first place.

    :param before: points of it that came back earlier

    >>> jan, feb = date(2026, 1, 31), date(2026, 2, 28)
    >>> taken = [Lot(jan, Decimal(2)), Lot(feb, Decimal(3))]
    >>> give_back(taken, Decimal(1), Decimal(3)) == [Lot(feb, Decimal(2)),
    ...                                              Lot(jan, Decimal(1))]
    True
    """
    if points <= 0 or before < 0:
        raise ValueError("only more than nothing can be given back")
    latest = sorted(taken, key=lambda lot: lot.end, reverse=True)
    done = {lot.until: lot.points for lot in _slice(latest, before)} if before else {}
    rest = [Lot(lot.until, lot.points - done.get(lot.until, ZERO)) for lot in latest]
    return _slice(rest, points)


def _slice(lots: Iterable[Lot], points: Decimal) -> list[Lot]:
    """Return lots from the first on that make up `points`."""
    found = []
    for lot in lots:
        part = min(lot.points, points)
        if part > 0:
            found.append(Lot(lot.until, part))
            points -= part
    if points:
        raise ValueError(f"{points} points more than there are")
    return found
