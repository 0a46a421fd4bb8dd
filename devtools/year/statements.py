"""Reading what the caller gives: revenue, rates and thresholds.

A file is refused whole with one sentence that names the row, as a spreadsheet counts
rows: the header is row 1. Nothing is guessed and nothing is left out.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kernel import revenue_rows

from ..console import Problem, say

REVENUE_COLUMNS = ("account", "category", "month", "amount")
RATE_COLUMNS = ("category", "rate")
TIERS = ("vip", "gold", "platinum", "diamond")  # lowest first
CENT = Decimal("0.01")
LARGEST_AMOUNT = Decimal(10) ** 13  # from where on the import refuses amounts
LARGEST_RATE = Decimal(10) ** 6  # a rate has six digits before and after the point
RATE_DIGITS = 6
# No marks between digits, as they can be read in two ways; exponents are what other
# programs write for very small sums.
NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d{1,3})?", re.ASCII | re.I)
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


class Key(NamedTuple):
    """What amounts are added up by."""

    account: str
    category: str
    month: str  # YYYY-MM


class Names:
    """The spelling under which a category first came.

    The import reads names without regard to case and width; so do we, or two
    spellings of one category would be counted apart here and together there.
    """

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._met: dict[str, str] = {}

    def add(self, name: str) -> str:
        """Return the first spelling of a name, which this one may be."""
        if name not in self._met:
            key = revenue_rows.alias_key(name)
            self._met[name] = self._first.setdefault(key, name)
        return self._met[name]

    def find(self, name: str) -> str | None:
        """Return the first spelling of a name, if it came before."""
        return self._first.get(revenue_rows.alias_key(name))


def read_revenue(path: Path) -> dict[Key, Decimal]:
    """Return the revenue of a file, several rows of one key added up, in cents.

    :raise Problem: when the file as a whole or one of its rows can't be taken
    """
    found: dict[Key, Decimal] = {}
    names = Names()
    for place, row in _rows(path, REVENUE_COLUMNS):
        for column in ("account", "category"):
            if not row[column]:
                raise Problem(f"{place}: the {column} is missing")
        if not is_month(row["month"]):
            raise Problem(f"{place}: {row['month']!r} is not a month such as 2026-03")
        amount = _number(row["amount"])
        if amount is None or amount.copy_abs() >= LARGEST_AMOUNT:
            raise Problem(f"{place}: {row['amount']!r} is not an amount")
        key = Key(_code(row["account"]), names.add(row["category"]), row["month"])
        found[key] = found.get(key, Decimal(0)) + amount
    in_cents = {k: amount.quantize(CENT, ROUND_HALF_UP) for k, amount in found.items()}
    if rounded := sum(amount != in_cents[key] for key, amount in found.items()):
        say(f"warning: {path.name}: {rounded} amounts were rounded to two decimals")
    return in_cents


def is_month(text: str) -> bool:
    """Tell whether a text is a month that the import takes.

    >>> is_month("2026-03"), is_month("2026-3"), is_month("2026-13")
    (True, False, False)
    """
    match = MONTH.fullmatch(text)
    return bool(match) and (
        revenue_rows.FIRST_YEAR <= int(match[1]) <= revenue_rows.LAST_YEAR
    )


def read_rates(path: Path) -> dict[str, Decimal]:
    """Return the rates of a file by category.

    :raise Problem: when the file as a whole or one of its rows can't be taken
    """
    found: dict[str, Decimal] = {}
    names = Names()
    for place, row in _rows(path, RATE_COLUMNS):
        name = row["category"]
        if not name:
            raise Problem(f"{place}: the category is missing")
        if names.find(name):
            raise Problem(f"{place}: {name!r} has a rate in an earlier row already")
        rate = _number(row["rate"])
        if rate is None or not 0 <= rate < LARGEST_RATE:
            raise Problem(f"{place}: {row['rate']!r} is not a rate: 0 or more")
        if rate != round(rate, RATE_DIGITS):
            raise Problem(
                f"{place}: {row['rate']!r} has more than {RATE_DIGITS} decimals"
            )
        found[names.add(name)] = rate
    return found


def match_rates(
    rates: dict[str, Decimal], categories: list[str]
) -> tuple[dict[str, Decimal], list[str]]:
    """Return the rate of every category, 1 where none is given, and unknown names.

    >>> match_rates({"Letters": Decimal("0.5"), "Gold": Decimal(2)}, ["LETTERS", "B"])
    ({'LETTERS': Decimal('0.5'), 'B': Decimal('1.0')}, ['Gold'])
    """
    names = Names()
    found = {names.add(category): Decimal("1.0") for category in categories}
    unknown = []
    for name, rate in rates.items():
        if category := names.find(name):
            found[category] = rate
        else:
            unknown.append(name)
    return found, unknown


def read_thresholds(text: str) -> dict[str, Decimal]:
    """Return the points from which each tier is reached, lowest first.

    :raise Problem: unless they are four numbers, each higher than the one before

    >>> list(read_thresholds("500,1500,3000,15000"))
    ['vip', 'gold', 'platinum', 'diamond']
    """
    numbers = [_number(part.strip()) for part in text.split(",")]
    if (
        len(numbers) != len(TIERS)
        or None in numbers
        or any(number != round(number, 2) for number in numbers)
        or sorted(set(numbers)) != numbers
        or not 0 < numbers[0] <= numbers[-1] < LARGEST_AMOUNT
    ):
        raise Problem(
            f"--thresholds {text}: give the points of the {len(TIERS)} tiers "
            f"({', '.join(TIERS)}), each higher than the one before: "
            "500,1500,3000,15000"
        )
    return dict(zip(TIERS, numbers, strict=True))


@cache
def _code(account: str) -> str:
    """Return an account's code as the import compares codes."""
    return unicodedata.normalize("NFKC", account).strip()


def _number(text: str) -> Decimal | None:
    return Decimal(text) if NUMBER.fullmatch(text) else None


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, dict]]:
    """Yield each row's place, for messages, and its cells by column."""
    wanted = ",".join(columns)
    records = _records(path)
    number, cells = next(records, (1, None))
    if cells is None:
        raise Problem(f"{path.name} is empty: it needs the header {wanted}")
    header = [cell.casefold() for cell in cells]
    if sorted(header) != sorted(columns):
        raise Problem(
            f"{path.name}, row {number}: the header is {','.join(cells)!r}, "
            f"it must be {wanted!r}"
        )
    header_row = number
    for number, cells in records:
        place = f"{path.name}, row {number}"
        if len(cells) != len(header):
            raise Problem(
                f"{place}: there are {len(cells)} cells instead of {len(header)}"
            )
        yield place, dict(zip(header, cells, strict=True))
    if number == header_row:
        raise Problem(f"{path.name} is empty: there is no row below its header")


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the numbered records of a file, without blank ones."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            for number, cells in enumerate(reader, start=1):
                cells = [cell.strip() for cell in cells]
                if any(cells):
                    yield number, cells
    except OSError as error:
        raise Problem(f"can't read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Problem(f"{path.name} is not a text file in UTF-8") from error
    except csv.Error as error:
        raise Problem(f"{path.name}, line {reader.line_num}: {error}") from error
