"""What a crawl found: what fails, what is slow, what grows.

Slow is what keeps the processor busy: by the clock the same ask takes several times as
long on a machine that others use.
"""

from typing import Any

SLOW_MS = 1000
SLOWEST = 10
# The names of the columns of what is written.
KEY = ("login", "place", "view", "what")


def compare(small: list[dict], large: list[dict]) -> list[dict[str, Any]]:
    """Return the openings whose queries grow with the database, the worst first."""
    known = {_get_key(opening): opening for opening in small}
    grown = []
    for opening in large:
        before = known.get(_get_key(opening))
        if not before or opening["error"] or before["error"]:
            continue
        if opening["rows"] and opening["queries"] > before["queries"]:
            grown.append({**opening, "queries_small": before["queries"]})
    return sorted(grown, key=lambda one: one["queries_small"] - one["queries"])


def summarise(openings: list[dict]) -> dict[str, Any]:
    """Return counts, the slowest and what failed."""
    slowest = sorted(openings, key=lambda one: -one["busy_ms"])
    return {
        "opened": len(openings),
        "refused": sum(bool(one["refused"]) for one in openings),
        "errors": [one for one in openings if one["error"]],
        "over_a_second": sum(one["busy_ms"] > SLOW_MS for one in openings),
        "slowest": slowest[:SLOWEST],
    }


def tell(opening: dict) -> str:
    """Return an opening in a line."""
    parts = (opening["place"], opening["view"], opening["what"])
    took = f"{opening['busy_ms']:>9.1f} ms {opening['queries']:>5} queries"
    return f"{took}  {opening['login']}: {' / '.join(filter(None, parts))}"


def _get_key(opening):
    return tuple(opening[name] for name in KEY)
