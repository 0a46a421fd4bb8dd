"""What a crawl found: what fails, what is slow, what grows.

Slow is what keeps the processor busy: by the clock the same ask takes several times as
long on a machine that others use.
"""

from typing import Any

SLOW_MS = 1000
SLOWEST = 10
PAGES = (40, 80)  # cards and rows of a page
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
        # A page that is full is counted besides.
        more = opening["queries"] - before["queries"] - _is_fuller(opening, before)
        if opening["rows"] and before["rows"] and more > 0:
            grown.append({**opening, "queries_small": before["queries"]})
    return sorted(grown, key=lambda one: one["queries_small"] - one["queries"])


def _is_fuller(opening, before):
    return any(before["rows"] < size <= opening["rows"] for size in PAGES)


def summarise(openings: list[dict]) -> dict[str, Any]:
    """Return counts, the slowest and what failed."""
    slowest = sorted(openings, key=lambda one: -one["busy_ms"])
    return {
        **_count(openings),
        "errors": [one for one in openings if one["error"]],
        "slowest": slowest[:SLOWEST],
        "roles": {
            login: _count([one for one in openings if one["login"] == login])
            for login in dict.fromkeys(one["login"] for one in openings)
        },
    }


def _count(openings):
    return {
        "opened": len(openings),
        "refused": sum(bool(one["refused"]) for one in openings),
        "over_a_second": sum(one["busy_ms"] > SLOW_MS for one in openings),
    }


def tell(opening: dict) -> str:
    """Return an opening in a line."""
    parts = (opening["place"], opening["view"], opening["what"])
    took = f"{opening['busy_ms']:>9.1f} ms {opening['queries']:>5} queries"
    return f"{took}  {opening['login']}: {' / '.join(filter(None, parts))}"


def _get_key(opening):
    return tuple(opening[name] for name in KEY)
