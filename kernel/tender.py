"""Ranking the bids of a tender by the marks of its panel. Rule C6."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
BEST_MARK = Decimal(100)


@dataclass(frozen=True, slots=True)
class Bid:
    """What a supplier asks for, and what each member of the panel thinks of it.

    ``marks`` has for each member who has scored the bid 0 to 100 by criterion.
    """

    key: int
    amount: Decimal
    marks: tuple[Mapping[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bid stands. Equal bids share a rank, and the one after it is left out."""

    key: int
    score: Decimal
    rank: int


def score(weights: Mapping[str, Decimal], bid: Bid) -> Decimal:
    """Return the weighted mean of all marks of a bid: 0 to 100, two decimals.

    Each member's word counts the same. Weights may have any sum; a bid without marks
    has 0, a criterion without a mark counts as 0.

    :raises ValueError: for a negative weight, for none at all, for a mark out of range

    >>> weights = {"price": Decimal(40), "quality": Decimal(60)}
    >>> marks = (
    ...     {"price": Decimal(80), "quality": Decimal(90)},
    ...     {"price": Decimal(70), "quality": Decimal(85)},
    ... )
    >>> score(weights, Bid(1, Decimal(500), marks))
    Decimal('82.50')
    """
    if any(weight < 0 for weight in weights.values()) or not sum(weights.values()):
        raise ValueError("weights are 0 or more, and not all of them 0")
    total = Decimal(0)
    for member in bid.marks:
        for criterion, weight in weights.items():
            mark = member.get(criterion, Decimal(0))
            if not 0 <= mark <= BEST_MARK:
                raise ValueError(f"mark {mark} is not between 0 and {BEST_MARK}")
            total += weight * mark
    count = len(bid.marks) or 1
    mean = total / sum(weights.values()) / count
    return mean.quantize(CENT, ROUND_HALF_UP)


def rank(weights: Mapping[str, Decimal], bids: Sequence[Bid]) -> list[Place]:
    """Return the bids from the best on: by score, of equal ones the cheaper first.

    >>> even = {"price": Decimal(1)}
    >>> bids = [
    ...     Bid(number, Decimal(asked), ({"price": Decimal(mark)},))
    ...     for number, asked, mark in (
    ...         *((1, 90, 70), (2, 80, 70)),
    ...         *((3, 80, 70), (4, 99, 60)),
    ...     )
    ... ]
    >>> [(place.key, place.rank) for place in rank(even, bids)]
    [(2, 1), (3, 1), (1, 3), (4, 4)]
    """
    marked = [(score(weights, bid), bid) for bid in bids]
    ordered = sorted(marked, key=lambda pair: (-pair[0], pair[1].amount))
    places: list[Place] = []
    before = None
    for number, (points, bid) in enumerate(ordered, start=1):
        alike = before == (points, bid.amount)
        places.append(Place(bid.key, points, places[-1].rank if alike else number))
        before = points, bid.amount
    return places
