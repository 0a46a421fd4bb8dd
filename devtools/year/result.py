"""The result of a year, as a table for people."""

from decimal import Decimal


def table(summary: dict) -> str:
    """Return the figures of a summary, a line each."""
    rows = [
        ("accounts", f"{summary['accounts']:,}"),
        ("revenue", f"{Decimal(summary['revenue_total']):,}"),
        ("points", f"{Decimal(summary['points_total']):,}"),
        ("entries posted", f"{summary['entries']:,}"),
        ("months run", f"{summary['months']} ({_span(summary['month_list'])})"),
        *_section(f"members on {summary['as_of']}", summary["members_by_tier"]),
        *_section(f"grades on {summary['as_of']}", summary["grade_by_tier"]),
        *_section("requalification", summary["requalification"]),
        ("ledger verified", "yes" if summary["ledger_verified"] else "NO"),
    ]
    width = max(len(label) for label, _value in rows)
    return "\n".join(f"{label:<{width}}  {value}".rstrip() for label, value in rows)


def _span(months: list[str]) -> str:
    """Return the first and the last month.

    >>> _span(["2025-01", "2025-02"]), _span(["2025-01"])
    ('2025-01 to 2025-02', '2025-01')
    """
    return months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"


def _section(title: str, counts: dict[str, int]) -> list[tuple[str, str]]:
    """Return a line for each count below its title.

    >>> _section("moves", {"renewed": 1200, "lapsed": 0})
    [('moves', ''), ('  renewed', '1,200'), ('  lapsed', '0')]
    """
    return [
        (title, ""),
        *((f"  {name}", f"{count:,}") for name, count in counts.items()),
    ]
