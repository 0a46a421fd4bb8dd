"""Sheets with typed columns, written row by row. No cell can start a formula."""

import io
import re
from dataclasses import dataclass

import xlsxwriter

A4 = 9
# As Excel counts them: in units of UTF-16.
LONGEST_CELL = 32_767
LONGEST_NAME = 31
TEXT, NUMBER, COUNT, RATE, DATE = "text", "number", "count", "rate", "date"
NOTE = "note"  # a text that takes as many lines as it needs
FORMATS = {
    TEXT: "@",
    NOTE: "@",
    NUMBER: "#,##0.00",
    COUNT: "#,##0",
    RATE: "0.######",
    DATE: "yyyy-mm-dd",
}


FIRST_YEAR = 1900  # Excel has no dates before
# What a spreadsheet program may take for the beginning of a formula.
ARITHMETIC = ("=", "+", "-")
FORMULA_STARTS = ("@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def mark_text(value, starts=ARITHMETIC + FORMULA_STARTS):
    """Return a text for a CSV file, with an apostrophe where it begins a formula."""
    if isinstance(value, str) and value.startswith(starts):
        return "'" + value
    return value


def write_text(sheet, row, column, text, cell_format):
    """Write a text as it is: no formula, no link, no markup, whatever it looks like."""
    text = _cut(re.sub("[\ufffe\uffff]", "\ufffd", text), LONGEST_CELL)
    if text.startswith("<r>") and text.endswith("</r>"):
        # xlsxwriter takes this for markup of its own and wouldn't escape it.
        sheet.write_rich_string(row, column, "<", cell_format, text[1:], cell_format)
    else:
        sheet.write_string(row, column, text, cell_format)


def _cut(text, length):
    """Return a text of at most `length` units of UTF-16."""
    if 2 * len(text) <= length:
        return text
    return text.encode("utf-16-le")[: 2 * length].decode("utf-16-le", "ignore")


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, its width in characters and what its cells are."""

    label: str
    width: int = 16
    kind: str = TEXT


class Book:
    """A workbook in the making; rows go to disk at once, so length costs no memory."""

    def __init__(self):
        self._output = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._output, {"constant_memory": True})
        self._names = set()
        make = self._book.add_format
        self.title = make({"bold": True, "font_size": 14})
        self.header = make(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self.plain = {kind: make({"num_format": f}) for kind, f in FORMATS.items()}
        self.bold = {
            kind: make({"num_format": f, "bold": True}) for kind, f in FORMATS.items()
        }
        for formats in (self.plain, self.bold):
            formats[NOTE].set_text_wrap()
            formats[NOTE].set_align("top")

    def sheet(self, name, landscape=False):
        """Return a new sheet; an unfit or taken name is made to fit."""
        return Sheet(self, self._book.add_worksheet(self._free_name(name)), landscape)

    def close(self):
        """Return the content of the file."""
        self._book.close()
        return self._output.getvalue()

    def _free_name(self, name):
        name = re.sub(r"[\[\]:*?/\\\x00-\x1f\ufffe\uffff]", " ", name).strip(" '")
        stem = _cut(name, LONGEST_NAME).strip(" '") or "-"
        free, number = stem, 1
        # Excel keeps one name for itself.
        while free.lower() in self._names | {"history"}:
            number += 1
            suffix = f" {number}"
            free = _cut(stem, LONGEST_NAME - len(suffix)) + suffix
        self._names.add(free.lower())
        return free


class Sheet:
    """Writes downwards: a title, lines of text, tables."""

    def __init__(self, book, sheet, landscape):
        self._book = book
        self._sheet = sheet
        self._row = 0
        self._columns = ()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        if landscape:
            sheet.set_landscape()

    def title(self, text):
        self._write(0, TEXT, text, self._book.title)
        self._row += 1

    def pair(self, label, value, kind=TEXT):
        """Write a label and, beside it, its value."""
        self._write(0, TEXT, label, self._book.plain[TEXT])
        self._write(1, kind, value, self._book.bold[kind])
        self._row += 1

    def text(self, text=""):
        self._write(0, TEXT, text, self._book.plain[TEXT])
        self._row += 1

    def table(self, columns, rows):
        """Write the sheet's only table: its header stays in view, it can be filtered.

        :param columns: as `header`
        :param rows: iterables of values, as `row`
        """
        first = self._row
        self.header(columns, freeze=True)
        for values in rows:
            self.row(values)
        if self._row > first + 1:
            self._sheet.autofilter(first, 0, self._row - 1, len(self._columns) - 1)

    def header(self, columns, freeze=False):
        """Begin a table; with `freeze` its header stays in view and on every page.

        :param columns: `Column` in order; their widths are the sheet's
        """
        self._columns = tuple(columns)
        for index, column in enumerate(self._columns):
            self._sheet.set_column(index, index, column.width)
            self._write(index, TEXT, column.label, self._book.header)
        if freeze:
            self._sheet.freeze_panes(self._row + 1, 0)
            self._sheet.repeat_rows(self._row)
        self._row += 1

    def row(self, values, bold=False):
        """Write a row of the table; None and empty texts leave the cell empty."""
        formats = self._book.bold if bold else self._book.plain
        for index, (column, value) in enumerate(
            zip(self._columns, values, strict=True)
        ):
            self._write(index, column.kind, value, formats[column.kind])
        self._row += 1

    def _write(self, column, kind, value, cell_format):
        if value is None or value is False or value == "":
            return
        if kind in (TEXT, NOTE) or (kind == DATE and value.year < FIRST_YEAR):
            write_text(self._sheet, self._row, column, str(value), cell_format)
        elif kind == DATE:
            self._sheet.write_datetime(self._row, column, value, cell_format)
        else:
            self._sheet.write_number(self._row, column, float(value), cell_format)
