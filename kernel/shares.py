"""Splitting an amount by percent so that the parts come to the whole. Rule C6."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
HUNDRED = Decimal(100)


def is_whole(percents: Sequence[Decimal]) -> bool:
    """Tell whether percents are a split: none below 0, together exactly 100.

    >>> is_whole([Decimal("33.33"), Decimal("66.67")])
    True
    >>> is_whole([Decimal("33.33"), Decimal("66.66")])
    False
    >>> is_whole([Decimal(110), Decimal(-10)])
    False
    """
    return all(percent >= 0 for percent in percents) and sum(percents) == HUNDRED


def split_amount(total: Decimal, percents: Sequence[Decimal]) -> list[Decimal]:
    """Return the part of each percent, to the cent; together they are the total.

    Each part is within a cent of its exact share. The cents that rounding down leaves
    over go to the largest remainders, of equal ones to the first. A credit is split as
    its opposite is.

    :param total: rounded to the cent first, half away from zero
    :raises ValueError: when the percents aren't a split, see `is_whole`

    >>> split_amount(Decimal("100.00"), [Decimal("33.33")] * 2 + [Decimal("33.34")])
    [Decimal('33.33'), Decimal('33.33'), Decimal('33.34')]
    >>> split_amount(Decimal("0.05"), [Decimal(50), Decimal(50)])
    [Decimal('0.03'), Decimal('0.02')]
    >>> split_amount(Decimal("-0.05"), [Decimal(50), Decimal(50)])
    [Decimal('-0.03'), Decimal('-0.02')]
    """
    if not is_whole(percents):
        raise ValueError("the percents of a split are 0 or more and come to 100")
    total = total.quantize(CENT, ROUND_HALF_UP)
    whole = abs(total)
    exact = [whole * percent / HUNDRED for percent in percents]
    parts = [share.quantize(CENT, ROUND_DOWN) for share in exact]
    left = int((whole - sum(parts)) / CENT)
    by_remainder = sorted(
        range(len(parts)), key=lambda at: exact[at] - parts[at], reverse=True
    )
    for at in by_remainder[:left]:
        parts[at] += CENT
    return [-part if total < 0 and part else part for part in parts]
