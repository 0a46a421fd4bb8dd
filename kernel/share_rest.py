"""What is left of a hundred per cent once everybody has his share. Rule B11."""

from collections.abc import Iterable
from decimal import Decimal

WHOLE = Decimal(100)


def get_rest(percentages: Iterable[float]) -> Decimal:
    """Return what the percentages, of two decimals each, lack of exactly 100.

    Floats leave dust, so each is read as it was written.

    >>> get_rest([60.0, 40.0]) == 0, get_rest([33.33, 33.33, 33.34]) == 0
    (True, True)
    >>> get_rest([59.99, 40.0]), get_rest([60.01, 40.0]), get_rest([])
    (Decimal('0.01'), Decimal('-0.01'), Decimal('100'))
    """
    return WHOLE - sum(Decimal(f"{each:.2f}") for each in percentages)
