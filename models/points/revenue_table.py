"""The table of a statement: where its header is, what its columns are, its rows.

Nothing here knows accounts, categories or the database. Rule B15.
"""

import re
import unicodedata
from typing import NamedTuple

from odoo.tools.translate import LazyTranslate

from ...kernel.revenue_rows import loses_digits
from ...kernel.workbook_rows import LONGEST_CELL, SHEET_COLUMNS
from .revenue_refusal import FileRefused, NoRows, NothingThere

_lt = LazyTranslate(__name__)

MAX_ROWS = 250_000
# What all rows together may hold: a workbook can repeat a long text at no cost.
MAX_CHARACTERS = 50_000_000
# Statements carry titles above their header.
WITHIN_ROWS = 20
LONGEST_HEADER = 100  # characters that are looked at

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
    "product": (
        *("productcode", "sku", "产品编码", "产品代码", "商品编码", "商品代码"),
        *("product", "productname", "产品", "产品名称", "商品", "商品名称"),
    ),
    "month": ("month", "period", "月份", "月", "账期", "期间"),
    "amount": ("amount", "revenue", "金额", "业务收入", "收入"),
}
COLUMN_LABELS = {
    "account": _lt("account"),
    "category": _lt("category"),
    "product": _lt("product"),
    "month": _lt("month"),
    "amount": _lt("amount"),
}
# A statement does without them.
OPTIONAL = {"product"}
# Code and name may stand side by side.
CODED = {"account", "product"}
# Units of amounts; what is neither CNY nor 10,000 CNY comes first.
OTHER_UNIT = re.compile(
    r"[十百千]万|千元|亿|[美欧日港加澳]元|美金|港币|英镑|\b(?:usd|eur|hkd|jpy|gbp)\b|[$€£]"
    r"|thousand|million|billion|\b1[,.]?000\b|'000|\((?:千|分|角|厘|k|m)\)"
)
TEN_THOUSANDS = re.compile(r"万元|\(万\)|\b10[,.]?000\b")
YUAN = re.compile(r"元|\b(?:cny|rmb|yuan)\b|¥")
# A title such as 单位:万元; of the people meant by 单位 nothing is said here.
TITLE_UNIT = re.compile(
    r"单位:(?:人民币)?((?:[十百千]?万|[千亿])?元|[美欧日港]元|分|角|厘)(?=$|[);,。])"
)

# Of an amount that was torn apart at its comma.
THOUSANDS = re.compile(r"[-+(¥]*\d{1,3},\d{3}(?:\.\d*)?\)?", re.ASCII)


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


def take_rows(records, unit, *, is_text=False):
    """Return the rows below the header.

    :param records: number and cells of each record that isn't empty, from the top
    :param is_text: a comma too many tears a record apart
    :raise FileRefused: when they can't be taken
    """
    records = iter(records)
    _number, header, columns = _find_header(records, unit)
    rows, characters = [], 0
    for number, cells in records:
        if is_text and _is_torn(cells, header, columns["amount"][0]):
            raise _torn(number)
        row = _take_row(number, cells, columns)
        length = sum(map(len, row[1:7]))
        if not length:
            continue
        rows.append(row)
        characters += length
        if max(map(len, row[1:7])) > LONGEST_CELL:
            raise long_cell(number)
        if len(rows) > MAX_ROWS:
            raise too_many_rows()
        if characters > MAX_CHARACTERS:
            raise FileRefused(
                _lt(
                    "The rows hold more than %(limit)s million characters: "
                    "split the file by month.",
                    limit=MAX_CHARACTERS // 1_000_000,
                )
            )
    if not rows:
        raise NoRows(_lt("The file has a header but no rows below it."))
    return _mark_lost_digits(rows) if is_text else rows


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


def _is_torn(cells, header, amount):
    """Tell whether an amount such as 1,234.50 stands in two cells."""
    if any(
        cell and not (index < len(header) and header[index])
        for index, cell in enumerate(cells)
    ):
        return True
    beside = cells[amount : amount + 2]
    return len(cells) > len(header) and bool(THOUSANDS.fullmatch(",".join(beside)))


def _take_row(number, cells, columns):
    texts = {
        column: [cells[i] for i in indexes if i < len(cells) and cells[i]]
        for column, indexes in columns.items()
    }
    first = {column: next(iter(found), "") for column, found in texts.items()}
    other_names = [name for name in texts["account"] if name != first["account"]]
    return Row(number, account_name=next(iter(other_names), ""), **first)


def _find_header(records, unit):
    """Return the header's number and cells, and the indexes of each column.

    :raise FileRefused: when there is none, or it can be understood in two ways
    """
    nearest = required = [column for column in HEADERS if column not in OPTIONAL]
    titles = []
    for number, cells in records:
        columns = find_columns(cells)
        absent = [column for column in required if not columns[column]]
        if not absent:
            _check_header(cells, columns)
            _check_unit(cells[columns["amount"][0]], unit)
            for text in titles:
                _check_unit(text, unit, is_title=True)
            return number, cells, columns
        nearest = min(nearest, absent, key=len)
        if number >= WITHIN_ROWS:
            break
        titles += filter(None, cells)
    if len(nearest) == len(required):
        raise NothingThere(
            _lt(
                "No header with account, category, month and amount was found: "
                "take the columns of the template."
            )
        )
    raise NothingThere(
        _lt(
            "The file has no column for the %(column)s: "
            "take the columns of the template.",
            column=COLUMN_LABELS[nearest[0]],
        )
    )


def find_columns(cells):
    """Return the indexes of each column, the best first."""
    head = enumerate(cells[:SHEET_COLUMNS])
    keys = [(header_key(cell), index) for index, cell in head if cell]
    return {
        column: [
            index
            for _rank, index in sorted(
                (names.index(key), index) for key, index in keys if key in names
            )
        ]
        for column, names in HEADERS.items()
    }


def header_key(cell):
    """Return a header without blanks, marks and unit: ``金额(万元)`` is ``金额``."""
    text = unicodedata.normalize("NFKC", cell[:LONGEST_HEADER])
    text = text.casefold().partition("(")[0]
    return re.sub(r"[\s\"_*:,/-]+|(?<=.)(万元|元)$", "", text)


def _check_header(cells, columns):
    for column, indexes in columns.items():
        keys = {header_key(cells[index]) for index in indexes}
        if len(indexes) > (len(keys) if column in CODED else 1):
            raise FileRefused(
                _lt(
                    "The header has several columns for the %(column)s: "
                    "leave only one of them.",
                    column=COLUMN_LABELS[column],
                )
            )


def _check_unit(text, unit, is_title=False):
    folded = unicodedata.normalize("NFKC", text[:LONGEST_HEADER]).casefold()
    if is_title:
        found = TITLE_UNIT.search(re.sub(r"\s+", "", folded))
        folded = f"({found[1]})" if found else ""
    said = unit
    if OTHER_UNIT.search(folded):
        said = "other"
    elif TEN_THOUSANDS.search(folded):
        said = "wan"
    elif YUAN.search(folded):
        said = "yuan"
    if said == "other":
        raise FileRefused(
            _lt(
                "“%(text)s” names a unit that can't be read: "
                "give the amounts in CNY or in 10,000 CNY.",
                text=text[:LONGEST_HEADER],
            )
        )
    if said != unit:
        raise FileRefused(
            _lt(
                "“%(text)s” names another unit than the one chosen: "
                "choose the unit that the file is in.",
                text=text[:LONGEST_HEADER],
            )
        )


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
