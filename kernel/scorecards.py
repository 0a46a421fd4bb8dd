"""What a unit scores in a year: indicators against their goals, by weights. Rule E9."""

from collections.abc import Iterable
from dataclasses import dataclass

VALUE, SHARE, MEAN, PER, GROWTH = "value", "share", "mean", "per", "growth"
FULL = 100.0
# Nobody makes up for what he left undone by doing another thing many times over.
CAP = 120.0


@dataclass(frozen=True, slots=True)
class Sums:
    """What was counted of a figure in a year: how many, and out of how many."""

    value: float = 0.0
    base: float = 0.0


def measure(
    method: str, sums: Sums, other: Sums | None = None, before: Sums | None = None
) -> float | None:
    """Return what an indicator came to, None where there is nothing to measure.

    :param other: of PER, the figure by a hundred of which it is measured
    :param before: of GROWTH, the same months of the year before

    >>> measure(VALUE, Sums(7)), measure(SHARE, Sums(9, 10)), measure(MEAN, Sums(9, 2))
    (7, 90.0, 4.5)
    >>> measure(PER, Sums(3), other=Sums(60)), measure(GROWTH, Sums(90), None, Sums(60))
    (5.0, 50.0)
    >>> measure(SHARE, Sums()), measure(PER, Sums(3)), measure(GROWTH, Sums(90))
    (None, None, None)
    """
    if method == VALUE:
        return sums.value
    if method == MEAN:
        return sums.value / sums.base if sums.base else None
    if method == SHARE:
        return FULL * sums.value / sums.base if sums.base else None
    if method == PER:
        return FULL * sums.value / other.value if other and other.value else None
    if not before or before.value <= 0:
        return None
    return FULL * (sums.value - before.value) / before.value


def attain(
    method: str, measured: float, goal: float, *, is_lower_better: bool = False
) -> float:
    """Return how far a goal is reached, in %, from 0 to `CAP`.

    Growth is compared by what the whole grew to; where less is better, twice the goal
    is nothing.

    >>> attain(SHARE, 45, 90), attain(VALUE, 300, 100), attain(VALUE, -1, 100)
    (50.0, 120.0, 0.0)
    >>> attain(GROWTH, -1, 10), attain(GROWTH, 10, 10)
    (90.0, 100.0)
    >>> [attain(PER, each, 5, is_lower_better=True) for each in (0, 4, 5, 7.5, 11)]
    [120.0, 120.0, 100.0, 50.0, 0.0]
    >>> attain(PER, 0, 0, is_lower_better=True), attain(PER, 1, 0, is_lower_better=True)
    (100.0, 0.0)
    """
    if method == GROWTH:
        measured, goal = FULL + measured, FULL + goal
    if is_lower_better:
        if not goal:
            return 0.0 if measured > 0 else FULL
        return _bound(FULL * (2 - measured / goal))
    return _bound(FULL * measured / goal)


def _bound(percent: float) -> float:
    return min(max(percent, 0.0), CAP)


def get_score(lines: Iterable[tuple[float, float | None]]) -> float:
    """Return the score of (weight, how far it is reached), rounded to a tenth.

    What can't be measured leaves its weight to all others.

    >>> get_score([(60, 100.0), (40, 50.0)]), get_score([(60, 100.0), (40, None)])
    (80.0, 100.0)
    >>> get_score([(100, None)]), get_score([])
    (0.0, 0.0)
    """
    measured = [(weight, percent) for weight, percent in lines if percent is not None]
    weights = sum(weight for weight, _percent in measured)
    if not weights:
        return 0.0
    total = sum(weight * percent for weight, percent in measured)
    return round(total / weights, 1)


def get_ranks(scores: dict) -> dict:
    """Return ``{key: rank}``, the best first; equal scores share a rank.

    >>> get_ranks({"a": 90.0, "b": 95.5, "c": 90.0, "d": 10.0})
    {'a': 2, 'b': 1, 'c': 2, 'd': 4}
    """
    return {
        key: 1 + sum(other > score for other in scores.values())
        for key, score in scores.items()
    }
