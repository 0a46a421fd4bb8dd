"""A decision's evidence, read back: what its figures and rules come to.

Evidence is what `Assessed.evidence` keeps with each decision (Rule A10): codes, and
figures as text. Whoever reads it later gets the same answer as on that day, whatever
the program says by now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from .tier_rules import (
    Bar,
    Group,
    Measures,
    Tier,
    earned_tier,
    lifted,
    make_group,
    with_floor,
)


@dataclass(frozen=True, slots=True)
class Decided:
    """Codes of what figures and rules come to: by thresholds and bars, with the
    automatic membership, and with the class's floor. None: no tier.
    """

    earned: str | None
    reached: str | None
    result: str | None


def decide(evidence: Mapping[str, Any]) -> Decided:
    """Return what the evidence comes to. Rules A2 to A4, A7, A10.

    Evidence that can't be read, of tiers that don't rise or a floor that is none of
    them, is a ValueError.

    >>> said = {
    ...     "measure": "points",
    ...     "points": "60000.00",
    ...     "thresholds": [["vip", "50000", "0"], ["gold", "150000", "0"]],
    ...     "floor": "gold",
    ... }
    >>> decide(said)
    Decided(earned='vip', reached='vip', result='gold')
    """
    try:
        group = _read_group(evidence)
        measures = _read_measures(evidence)
        floor = evidence.get("floor")
        tier = (
            next(tier for tier in group.tiers if tier.code == floor) if floor else None
        )
    except (
        StopIteration,
        TypeError,
        KeyError,
        AttributeError,
        InvalidOperation,
    ) as fault:
        raise ValueError(f"evidence can't be read: {fault!r}") from fault
    earned = earned_tier(group, measures)
    reached = lifted(group, earned, measures, None)
    result = with_floor(group, reached, tier)
    return Decided(*(found and found.code for found in (earned, reached, result)))


def _read_group(evidence: Mapping[str, Any]) -> Group:
    bars: dict[str, list[Bar]] = {}
    for code, indicator, bound, at_most in evidence.get("bars") or ():
        bars.setdefault(code, []).append(Bar(indicator, Decimal(bound), at_most))
    tiers = [
        Tier(
            rank,
            code,
            rank,
            Decimal(points),
            Decimal(revenue),
            tuple(bars.get(code, ())),
        )
        for rank, (code, points, revenue) in enumerate(evidence["thresholds"])
    ]
    automatic = Decimal(evidence.get("automatic_revenue") or 0)
    return make_group(0, "then", evidence["measure"], tiers, automatic or None)


def _read_measures(evidence: Mapping[str, Any]) -> Measures:
    return Measures(
        Decimal(evidence.get("points", 0)),
        Decimal(evidence.get("revenue", 0)),
        {
            code: Decimal(value)
            for code, value in (evidence.get("indicators") or {}).items()
        },
    )
