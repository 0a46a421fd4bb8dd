"""Tiers and their groups as the rules see them, and the words that the rules use.

Import them from `tier_rules`, which shows them all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

MEASURE_POINTS = "points"
MEASURE_REVENUE = "revenue"
MEASURE_HIGHER = "higher"
MEASURE_LOWER = "lower"
MEASURES = (MEASURE_POINTS, MEASURE_REVENUE, MEASURE_HIGHER, MEASURE_LOWER)
POINTS_MEASURES = (MEASURE_POINTS, MEASURE_HIGHER, MEASURE_LOWER)
REVENUE_MEASURES = (MEASURE_REVENUE, MEASURE_HIGHER, MEASURE_LOWER)

POLICY_EARNED = "earned"
POLICY_ONE_STEP = "one_step"
POLICIES = (POLICY_EARNED, POLICY_ONE_STEP)

OUTCOME_RENEWED = "renewed"
OUTCOME_UPGRADED = "upgraded"
OUTCOME_DOWNGRADED = "downgraded"
OUTCOME_LAPSED = "lapsed"
OUTCOMES = (OUTCOME_RENEWED, OUTCOME_UPGRADED, OUTCOME_DOWNGRADED, OUTCOME_LAPSED)

AT_MOST_INDICATORS = ("overdue_days",)

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Bar:
    """A further condition of a tier: an indicator at least, or at most, a bound.

    Rule A7.
    """

    indicator: str
    bound: Decimal
    at_most: bool = False


@dataclass(frozen=True, slots=True)
class Tier:
    """One level of a group: higher `rank`, better tier. Thresholds are inclusive."""

    id: int
    code: str
    rank: int
    points_from: Decimal
    revenue_from: Decimal
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Tiers in ascending rank and their measure; build it with `make_group`.

    `automatic_revenue`: from this revenue an account is at least in the lowest tier,
    without points, agreement or bars (Rule A4); None switches that off.
    """

    id: int
    code: str
    measure: str
    tiers: tuple[Tier, ...]
    automatic_revenue: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Measures:
    """What an account reached in the window; an absent indicator is unknown."""

    points: Decimal
    revenue: Decimal
    indicators: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Requalified:
    """The tier after a term's end, or None, and one of `OUTCOMES`."""

    tier: Tier | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing to `tier`: 0 where reached or not measured; bars not met."""

    tier: Tier
    points: Decimal
    revenue: Decimal
    bars: tuple[Bar, ...]


class TierOrderError(ValueError):
    """Two tiers that follow each other without rising, `low` first."""

    def __init__(self, low: Tier, high: Tier, message: str) -> None:
        super().__init__(message)
        self.low = low
        self.high = high


def make_group(
    id: int,
    code: str,
    measure: str,
    tiers: Iterable[Tier],
    automatic_revenue: Decimal | None = None,
) -> Group:
    """Return the group with its tiers sorted by rank.

    Raise ValueError, naming both tiers, when two have the same rank or when a measure
    that the group uses does not rise from one tier to the next.

    >>> gold = Tier(2, "gold", 2, Decimal(150000), ZERO)
    >>> vip = Tier(1, "vip", 1, Decimal(50000), ZERO)
    >>> [tier.code for tier in make_group(1, "membership", "points", [gold, vip]).tiers]
    ['vip', 'gold']
    >>> make_group(1, "grade", "revenue", [gold, vip])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    kernel.tier_model.TierOrderError: revenue of tier gold (0) must be above ...
    """
    if measure not in MEASURES:
        raise ValueError(f"unknown measure {measure!r}")
    ranked = tuple(sorted(tiers, key=lambda tier: tier.rank))
    for low, high in pairwise(ranked):
        if low.rank == high.rank:
            raise TierOrderError(
                low,
                high,
                f"tiers {low.code} and {high.code} have the same rank {low.rank}",
            )
        if measure in POINTS_MEASURES:
            _check_rises("points", low, low.points_from, high, high.points_from)
        if measure in REVENUE_MEASURES:
            _check_rises("revenue", low, low.revenue_from, high, high.revenue_from)
    return Group(id, code, measure, ranked, automatic_revenue)


def _check_rises(
    what: str, low: Tier, low_bound: Decimal, high: Tier, bound: Decimal
) -> None:
    if bound <= low_bound:
        raise TierOrderError(
            low,
            high,
            f"{what} of tier {high.code} ({bound}) must be above "
            f"that of tier {low.code} ({low_bound})",
        )
