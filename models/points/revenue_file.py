"""Reading a revenue statement: a workbook or a text file becomes rows of text.

Nothing here knows accounts, categories or the database. A file that can't be read
is refused whole with one sentence (``FileRefused``); what stands in the rows is
judged later, row by row. Rule B15.
"""

import csv
import io
from typing import NamedTuple

from odoo.tools.translate import LazyTranslate

from ...kernel import revenue_rows, workbook_rows
from . import revenue_workbook
from .revenue_layout import WITHIN_ROWS, check_mapping, count_known
from .revenue_matcher import COMMA_DECIMAL, UNITS
from .revenue_refusal import FileRefused
from .revenue_table import (
    Asked,
    check_year,
    long_cell,
    take_table,
    text_row,
    too_many_rows,
)
from .revenue_totals import Reading

_lt = LazyTranslate(__name__)

MAX_BYTES = 20 * 1024 * 1024
# Where the header of a text file is looked for, to see what splits it.
HEAD_CHARACTERS = 100_000
ZIP_SIGNATURE = b"PK"
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0"
WEB_PAGE_SIGNATURES = ("<!doctype", "<html", "<table", "<?xml", "<meta", "<head")


class Statement(NamedTuple):
    format: str
    encoding: str
    delimiter: str
    rows: list
    headings: tuple = ()  # texts of the header, as a mapping names them
    mapping: dict = {}  # {column: [heading texts]}, as it was used
    totals: tuple = ()  # (row number, label, amount text) of totals, not in the rows
    notes: tuple = ()  # sentences that tell what was understood


def read_statement(content, unit, mapping=None, year=None):
    """Return the rows of a file.

    :param bytes content: the file, xlsx or csv
    :param str unit: "yuan" or "wan"; a header that says otherwise is refused
    :param dict mapping: which headings are which column, ``{column: [heading texts]}``;
        it comes before what the headings say
    :param int year: of months that stand without one
    :rtype: Statement
    :raise FileRefused: when the file as a whole can't be taken; `NeedsMapping` and
        its like when it can with an answer
    """
    if not content:
        raise FileRefused(_lt("The file is empty."))
    if mapping:
        check_mapping(mapping)
    if year is not None:
        check_year(year)
    if len(content) > MAX_BYTES:
        raise FileRefused(
            _lt(
                "The file has more than %(limit)s MB: split it by month.",
                limit=MAX_BYTES // 1024**2,
            )
        )
    if content.startswith(OLE_SIGNATURE):
        raise FileRefused(
            _lt(
                "This is an old Excel workbook (.xls) or one with a password: "
                "save it as .xlsx without a password."
            )
        )
    if content.startswith(ZIP_SIGNATURE):
        asked = Asked(unit, Reading(UNITS[unit]), mapping, year)
        return Statement("xlsx", "", "", *revenue_workbook.read_table(content, asked))
    text, encoding = _decode(content)
    if text[:1000].lstrip().casefold().startswith(WEB_PAGE_SIGNATURES):
        raise FileRefused(
            _lt(
                "This is a web page or XML, whatever the file's name says: "
                "save it as .xlsx or .csv."
            )
        )
    delimiter = _find_delimiter(text, mapping)
    reading = Reading(UNITS[unit], is_comma_decimal=delimiter == COMMA_DECIMAL)
    asked = Asked(unit, reading, mapping, year)
    table = take_table(_csv_records(text, delimiter), asked, is_text=True)
    return Statement("csv", encoding, delimiter, *table)


def _decode(content):
    try:
        return revenue_rows.decode(content)
    except ValueError as error:
        raise FileRefused(
            _lt("The file is neither a workbook (.xlsx) nor text that can be read.")
        ) from error


def _csv_records(text, delimiter):
    """Yield the records of a text file that aren't empty, and their numbers."""
    # Strict: a quote that is never closed would swallow the rows after it.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cells):
                yield text_row(number, [cell.strip() for cell in cells])
            if number >= workbook_rows.SHEET_ROWS:
                raise too_many_rows()
    except csv.Error as error:
        if "field limit" in str(error):
            raise long_cell(number + 1) from error
        raise FileRefused(
            _lt(
                "The text file is damaged near line %(line)s: "
                "look at the quotes there.",
                line=reader.line_num,
            )
        ) from error


def _find_delimiter(text, mapping):
    """Return what splits the header best, else the rows."""
    head = text[:HEAD_CHARACTERS].splitlines()[:WITHIN_ROWS]

    def score(mark):
        lines = [[cell.strip() for cell in line.split(mark)] for line in head]
        known = max((count_known(cells, mapping) for cells in lines), default=0)
        return known, sum(2 < len(cells) < 1000 for cells in lines)

    return max((",", ";", "\t"), key=score)
