"""What is pasted as control totals: a line each, from a spreadsheet or typed. Rule B12.

Names aren't looked up here: a line only says which of its parts is the amount, and what
the rest may mean.
"""

import re
import unicodedata
from typing import NamedTuple

LINE_LIMIT = 500
LENGTH_LIMIT = 100_000  # characters
NAME_LIMIT = 200  # characters; a name has as many readings as slashes
# What spreadsheets have above amounts; such a first line is no control total.
AMOUNT_HEADINGS = frozenset(
    ("amount", "control total", "revenue", "金额", "控制数", "收入", "业务收入")
)
SEPARATOR = re.compile("[;；]")
SLASH = re.compile("[/／]")


class Pasted(NamedTuple):
    """A line: its number, its amount as text, and the ways to read what it is of, as
    pairs of unit (empty: all units) and business line, the likeliest first.
    """

    number: int
    amount: str
    readings: tuple[tuple[str, str], ...]


class Faulty(NamedTuple):
    """A line that isn't made of a name and an amount."""

    number: int
    text: str


def read_lines(text: str) -> list[Pasted | Faulty]:
    """Return the lines of a pasted text, without empty ones and a heading.

    A line is ``line;amount``, ``unit/line;amount`` or ``unit;line;amount``, with tabs
    (as spreadsheets copy cells) or semicolons. Names may have slashes of their own: the
    whole as a business line comes first, then each slash as the end of the unit.

    >>> read_lines("Quay/All / Letters;1,200")[0].readings
    (('', 'Quay/All / Letters'), ('Quay', 'All / Letters'), ('Quay/All', 'Letters'))
    >>> read_lines("业务\\t金额\\n函件\\t12.5\\n\\n集邮；5")
    [Pasted(number=2, amount='12.5', readings=(('', '函件'),)), \
Pasted(number=4, amount='5', readings=(('', '集邮'),))]
    >>> read_lines("Quay\\tLetters\\t7\\t\\nLetters 7")
    [Pasted(number=1, amount='7', readings=(('Quay', 'Letters'),)), \
Faulty(number=2, text='Letters 7')]
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = _split(line)
        if not any(cells):
            continue
        if any(len(cell) > NAME_LIMIT for cell in cells):
            found.append(Faulty(number, line.strip()))
        elif len(cells) == 2 and all(cells):
            found.append(Pasted(number, cells[1], _get_readings(cells[0])))
        elif len(cells) == 3 and all(cells[1:]):
            found.append(Pasted(number, cells[2], ((cells[0], cells[1]),)))
        else:
            found.append(Faulty(number, line.strip()))
    first = found[0] if found else None
    if isinstance(first, Pasted) and _fold(first.amount) in AMOUNT_HEADINGS:
        return found[1:]
    return found


def _split(line: str) -> list[str]:
    cells = line.split("\t") if "\t" in line else SEPARATOR.split(line)
    cells = [cell.strip() for cell in cells]
    while len(cells) > 2 and not cells[-1]:
        cells.pop()
    return cells


def _get_readings(name: str) -> tuple[tuple[str, str], ...]:
    readings = [("", name)]
    for slash in SLASH.finditer(name):
        unit, line = name[: slash.start()].strip(), name[slash.end() :].strip()
        if unit and line:
            readings.append((unit, line))
    return tuple(readings)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
