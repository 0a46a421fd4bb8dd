"""What the ledger must come to, worked out a second time without database or Odoo."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .plan import Plan
from .statements import CENT
from .world import World


class Totals(NamedTuple):
    """What the posted entries of a plan's accounts add up to."""

    entries: int
    revenue: Decimal
    points: Decimal


def expected_totals(plan: Plan) -> Totals:
    """Return what is to be posted. Rule B1.

    Points are rounded for each account, month and category, half away from zero; what
    comes to no revenue makes no entry.
    """
    worth = {key: amount for key, amount in plan.revenue.items() if amount}
    points = (
        (amount * plan.rates[key.category]).quantize(CENT, ROUND_HALF_UP)
        for key, amount in worth.items()
    )
    return Totals(
        len(worth), sum(worth.values(), Decimal("0.00")), sum(points, CENT * 0)
    )


def expected_arrivals(world: World) -> Totals:
    """Return what is to be posted where some of it came later. Rules B1, B9.

    A run posts the difference to what is posted already: an entry for each month in
    which something of an account's month and category arrived.
    """
    entries = 0
    revenue, points = Decimal("0.00"), CENT * 0
    for key, amounts in world.arrivals().items():
        total, was = Decimal(0), CENT * 0
        for amount in amounts:
            total += amount
            now = (total * world.plan.rates[key.category]).quantize(CENT, ROUND_HALF_UP)
            if amount or now != was:
                entries += 1
            revenue, points, was = revenue + amount, points + now - was, now
    return Totals(entries, revenue, points)


def differences(expected: Totals, posted: Totals) -> list[str]:
    """Return a sentence for each figure in which the ledger differs.

    >>> differences(Totals(1, CENT, CENT), Totals(2, CENT, CENT))
    ['entries: 2 posted, 1 expected']
    """
    return [
        f"{name}: {got} posted, {wanted} expected"
        for name, wanted, got in zip(Totals._fields, expected, posted, strict=True)
        if wanted != got
    ]
