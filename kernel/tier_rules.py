"""Which tier an account is in, and what is missing for the next one.

Points are club points, revenue is recognised revenue in company currency (not 万元).
Both are exact decimals and are compared as they are, never rounded first (Rule B1).
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from .tier_model import (
    AT_MOST_INDICATORS,
    MEASURE_HIGHER,
    MEASURE_LOWER,
    MEASURE_POINTS,
    MEASURE_REVENUE,
    MEASURES,
    OUTCOME_DOWNGRADED,
    OUTCOME_LAPSED,
    OUTCOME_RENEWED,
    OUTCOME_UPGRADED,
    OUTCOMES,
    POINTS_MEASURES,
    POLICIES,
    POLICY_EARNED,
    POLICY_ONE_STEP,
    REVENUE_MEASURES,
    ZERO,
    Bar,
    Gap,
    Group,
    Measures,
    Requalified,
    Tier,
    TierOrderError,
    make_group,
)
from .tier_score import score

__all__ = [
    "AT_MOST_INDICATORS",
    "MEASURES",
    "MEASURE_HIGHER",
    "MEASURE_LOWER",
    "MEASURE_POINTS",
    "MEASURE_REVENUE",
    "OUTCOMES",
    "OUTCOME_DOWNGRADED",
    "OUTCOME_LAPSED",
    "OUTCOME_RENEWED",
    "OUTCOME_UPGRADED",
    "POLICIES",
    "POLICY_EARNED",
    "POLICY_ONE_STEP",
    "Bar",
    "Gap",
    "Group",
    "Measures",
    "Requalified",
    "Tier",
    "TierOrderError",
    "earned_tier",
    "is_upgrade",
    "lifted",
    "make_group",
    "missing_to_next",
    "outcome_of",
    "requalify",
    "resulting_tier",
    "score",
    "with_floor",
]


def earned_tier(group: Group, measures: Measures) -> Tier | None:
    """Return the best tier whose thresholds and bars are all met, or None.

    Rule A2, A3. The bound belongs to the higher tier.
    Rule A7. A tier whose bar fails is not earned and the next lower one is tried; an
    unknown indicator fails a bar that asks for at least something and passes one that
    asks for at most. With measure 'higher' one threshold of the tier is enough, with
    'lower' both are needed.

    >>> vip = Tier(1, "vip", 1, Decimal(50000), ZERO)
    >>> two_categories = Bar("categories", Decimal(2))
    >>> gold = Tier(2, "gold", 2, Decimal(150000), ZERO, (two_categories,))
    >>> group = make_group(1, "membership", "points", [vip, gold])
    >>> earned_tier(group, Measures(Decimal("49999.99"), ZERO)) is None
    True
    >>> indicators = {"categories": Decimal(2)}
    >>> earned_tier(group, Measures(Decimal(150000), ZERO, indicators)).code
    'gold'
    >>> earned_tier(group, Measures(Decimal(150000), ZERO)).code
    'vip'
    """
    for tier in reversed(group.tiers):
        if _is_reached(group, tier, measures) and not _unmet_bars(tier, measures):
            return tier
    return None


def with_floor(group: Group, earned: Tier | None, floor: Tier | None) -> Tier | None:
    """Return the higher of both by rank.

    Rule A4. A floor of another group is a ValueError.
    """
    if floor is None:
        return earned
    if all(tier.id != floor.id for tier in group.tiers):
        raise ValueError(f"floor {floor.code} is not a tier of group {group.code}")
    return floor if earned is None or floor.rank > earned.rank else earned


def resulting_tier(
    group: Group, measures: Measures, floor: Tier | None = None
) -> Tier | None:
    """Return the tier that counts: earned, automatic, or the class's floor.

    Rule A4. A floor and the automatic revenue only lift; neither asks for points or
    bars.

    >>> vip = Tier(1, "vip", 1, Decimal(50000), ZERO)
    >>> gold = Tier(2, "gold", 2, Decimal(150000), ZERO)
    >>> group = make_group(1, "membership", "points", [vip, gold], Decimal(100000))
    >>> resulting_tier(group, Measures(ZERO, Decimal(100000))).code
    'vip'
    >>> resulting_tier(group, Measures(ZERO, ZERO), floor=gold).code
    'gold'
    """
    return lifted(group, earned_tier(group, measures), measures, floor)


def lifted(
    group: Group, earned: Tier | None, measures: Measures, floor: Tier | None
) -> Tier | None:
    """Return the resulting tier when the earned one is known. Rule A4."""
    automatic = group.automatic_revenue
    if group.tiers and automatic is not None and measures.revenue >= automatic:
        earned = with_floor(group, earned, group.tiers[0])
    return with_floor(group, earned, floor)


def requalify(
    group: Group, current: Tier, target: Tier | None, policy: str
) -> Requalified:
    """Return what becomes of `current` at its term's end.

    Rule A6. `target` is the resulting tier of the assessment. With policy 'earned' the
    account gets it; with 'one_step' a fall goes down exactly one tier, and lapses only
    from the lowest. A current tier that the group no longer has is placed by its rank.

    >>> vip = Tier(1, "vip", 1, Decimal(50000), ZERO)
    >>> gold = Tier(2, "gold", 2, Decimal(150000), ZERO)
    >>> group = make_group(1, "membership", "points", [vip, gold])
    >>> requalify(group, gold, None, "earned").outcome
    'lapsed'
    >>> fallen = requalify(group, gold, None, "one_step")
    >>> fallen.tier.code, fallen.outcome
    ('vip', 'downgraded')
    """
    if policy not in POLICIES:
        raise ValueError(f"unknown downgrade policy {policy!r}")
    if policy == POLICY_ONE_STEP and (target is None or target.rank < current.rank):
        target = _first(reversed(group.tiers), lambda tier: tier.rank < current.rank)
    return Requalified(target, outcome_of(current.rank, target and target.rank))


def outcome_of(current: int, decided: int | None) -> str:
    """Return what a term's end comes to, from the ranks of both tiers; None: no tier.

    Rule A6.

    >>> outcome_of(2, 2), outcome_of(2, 3), outcome_of(2, 1), outcome_of(2, None)
    ('renewed', 'upgraded', 'downgraded', 'lapsed')
    """
    if decided is None:
        return OUTCOME_LAPSED
    if decided == current:
        return OUTCOME_RENEWED
    return OUTCOME_UPGRADED if decided > current else OUTCOME_DOWNGRADED


def is_upgrade(current: Tier | None, target: Tier | None) -> bool:
    """Return whether the target takes effect at once (Rule A5): entry or upgrade."""
    return target is not None and (current is None or target.rank > current.rank)


def missing_to_next(
    group: Group, current: Tier | None, measures: Measures
) -> Gap | None:
    """Return what is missing to the next tier above `current`, or None at the top.

    From no tier at all the next is the lowest. With measure 'higher' closing either of
    the two figures is enough (so both are 0 as soon as one is reached); with 'lower'
    both must be closed. The automatic revenue of Rule A4 is no threshold of a tier and
    is left out.

    >>> vip = Tier(1, "vip", 1, Decimal(50000), ZERO)
    >>> group = make_group(1, "membership", "points", [vip])
    >>> missing_to_next(group, None, Measures(Decimal("49999.50"), ZERO)).points
    Decimal('0.50')
    >>> missing_to_next(group, vip, Measures(ZERO, ZERO)) is None
    True
    """
    tier = _first(group.tiers, lambda tier: current is None or tier.rank > current.rank)
    if tier is None:
        return None
    points = revenue = ZERO
    if not _is_reached(group, tier, measures):
        if group.measure in POINTS_MEASURES:
            points = max(ZERO, tier.points_from - measures.points)
        if group.measure in REVENUE_MEASURES:
            revenue = max(ZERO, tier.revenue_from - measures.revenue)
    return Gap(tier, points, revenue, _unmet_bars(tier, measures))


def _is_reached(group: Group, tier: Tier, measures: Measures) -> bool:
    by_points = measures.points >= tier.points_from
    by_revenue = measures.revenue >= tier.revenue_from
    if group.measure == MEASURE_POINTS:
        return by_points
    if group.measure == MEASURE_REVENUE:
        return by_revenue
    if group.measure == MEASURE_HIGHER:
        return by_points or by_revenue
    return by_points and by_revenue


def _unmet_bars(tier: Tier, measures: Measures) -> tuple[Bar, ...]:
    return tuple(bar for bar in tier.bars if not _is_met(bar, measures.indicators))


def _is_met(bar: Bar, indicators: Mapping[str, Decimal]) -> bool:
    value = indicators.get(bar.indicator)
    if bar.at_most:
        return value is None or value <= bar.bound
    return value is not None and value >= bar.bound


def _first(tiers: Iterable[Tier], accept: Callable[[Tier], bool]) -> Tier | None:
    return next(filter(accept, tiers), None)
