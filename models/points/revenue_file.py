"""Reading a revenue statement: a workbook or a text file becomes rows of text.

Nothing here knows accounts, categories or the database. A file that can't be read
is refused whole with one sentence (``FileRefused``); what stands in the rows is
judged later, row by row. Rule B15.
"""

import csv
import datetime
import io
import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from odoo.tools.translate import LazyTranslate

from ...kernel import revenue_rows
from . import revenue_workbook
from .revenue_refusal import FileRefused

_lt = LazyTranslate(__name__)

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 250_000
# Statements carry titles above their header.
HEADER_WITHIN_ROWS = 20

# What the columns may be called: lower case, without blanks and without unit.
# Of several columns for the account the earlier name here wins: codes first.
HEADERS = {
    "account": (
        *("accountcode", "customercode", "code", "客户编码", "客户代码", "客户编号"),
        *("accountcodeorname", "客户编码或名称", "account", "customer"),
        *("accountname", "customername", "客户", "客户单位", "客户名称", "单位名称"),
    ),
    "category": (
        *("category", "productcategory", "kindofbusiness", "businessline"),
        *("业务种类", "业务类别", "产品类别", "产品种类", "专业"),
    ),
    "month": ("month", "period", "月份", "月", "账期", "期间"),
    "amount": ("amount", "revenue", "金额", "业务收入", "收入"),
}
COLUMN_LABELS = {
    "account": _lt("account"),
    "category": _lt("category"),
    "month": _lt("month"),
    "amount": _lt("amount"),
}
ZIP_SIGNATURE = b"PK"
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0"


class Row(NamedTuple):
    number: int
    account: str = ""
    account_name: str = ""
    category: str = ""
    month: str = ""
    amount: str = ""


class Statement(NamedTuple):
    format: str
    encoding: str
    rows: list


def read_statement(content, unit):
    """Return the rows of a file.

    :param bytes content: the file, xlsx or csv
    :param str unit: "yuan" or "wan"; a header that says otherwise is refused
    :rtype: Statement
    :raise FileRefused: when the file as a whole can't be taken
    """
    if not content:
        raise FileRefused(_lt("The file is empty."))
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
        statement = Statement("xlsx", "", _workbook_rows(content, unit))
    else:
        text, encoding = _decode(content)
        statement = Statement("csv", encoding, _take_rows(_csv_records(text), unit)[0])
    if not statement.rows:
        raise FileRefused(_lt("The file has a header but no rows below it."))
    return statement


def _workbook_rows(content, unit):
    records = (
        (number, [_cell_text(cell) for cell in cells])
        for number, cells in revenue_workbook.read_rows(content)
    )
    rows, header, columns = _take_rows(records, unit)
    taken = {row.number for row in rows}
    wanted = [index for indexes in columns.values() for index in indexes]
    for number, unfinished in revenue_workbook.read_unfinished_rows(content):
        if number <= header or number in taken:
            continue
        if any(unfinished[index] for index in wanted):
            rows.append(Row(number))
    return sorted(rows)


def _cell_text(value):
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, datetime.date):  # a datetime is one too
        return value.isoformat()[:10]
    if isinstance(value, float):
        # A sheet holds 15 digits: 0.1 + 0.2 is 0.3 there.
        return format(Decimal(format(value, ".15g")), "f")
    return str(value)


def _decode(content):
    try:
        return revenue_rows.decode(content)
    except ValueError as error:
        raise FileRefused(
            _lt("The file is neither a workbook (.xlsx) nor text that can be read.")
        ) from error


def _csv_records(text):
    """Yield the records of a text file, split by what splits its header best."""
    head = text.splitlines()[:HEADER_WITHIN_ROWS]
    known = {name for names in HEADERS.values() for name in names}
    delimiter = max(
        (",", ";", "\t"),
        key=lambda mark: max(
            (sum(_header_key(c) in known for c in line.split(mark)) for line in head),
            default=0,
        ),
    )
    # Strict: a quote that is never closed would swallow the rows after it.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise FileRefused(
            _lt(
                "The text file is damaged near line %(line)s: "
                "look at the quotes there.",
                line=reader.line_num,
            )
        ) from error


def _take_rows(records, unit):
    """Return the rows below the header, the header's number and its columns."""
    records = iter(records)
    header, columns = _find_header(records, unit)
    rows = []
    for number, cells in records:
        row = _take_row(number, cells, columns)
        if any(row[1:]):
            rows.append(row)
            if len(rows) > MAX_ROWS:
                raise FileRefused(
                    _lt(
                        "The file has more than %(limit)s rows: split it by month.",
                        limit=MAX_ROWS,
                    )
                )
    return rows, header, columns


def _take_row(number, cells, columns):
    texts = {
        column: [cells[i] for i in indexes if i < len(cells) and cells[i]]
        for column, indexes in columns.items()
    }
    first = {column: next(iter(found), "") for column, found in texts.items()}
    other_names = [name for name in texts["account"] if name != first["account"]]
    return Row(number, account_name=next(iter(other_names), ""), **first)


def _find_header(records, unit):
    nearest = list(HEADERS)
    for number, cells in records:
        columns = _find_columns(cells)
        absent = [column for column, indexes in columns.items() if not indexes]
        if not absent:
            _check_header(cells, columns, unit)
            return number, columns
        nearest = min(nearest, absent, key=len)
        if number >= HEADER_WITHIN_ROWS:
            break
    if len(nearest) == len(HEADERS):
        raise FileRefused(
            _lt(
                "No header with account, category, month and amount was found: "
                "take the columns of the template."
            )
        )
    raise FileRefused(
        _lt(
            "The file has no column for the %(column)s: "
            "take the columns of the template.",
            column=COLUMN_LABELS[nearest[0]],
        )
    )


def _find_columns(cells):
    """Return the indexes of each column, the best first."""
    keys = [(_header_key(cell), index) for index, cell in enumerate(cells)]
    return {
        column: [
            index
            for _rank, index in sorted(
                (names.index(key), index) for key, index in keys if key in names
            )
        ]
        for column, names in HEADERS.items()
    }


def _header_key(cell):
    """Return a header without blanks, marks and unit: ``金额(万元)`` is ``金额``."""
    text = unicodedata.normalize("NFKC", cell).casefold().partition("(")[0]
    return re.sub(r"[\s\"_*:,/-]+|(?<=.)(万元|元)$", "", text)


def _check_header(cells, columns, unit):
    for column, indexes in columns.items():
        if column != "account" and len(indexes) > 1:
            raise FileRefused(
                _lt(
                    "The header has several columns for the %(column)s: "
                    "leave only one of them.",
                    column=COLUMN_LABELS[column],
                )
            )
    header = unicodedata.normalize("NFKC", cells[columns["amount"][0]]).casefold()
    said = "wan" if "万元" in header else "yuan" if "元" in header else unit
    if said != unit:
        raise FileRefused(
            _lt(
                "The column “%(header)s” names another unit than the one chosen: "
                "choose the unit that the file is in.",
                header=header,
            )
        )
