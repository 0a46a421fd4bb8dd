"""The score that ranks accounts inside their tier (分等)."""

from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_UP, Decimal

from .tier_model import AT_MOST_INDICATORS, ZERO, Measures

HUNDRED = Decimal(100)
CENT = Decimal("0.01")


def score(
    weights: Mapping[str, tuple[Decimal, Decimal]],
    measures: Measures,
    at_most: Collection[str] = AT_MOST_INDICATORS,
) -> Decimal:
    """Return the weighted score that ranks accounts in a tier: 0 to 100, two decimals.

    Rule A7. `weights` maps an indicator to (weight, full mark): 0 earns nothing, the
    full mark and more earn 100. Indicators in `at_most` count reversed: 0 earns 100,
    the full mark nothing. An unknown indicator counts as 0. Weights may have any sum;
    no weight at all scores 0. A negative weight, or a full mark that is not above 0, is
    a ValueError.

    >>> growth, overdue = (Decimal(3), Decimal(8)), (Decimal(1), Decimal(90))
    >>> reached = {"growth": Decimal(4), "overdue_days": Decimal(60)}
    >>> facts = Measures(ZERO, ZERO, reached)
    >>> score({"growth": growth, "overdue_days": overdue}, facts)
    Decimal('45.83')
    """
    total = earned = ZERO
    for indicator, (weight, full_mark) in weights.items():
        if weight < 0:
            raise ValueError(f"weight of {indicator} is negative")
        if weight == 0:
            continue
        if full_mark <= 0:
            raise ValueError(f"full mark of {indicator} must be above 0")
        value = min(max(measures.indicators.get(indicator, ZERO), ZERO), full_mark)
        total += weight
        mark = full_mark - value if indicator in at_most else value
        earned += weight * mark / full_mark
    if not total:
        return ZERO
    return (HUNDRED * earned / total).quantize(CENT, ROUND_HALF_UP)
