"""The cells of a workbook's sheet as text; see workbook_rows (Rule B15)."""

import math
import re
from datetime import date, timedelta
from decimal import Decimal

from .number_formats import NumberFormat

DAMAGED, TOO_MUCH, PASSWORD = "damaged", "too_much", "password"
OTHER_KIND, LONG_CELL = "other_kind", "long_cell"

# The last row and the last column that are looked at.
SHEET_ROWS = 1_048_576
SHEET_COLUMNS = 100
LONGEST_CELL = 32_767  # characters, as in Excel

CELL_NAME = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.ASCII)
INTEGER = re.compile(r"-?\d{1,40}", re.ASCII)
# From here on a number has lost digits: Excel keeps 15.
LOSSY = 1e15


class Unreadable(ValueError):
    """A workbook can't be read; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Texts:
    """Collects what stands in `t` elements, but not the phonetic guides."""

    def __init__(self):
        self._pieces = []
        self._length = 0
        self._takes = self._in_guide = False

    def start(self, tag):
        if tag == "t":
            self._takes = not self._in_guide
        elif tag == "rPh":
            self._in_guide = True

    def end(self, tag):
        if tag == "t":
            self._takes = False
        elif tag == "rPh":
            self._in_guide = False

    def take(self, text):
        if self._takes:
            self.add(text)

    def add(self, text):
        self._length += len(text)
        if self._length > LONGEST_CELL:
            raise Unreadable(LONG_CELL)
        self._pieces.append(text)

    def pop(self):
        if not self._pieces:
            return ""
        text = "".join(self._pieces).strip()
        self._pieces.clear()
        self._length = 0
        return text


class Cells:
    """Puts the cells of a sheet together to rows."""

    def __init__(self, strings, formats, epoch):
        self._strings = strings
        self._formats = formats
        self._epoch = epoch
        self._rows = []
        self.hidden_columns = set()
        self._row = self._column = 0
        self._is_hidden = False
        self._cells = {}
        self._tag = None
        self._kind = self._style = ""
        self._value, self._formula, self._texts = Texts(), Texts(), Texts()
        self._has_formula = self._has_value = False
        self.is_done = False

    def pop_rows(self):
        """Return number, cells and whether it is hidden of each row that was ended."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, tag, attributes):
        if tag == "c":
            self._begin_cell(attributes)
        elif tag == "row":
            self._begin_row(attributes.get("r"))
            self._is_hidden = _is_hidden(attributes, "ht")
        elif tag == "col":
            self._begin_column(attributes)
        elif tag in ("v", "f"):
            self._tag = tag
            self._has_formula |= tag == "f"
            self._has_value |= tag == "v"
        else:
            self._texts.start(tag)

    def end(self, tag):
        if tag in ("v", "f"):
            self._tag = None
        elif tag == "c":
            self._end_cell()
        elif tag == "row":
            if any(self._cells.values()):
                last = max(self._cells)
                cells = [self._cells.get(n, "") for n in range(1, last + 1)]
                self._rows.append((self._row, cells, self._is_hidden))
        elif tag == "sheetData":
            self.is_done = True
        else:
            self._texts.end(tag)

    def take(self, text):
        if self._tag == "v":
            self._value.add(text)
        elif self._tag == "f":
            self._formula.add(text)
        else:
            self._texts.take(text)

    def _begin_row(self, number):
        row = self._row + 1
        if number is not None:
            row = int(number) if INTEGER.fullmatch(number) else 0
        if not self._row < row <= SHEET_ROWS:
            raise Unreadable(DAMAGED)
        self._row, self._column, self._cells = row, 0, {}

    def _begin_column(self, attributes):
        if not _is_hidden(attributes, "width"):
            return
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if not (INTEGER.fullmatch(first) and INTEGER.fullmatch(last)):
            raise Unreadable(DAMAGED)
        columns = range(max(int(first), 1), min(int(last), SHEET_COLUMNS) + 1)
        self.hidden_columns.update(columns)

    def _begin_cell(self, attributes):
        name = attributes.get("r")
        if name is None:
            self._column += 1
        elif match := CELL_NAME.fullmatch(name):
            self._column = column_number(match[1])
        else:
            raise Unreadable(DAMAGED)
        if self._column in self._cells:
            raise Unreadable(DAMAGED)
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "0")
        self._has_formula = self._has_value = False

    def _end_cell(self):
        value = self._value.pop()
        formula, inline = self._formula.pop(), self._texts.pop()
        if self._column > SHEET_COLUMNS:
            return
        text = self._text_of(value) or self._show_text(inline)
        # A text that came to nothing is a result; no result at all isn't.
        is_result = self._kind == "str" and self._has_value
        if self._has_formula and not text and not is_result:
            text = "=" + formula
        self._cells[self._column] = text

    def _text_of(self, value):
        if not value:
            return ""
        if self._kind == "s":
            number = int(value) if INTEGER.fullmatch(value) else -1
            if not 0 <= number < len(self._strings):
                raise Unreadable(DAMAGED)
            return self._show_text(self._strings[number])
        if self._kind == "b":
            return "FALSE" if value == "0" else "TRUE"
        if self._kind == "d":
            return value[:10]
        if self._kind == "n":
            return shown_number(value, self._formats.get(self._style), self._epoch)
        return self._show_text(value) if self._kind == "str" else value

    def _show_text(self, text):
        shown_as = text and self._formats.get(self._style)
        return shown_as.show_text(text) if shown_as else text


def shown_number(value: str, shown_as: NumberFormat | None, epoch: date) -> str:
    """Return a number as a sheet shows it; what is none stays as it is.

    A date comes as 2026-01-31 and a number without a format with 15 digits. One that
    has lost digits comes with an exponent, whatever its format: it is no code.

    >>> epoch = date(1899, 12, 30)
    >>> shown_number("0.30000000000000004", None, epoch)
    '0.3'
    >>> shown_number("46023.75", NumberFormat("yyyy-mm-dd"), epoch)
    '2026-01-01'
    >>> shown_number("5110000000000017", NumberFormat("0"), epoch)
    '5.11000000000002E+15'
    """
    try:
        number = float(value)
        if shown_as and shown_as.is_date and 0 < number < 3_000_000:
            day = epoch + timedelta(days=int(round(number, 8)))
            return shown_as.show_day(day.isoformat())
    except (ValueError, OverflowError):
        return value
    if not math.isfinite(number):
        return value
    if abs(number) >= LOSSY:
        return exponent_text(number)
    if INTEGER.fullmatch(value):
        general = str(int(value))
    elif abs(number) < 1e-15:
        general = "0"
    else:
        general = format(Decimal(format(number, ".15g")), "f")
    if shown_as and not shown_as.is_date:
        return shown_as.show(general)
    return general


def exponent_text(number: float) -> str:
    """Return a number as Excel writes large ones: 5.11E+15."""
    mantissa, _mark, exponent = format(number, ".14E").partition("E")
    return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"


def _is_hidden(attributes, size):
    return attributes.get("hidden", "0") in ("1", "true") or attributes.get(size) == "0"


def column_number(letters: str) -> int:
    """Return the number of a column by its letters.

    >>> column_number("A"), column_number("AA")
    (1, 27)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
