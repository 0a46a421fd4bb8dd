"""Whether an activity cost too much, and who bears how much of it. Rules C5, C6."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

CENT = Decimal("0.01")
Number = Decimal | float | int


def exact(value: Number) -> Decimal:
    """Return the number that a float stands for.

    >>> exact(0.1)
    Decimal('0.1')
    """
    return Decimal(str(value))


def add_up(percents: Sequence[Number]) -> Decimal:
    """Return the sum of percentages of two decimals, without the dust of floats.

    >>> add_up([33.33, 33.33, 33.34])
    Decimal('100.00')
    """
    return sum((exact(percent) for percent in percents), Decimal()).quantize(CENT)


def get_limit(estimate: Number, share: Number) -> Decimal:
    """Return what an activity may cost without going back for signature.

    >>> get_limit(1_000, 10)
    Decimal('1100.00')
    """
    return (exact(estimate) * (100 + exact(share)) / 100).quantize(CENT)


def is_overspent(estimate: Number, actual: Number, share: Number) -> bool:
    """Tell whether costs go beyond the estimate by more than the share, in percent.

    >>> is_overspent(1_000, 1_100, 10)
    False
    >>> is_overspent(1_000, 1_100.01, 10)
    True
    """
    return exact(actual).quantize(CENT) > get_limit(estimate, share)


def split(total: Number, percents: Sequence[Number]) -> list[Decimal]:
    """Return the parts of an amount, to the cent; parts of 100 % add up to it.

    The cents that rounding down leaves over go one by one to whoever lost most by it,
    and among equals to who comes first.

    >>> split(100, [33.33, 33.33, 33.34])
    [Decimal('33.33'), Decimal('33.33'), Decimal('33.34')]
    >>> split(0.05, [50, 50])
    [Decimal('0.03'), Decimal('0.02')]
    >>> split(-0.05, [50, 50])
    [Decimal('-0.03'), Decimal('-0.02')]
    >>> split(10, [50])
    [Decimal('5.00')]
    """
    amount = exact(total).quantize(CENT)
    wanted = [abs(amount) * exact(percent) / 100 for percent in percents]
    parts = [part.quantize(CENT, ROUND_DOWN) for part in wanted]
    left = sum(wanted, Decimal()).quantize(CENT) - sum(parts, Decimal())
    by_loss = sorted(range(len(parts)), key=lambda i: (parts[i] - wanted[i], i))
    for index in by_loss[: int(left / CENT)]:
        parts[index] += CENT
    return [part.copy_sign(amount) for part in parts]
