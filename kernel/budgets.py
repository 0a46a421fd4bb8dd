"""Whether more was spent on an account than was granted for it. Rule B8."""

from decimal import Decimal

CENT = Decimal("0.01")


def is_over(granted: float | None, spent: float) -> bool:
    """Tell whether what was spent is more than what was granted, to the cent.

    Where no signed sheet lists an account (None), there is nothing to go beyond.

    >>> is_over(100, 100), is_over(100, 100.01), is_over(0, 0.01), is_over(None, 5)
    (False, True, True, False)
    >>> is_over(0.3, 0.1 + 0.2)
    False
    """
    if granted is None:
        return False
    return _to_cents(spent) > _to_cents(granted)


def get_left(granted: float | None, spent: float) -> float:
    """Return what is left, below zero where it is over; 0 where nothing was granted.

    >>> get_left(100, 30.1), get_left(100, 130), get_left(None, 5)
    (69.9, -30.0, 0.0)
    """
    if granted is None:
        return 0.0
    return float(_to_cents(granted) - _to_cents(spent))


def _to_cents(amount):
    return Decimal(str(amount)).quantize(CENT)
