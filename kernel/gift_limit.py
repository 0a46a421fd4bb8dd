"""What may still be given to an account in a year. Rule D17.

An account class may limit what its accounts are given in a calendar year; none at all
is a limit of 0. Amounts are exact, in the company's currency.
"""

from collections.abc import Iterable
from decimal import Decimal


def get_strictest(limits: Iterable[Decimal | None]) -> Decimal | None:
    """Return the lowest limit: who is of two classes is held to the stricter one.

    :param limits: of each class; None: that class has none

    >>> get_strictest([Decimal(500), None, Decimal(200)])
    Decimal('200')
    >>> get_strictest([None]) is get_strictest([]) is None
    True
    >>> get_strictest([Decimal(500), Decimal(0)])
    Decimal('0')
    """
    return min((limit for limit in limits if limit is not None), default=None)


def get_left(limit: Decimal | None, counted: Decimal) -> Decimal | None:
    """Return what may still be given, never below 0; None without limit.

    More may have been given than the limit says: before the class began, or before
    the limit was lowered.

    >>> get_left(Decimal(500), Decimal("120.50"))
    Decimal('379.50')
    >>> get_left(Decimal(0), Decimal(300))
    Decimal('0')
    >>> get_left(None, Decimal(300)) is None
    True
    """
    return None if limit is None else max(Decimal(0), limit - counted)


def is_enough(limit: Decimal | None, counted: Decimal, value: Decimal) -> bool:
    """Tell whether one more gift may be given beside what counts already.

    >>> is_enough(Decimal(500), Decimal(300), Decimal(200))
    True
    >>> is_enough(Decimal(500), Decimal(300), Decimal("200.01"))
    False
    >>> is_enough(Decimal(0), Decimal(0), Decimal("0.01")), is_enough(None, 0, 9)
    (False, True)
    """
    left = get_left(limit, counted)
    return left is None or value <= left
