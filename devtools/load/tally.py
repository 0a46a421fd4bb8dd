"""What calls took, by kind, as figures and as a table."""

from collections import Counter
from typing import Any, NamedTuple

DONE, REFUSED, FAILED, LOST = "done", "refused", "failed", "lost"
LISTS_AND_FORMS = ("list", "kanban", "group", "form", "new")
PAPER = "paper"
# What is aimed at, in milliseconds.
P95_TARGET, LONGEST_TARGET = 1000, 3000


class Sample(NamedTuple):
    """A call: its kind, what it asked, how long it took, how it ended."""

    kind: str
    what: str
    seconds: float
    outcome: str


def percentile(values: list[float], share: float) -> float:
    """Return the value below which a share of them lies, by the nearest rank.

    >>> percentile([4, 1, 3, 2], 0.5), percentile([4, 1, 3, 2], 0.95)
    (2, 4)
    >>> percentile([], 0.95)
    0.0
    """
    if not values:
        return 0.0
    rank = -(-len(values) * round(share * 1000) // 1000)  # rounded up
    return sorted(values)[max(rank, 1) - 1]


def summarise(samples: list[Sample], seconds: float) -> dict[str, Any]:
    """Return the figures of a phase that took so long."""
    kinds = sorted({sample.kind for sample in samples})
    watched = [s for s in samples if s.kind in LISTS_AND_FORMS]
    quick = [s for s in samples if s.kind != PAPER]
    return {
        "calls": len(samples),
        "per_second": round(len(samples) / seconds, 1),
        "outcomes": dict(Counter(sample.outcome for sample in samples)),
        "all": _figures(samples),
        "lists_and_forms": _figures(watched),
        "longest_but_papers": _ms(max((s.seconds for s in quick), default=0)),
        "over_3_s_but_papers": sum(s.seconds * 1000 > LONGEST_TARGET for s in quick),
        "kinds": {
            kind: _figures([s for s in samples if s.kind == kind]) for kind in kinds
        },
        "slowest": [
            {"ms": _ms(s.seconds), "kind": s.kind, "what": s.what, "outcome": s.outcome}
            for s in sorted(quick, key=lambda s: -s.seconds)[:10]
        ],
    }


def _figures(samples: list[Sample]) -> dict[str, float]:
    times = [sample.seconds for sample in samples]
    return {
        "calls": len(times),
        "median": _ms(percentile(times, 0.5)),
        "p95": _ms(percentile(times, 0.95)),
        "max": _ms(max(times, default=0)),
    }


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def table(figures: dict[str, Any]) -> str:
    """Return a line for each kind, and those of what is aimed at."""
    rows = {
        **figures["kinds"],
        "lists and forms": figures["lists_and_forms"],
        "all": figures["all"],
    }
    lines = [f"{'':16}{'calls':>7}{'median':>9}{'p95':>9}{'max':>9}  ms"]
    lines += [
        f"{name:16}{row['calls']:>7}{row['median']:>9.0f}{row['p95']:>9.0f}"
        f"{row['max']:>9.0f}"
        for name, row in rows.items()
    ]
    return "\n".join(lines)


def find_missed(figures: dict[str, Any]) -> list[str]:
    """Return what a phase should have kept to and didn't."""
    missed = []
    p95 = figures["lists_and_forms"]["p95"]
    if p95 > P95_TARGET:
        missed.append(f"p95 of lists and forms is {p95:.0f} ms, more than {P95_TARGET}")
    if over := figures["over_3_s_but_papers"]:
        missed.append(
            f"{over} calls took over 3 s, the longest "
            f"{figures['longest_but_papers']:.0f} ms"
        )
    for outcome in (FAILED, LOST):
        if count := figures["outcomes"].get(outcome):
            missed.append(f"{count} calls {outcome}")
    return missed
