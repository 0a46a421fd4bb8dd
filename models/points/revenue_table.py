"""The rows of a statement's table, as texts. Rule B15.

Nothing here knows accounts, categories or the database.
"""

import re
from contextlib import suppress
from itertools import chain, islice
from typing import NamedTuple

from odoo.tools.translate import LazyTranslate

from ...kernel import revenue_headings as words
from ...kernel.revenue_headings import ACCOUNT, CATEGORY, MONTH, PRODUCT, YEAR
from ...kernel.revenue_rows import (
    FIRST_YEAR,
    LAST_YEAR,
    MERGED_MARK,
    NoYear,
    loses_digits,
    parse_month,
)
from ...kernel.workbook_rows import LONGEST_CELL, SheetRow
from . import revenue_totals
from .revenue_layout import BETWEEN, NOTHING, SAMPLE_ROWS, WITHIN_ROWS, find_layout
from .revenue_refusal import FileRefused, NeedsYear, NoRows

_lt = LazyTranslate(__name__)

MAX_ROWS = 250_000
# What all rows together may hold: a workbook can repeat a long text at no cost.
MAX_CHARACTERS = 50_000_000
# Of the notes: columns, rows.
NAMED = 12
TEXTS = slice(1, 7)  # of a row: all but where it stands
# Of an amount that was torn apart at its comma.
THOUSANDS = re.compile(r"[-+(¥]*\d{1,3},\d{3}(?:\.\d*)?\)?", re.ASCII)
# Days between the two ways of counting that workbooks have.
DAYS_1904 = 1462
SERIAL = re.compile(r"\d{5}", re.ASCII)


class Row(NamedTuple):
    """An amount of the file and what it is of, as texts."""

    number: int
    account: str = ""
    account_name: str = ""
    category: str = ""
    month: str = ""
    amount: str = ""
    product: str = ""
    column: int = 0  # of a wide table: where in the row the amount stands


class Table(NamedTuple):
    """What a sheet or a text file says; see `Statement`."""

    rows: list
    headings: tuple
    mapping: dict
    totals: tuple
    notes: tuple


class Asked(NamedTuple):
    """How a file is to be read."""

    unit: str  # "yuan" or "wan"
    reading: revenue_totals.Reading
    mapping: dict | None = None
    year: int | None = None


def text_row(number, cells):
    """Return the row of a text file, in which nothing is merged."""
    return SheetRow(number, cells, cells, {})


def take_table(records, asked, *, is_text=False, sheet_name="", has_dates_1904=False):
    """Return the `Table` of the rows below the header.

    :param records: `SheetRow` of each record that isn't empty, from the top
    :param Asked asked: unit, mapping and year
    :param is_text: a comma too many tears a record apart
    :raise FileRefused: when they can't be taken
    """
    records = iter(records)
    head = list(islice(records, WITHIN_ROWS + SAMPLE_ROWS))
    layout = find_layout(head, asked.unit, asked.mapping, sheet_name)
    below = (row for row in head if row.number > layout.last)
    taker = _Taker(layout, asked, is_text, has_dates_1904)
    for record in chain(below, records):
        taker.take(record)
    return taker.finish()


class _Taker:
    """Takes the rows of one table."""

    def __init__(self, layout, asked, is_text, has_dates_1904):
        self._layout = layout
        self._asked = asked
        self._is_text = is_text
        self._has_dates_1904 = has_dates_1904
        self._figures = {each.index for each in layout.amounts}
        self._header = [
            (index, {words.folded(p) for p in layout.headings[index].split(BETWEEN)})
            for index in (*layout.columns[ACCOUNT], *self._figures)
        ]
        self._rows, self._totals, self._across = [], [], []
        self._characters = 0
        self._agreeing = self._headers = self._merged = 0
        self._footers = []

    # === Row by row === #

    def take(self, record):
        layout = self._layout
        if self._is_text and self._is_torn(record.cells):
            raise _torn(record.number)
        if self._is_header(record):
            self._headers += 1
            return
        previous = self._rows[-1].account if self._rows else ""
        if found := revenue_totals.find_label(record, layout, previous):
            self._take_total(record, *found)
            return
        named = self._name(record)
        taken = [
            row._replace(
                amount=self._mark_merged(record, each.index),
                category=each.category or row.category,
                month=each.month or row.month or layout.month,
                column=each.index + 1 if layout.is_wide else 0,
            )
            for each, row in ((each, named) for each in layout.amounts)
        ]
        if layout.is_wide:
            taken = [row for row in taken if row.amount not in NOTHING]
            self._compare_across(record, taken)
        elif not self._says_something(record):
            return
        elif not taken[0].amount and words.is_footer(named.account or named.category):
            self._footers.append(record.number)
            return
        for row in taken:
            self._keep(row)

    def _keep(self, row):
        lengths = [len(text) for text in row[TEXTS]]
        if max(lengths) > LONGEST_CELL:
            raise long_cell(row.number)
        self._rows.append(row)
        self._characters += sum(lengths)
        if len(self._rows) > MAX_ROWS:
            raise too_many_rows()
        if self._characters > MAX_CHARACTERS:
            raise FileRefused(
                _lt(
                    "The rows hold more than %(limit)s million characters: "
                    "split the file by month.",
                    limit=MAX_CHARACTERS // 1_000_000,
                )
            )

    def _is_torn(self, cells):
        """Tell whether an amount such as 1,234.50 stands in two cells."""
        header = self._layout.headings
        if any(
            cell and not (index < len(header) and header[index])
            for index, cell in enumerate(cells)
        ):
            return True
        return len(cells) > len(header) and any(
            THOUSANDS.fullmatch(",".join(cells[index : index + 2]))
            for index in self._figures
        )

    def _is_header(self, record):
        """Tell whether the header stands here again, as on a printed page."""
        return all(
            (cell := _cell(record.filled, index)) and words.folded(cell) in parts
            for index, parts in self._header
        )

    def _says_something(self, record):
        indexes = chain(self._figures, *self._layout.columns.values())
        return any(_cell(record.cells, index) for index in indexes)

    def _name(self, record):
        """Return a row's names, those of merged cells too; no amount yet."""
        columns = self._layout.columns
        texts = {
            column: [
                text
                for index in columns[column]
                if (text := _cell(record.filled, index))
            ]
            for column in (ACCOUNT, CATEGORY, PRODUCT, MONTH, YEAR)
        }
        if record.filled is not record.cells and self._is_filled(record):
            self._merged += 1
        first = {column: next(iter(found), "") for column, found in texts.items()}
        others = [name for name in texts[ACCOUNT] if name != first[ACCOUNT]]
        return Row(
            record.number,
            account=first[ACCOUNT],
            account_name=next(iter(others), ""),
            category=first[CATEGORY],
            product=first[PRODUCT],
            month=self._read_month(first[MONTH], first[YEAR]),
        )

    def _is_filled(self, record):
        return any(
            _cell(record.filled, index) and not _cell(record.cells, index)
            for indexes in self._layout.columns.values()
            for index in indexes
        )

    def _read_month(self, text, year):
        if self._has_dates_1904 and SERIAL.fullmatch(text):
            return str(int(text) + DAYS_1904)
        named = words.get_year(year) if text else None
        return _dated(text, named) if named else text

    def _mark_merged(self, record, index):
        """Return an amount; marked where it stands for several rows or columns."""
        text = _cell(record.cells, index)
        last, is_tall = record.merged.get(index, (index, False))
        if text and (is_tall or self._figures & set(range(index + 1, last + 1))):
            return f"{text} {MERGED_MARK}"
        return text

    # === Totals === #

    def _take_total(self, record, label, level):
        layout = self._layout
        for each in (*layout.amounts, *layout.totals):
            text = _cell(record.cells, each.index)
            if text not in NOTHING:
                is_across = each.index not in self._figures
                wide = layout.is_wide
                self._totals.append(
                    revenue_totals.Total(
                        record.number,
                        f"{label} / {each.heading}" if wide else label,
                        text,
                        level,
                        each.index + 1 if wide and not is_across else 0,
                        len(self._rows),
                    )
                )

    def _compare_across(self, record, taken):
        """Compare a row's total columns with the amounts left of them."""
        if not self._layout.totals:
            return
        reading, parts = self._asked.reading, revenue_totals.Sums()
        amounts = {row.column - 1: reading.parse(row.amount) or 0 for row in taken}
        whole = sum(amounts.values())
        for each in sorted((*self._layout.totals, *self._layout.amounts)):
            if each.index in self._figures:
                parts.add(amounts.get(each.index, 0))
                continue
            text = _cell(record.cells, each.index)
            figure = None if text in NOTHING else reading.parse(text)
            if figure is None:
                continue
            # A total may also stand before its parts.
            if parts.close(each.level, figure) is None or figure == whole:
                self._agreeing += 1
                continue
            total = revenue_totals.Total(
                record.number, each.heading, text, each.level, 0, 0
            )
            self._across.append(revenue_totals.difference(total, whole, reading))

    # === At the end === #

    def finish(self):
        layout = self._layout
        if not self._rows:
            raise NoRows(_lt("The file has a header but no rows below it."))
        notes = [*layout.notes]
        notes += self._tell_counts()
        rows = self._rows
        differing, agreeing = revenue_totals.compare(
            rows, self._totals, self._asked.reading
        )
        notes += revenue_totals.tell(
            self._across + differing, self._agreeing + agreeing
        )
        rows = self._without_empty_columns(rows, notes)
        rows = self._with_years(rows, notes)
        return Table(
            _mark_lost_digits(rows) if self._is_text else rows,
            tuple(filter(None, layout.headings)),
            layout.mapping,
            tuple((total.number, total.label, total.text) for total in self._totals),
            tuple(notes),
        )

    def _tell_counts(self):
        if self._merged:
            yield _lt(
                "Rows that take a name from a merged cell: %(count)s.",
                count=self._merged,
            )
        if self._headers:
            yield _lt(
                "Headers repeated among the rows, left out: %(count)s.",
                count=self._headers,
            )
        if self._footers:
            yield _lt(
                "Rows with a remark or signature, left out: %(rows)s.",
                rows=list(map(str, self._footers[:NAMED])),
            )

    def _without_empty_columns(self, rows, notes):
        """Leave out the columns of a wide table that hold nothing but zeros."""
        if not self._layout.is_wide:
            return rows
        used = {
            row.column for row in rows if self._asked.reading.parse(row.amount) != 0
        }
        empty = {row.column for row in rows} - used
        if not empty or not used:
            return rows
        headings = [self._layout.headings[column - 1] for column in sorted(empty)]
        notes.append(
            _lt(
                "Columns that hold only zeros, left out: %(headings)s.",
                headings=[f"“{text[:40]}”" for text in headings[:NAMED]],
            )
        )
        return [row for row in rows if row.column in used]

    def _with_years(self, rows, notes):
        """Give the year to months that stand without, where one year is named.

        :raise NeedsYear: when none is, or several
        """
        years, open_months, has_whole = set(self._layout.years), {}, False
        for text in dict.fromkeys(row.month for row in rows):
            try:
                years.add(parse_month(text).year)
                has_whole = True
            except NoYear:
                open_months[text] = text
            except ValueError:
                continue
        if has_whole:
            # A bare number among months is a slip rather than a month.
            open_months = {t: t for t in open_months if not t.isdecimal()}
        if not open_months:
            return rows
        shown = next(iter(open_months))[:20]
        year = self._asked.year
        if year is None:
            if not years:
                raise NeedsYear(
                    _lt(
                        "The file has months without a year, such as “%(month)s”: "
                        "say of which year they are.",
                        month=shown,
                    )
                )
            if len(years) > 1:
                raise NeedsYear(
                    _lt(
                        "The file has months without a year, such as “%(month)s”, and "
                        "names the years %(years)s: say of which year they are.",
                        month=shown,
                        years=list(map(str, sorted(years)[:NAMED])),
                    )
                )
            (year,) = years
        notes.append(
            _lt(
                "Months without a year, such as “%(month)s”, are read as of %(year)s.",
                month=shown,
                year=str(year),
            )
        )
        for text in open_months:
            open_months[text] = _dated(text, year)
        return [
            row._replace(month=open_months[row.month])
            if row.month in open_months
            else row
            for row in rows
        ]


def check_year(year):
    """Refuse what is no year of months."""
    is_year = isinstance(year, int) and not isinstance(year, bool)
    if not is_year or not FIRST_YEAR <= year <= LAST_YEAR:
        raise FileRefused(
            _lt(
                "Give a year from %(first)s to %(last)s.",
                first=str(FIRST_YEAR),
                last=str(LAST_YEAR),
            )
        )


def _dated(text, year):
    """Return a month with the year that it lacks; what is none as it is."""
    try:
        parse_month(text)
    except NoYear:
        with suppress(ValueError):  # 29 February
            return f"{parse_month(text, year):%Y-%m}"
    except ValueError:
        return text
    return text


def _cell(cells, index):
    return cells[index] if index < len(cells) else ""


def _mark_lost_digits(rows):
    """Mark the codes that a text file got from a spreadsheet without their digits.

    A workbook's cell tells whether it is a number; here all codes together tell.
    """
    lost = loses_digits({text for row in rows for text in row[1:3]})
    if not lost:
        return rows
    return [
        row._replace(
            account=_marked(row.account, lost),
            account_name=_marked(row.account_name, lost),
        )
        for row in rows
    ]


def _marked(text, lost):
    return f"{text} ⟦0⟧" if text in lost else text


def too_many_rows():
    return FileRefused(
        _lt(
            "The file has more than %(limit)s rows: split it by month.",
            limit=MAX_ROWS,
        )
    )


def long_cell(number):
    return FileRefused(
        _lt(
            "Row %(row)s has a cell with more than %(limit)s characters: "
            "look at the quotes there.",
            row=number,
            limit=LONGEST_CELL,
        )
    )


def _torn(number):
    return FileRefused(
        _lt(
            "Row %(row)s has a cell below no heading: put texts with a comma, such as "
            "1,234.50, in quotes, and give every column a heading.",
            row=number,
        )
    )
