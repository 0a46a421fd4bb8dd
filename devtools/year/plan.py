"""What a year consists of: the revenue, its rates, the tiers' thresholds."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from ..home import CHECKOUT, write_if_changed
from .statements import Key

# Whatever these hold decides what the database ends up with.
SOURCES = ("devtools/year", "demo")
SUFFIXES = {".py", ".xml"}


@dataclass(frozen=True)
class Plan:
    """A year to be run. Nothing in it is computed yet."""

    revenue: dict[Key, Decimal]
    rates: dict[str, Decimal]  # of every category of the revenue
    thresholds: dict[str, Decimal] | None  # None: the club's own
    source: str
    input_year: int | None = None  # of the built-in purchases
    entered_as_year: int | None = None

    @property
    def accounts(self) -> list[str]:
        """Return the codes of the accounts, in the order in which they came."""
        return list(dict.fromkeys(key.account for key in self.revenue))

    @property
    def months(self) -> list[date]:
        """Return every month from the first to the last, also those without revenue."""
        given = sorted({key.month for key in self.revenue})
        first, last = (_first_day(given[place]) for place in (0, -1))
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        return [add_months(first, index) for index in range(count)]

    def rows_of(self, month: date) -> list[tuple[Key, Decimal]]:
        """Return the revenue of a month."""
        wanted = f"{month:%Y-%m}"
        return [item for item in self.revenue.items() if item[0].month == wanted]

    def fingerprint(self) -> str:
        """Return what changes when another result is to be expected."""
        parts = [self._as_text(), *read_sources()]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]

    def write(self, path: Path) -> None:
        """Write the plan for the far side."""
        write_if_changed(path, self._as_text())

    @classmethod
    def read(cls, path: Path) -> "Plan":
        """Read the plan of the near side."""
        values = json.loads(path.read_text())
        values["revenue"] = {
            Key(*key): Decimal(amount) for *key, amount in values["revenue"]
        }
        for name in ("rates", "thresholds"):
            if values[name] is not None:
                values[name] = {
                    code: Decimal(number) for code, number in values[name].items()
                }
        return cls(**values)

    def _as_text(self) -> str:
        values = asdict(self)
        values["revenue"] = sorted(
            (*key, str(amount)) for key, amount in self.revenue.items()
        )
        return json.dumps(values, default=str, ensure_ascii=False)


def read_sources() -> list[str]:
    """Return the text of all that decides what a plan comes to."""
    return [
        path.read_text()
        for folder in SOURCES
        for path in sorted((CHECKOUT / folder).rglob("*"))
        if path.suffix in SUFFIXES
    ]


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def add_months(day: date, months: int) -> date:
    """Return the first of a month so many months later.

    >>> add_months(date(2025, 11, 1), 3), add_months(date(2025, 1, 1), -1)
    (datetime.date(2026, 2, 1), datetime.date(2024, 12, 1))
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, 1)
