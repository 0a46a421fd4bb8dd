"""What a take-on's sheets say, cell by cell. Rule A14.

Nothing is guessed and nothing is repaired: each cell that can't be taken as it stands
is a `Fault` with its sheet, row and column. All faults are found at once; how rows fit
each other, and what is there, `take_on_check` says.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from .revenue_rows import (
    FIRST_YEAR,
    HALF_WIDTH,
    LAST_YEAR,
    TIME_OF_DAY,
    alias_key,
    has_lost_digits,
    is_marked,
    parse_amount,
)

ACCOUNTS, CONTACTS, TIERS, POINTS = "accounts", "contacts", "tiers", "points"

TEXT, CODE, DAY, NUMBER, BIRTHDAY = "text", "code", "day", "number", "birthday"
CALENDAR, FLAG, NAMES = "calendar", "flag", "names"


class Column(NamedTuple):
    """A column: its key, its headings in English and Chinese, what its cells are."""

    key: str
    english: str
    chinese: str
    kind: str = TEXT
    required: bool = False

    @property
    def label(self) -> str:
        """Return the heading as the template has it, in both languages."""
        return f"{self.english} {self.chinese}"


class SheetKind(NamedTuple):
    """A sheet of the template: its names and its columns in order."""

    english: str
    chinese: str
    columns: tuple[Column, ...]

    @property
    def label(self) -> str:
        """Return the sheet's name as the template has it, in both languages."""
        return f"{self.english} {self.chinese}"


ACCOUNT = Column("account", "Account", "客户", CODE, required=True)
SHEETS = {
    ACCOUNTS: SheetKind(
        "Accounts",
        "客户",
        (
            Column("name", "Name", "名称", TEXT, required=True),
            Column("tax", "Tax ID", "统一社会信用代码", CODE),
            Column("ref", "Customer Code", "客户编码", CODE),
            Column("unit", "Unit", "单位", TEXT),
            Column("manager", "Manager", "客户经理", TEXT),
            Column("class", "Class", "客户类别", TEXT),
            Column("agreement", "Agreement", "协议编号", CODE),
            Column("agreement_from", "Agreement From", "协议生效日期", DAY),
            Column("card", "Card", "会员卡号", CODE),
        ),
    ),
    CONTACTS: SheetKind(
        "Contacts",
        "联系人",
        (
            ACCOUNT,
            Column("name", "Name", "姓名", TEXT, required=True),
            Column("roles", "Role", "角色", NAMES),
            Column("function", "Job Position", "职务", TEXT),
            Column("phone", "Phone", "电话", CODE),
            Column("email", "E-mail", "电子邮箱", TEXT),
            Column("calendar", "Calendar", "历法", CALENDAR),
            Column("birthday", "Birthday", "生日", BIRTHDAY),
            Column("leap", "Leap Month", "闰月", FLAG),
        ),
    ),
    TIERS: SheetKind(
        "Tiers",
        "等级",
        (
            ACCOUNT,
            Column("group", "Tier Group", "等级组", TEXT, required=True),
            Column("tier", "Tier", "等级", TEXT, required=True),
            Column("date_from", "From", "起始日期", DAY, required=True),
            Column("date_to", "To", "截止日期", DAY, required=True),
        ),
    ),
    POINTS: SheetKind(
        "Points",
        "积分",
        (
            ACCOUNT,
            Column("kind", "Kind", "积分种类", TEXT, required=True),
            Column("points", "Points", "积分数", NUMBER, required=True),
            Column("valid_until", "Valid Until", "有效期至", DAY, required=True),
        ),
    ),
}
CALENDARS = {
    **dict.fromkeys(("", "solar", "阳历", "公历"), "solar"),
    **dict.fromkeys(("lunar", "阴历", "农历"), "lunar"),
}
FLAGS = {
    **dict.fromkeys(("", "no", "否", "false", "0"), False),
    **dict.fromkeys(("yes", "是", "true", "1", "闰"), True),
}
DAY_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + TIME_OF_DAY,
        r"(\d{4})(年)(\d{1,2})月(\d{1,2})日" + TIME_OF_DAY,
    )
)
BIRTHDAY_FORMS = (
    re.compile(r"(?:(\d{4})[-/.])?(\d{1,2})[-/.](\d{1,2})" + TIME_OF_DAY, re.ASCII),
    re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日?" + TIME_OF_DAY, re.ASCII),
)
SEPARATORS = re.compile(r"[\s-]")
LONGEST = 200  # characters of a cell
# Points of these kinds are taken, never given.
SPENDING = ("redemption", "expiry")

# Problems; the document says them in the user's language.
NO_SHEET, NO_COLUMN, NO_ROW = "no_sheet", "no_column", "no_row"
EMPTY, LONG, FORMULA, UNSURE = "empty", "long", "formula", "unsure"
NO_DAY, NO_NUMBER, NO_BIRTHDAY, NO_CHOICE = (
    "no_day",
    "no_number",
    "no_birthday",
    "no_choice",
)
UNKNOWN, SEVERAL, TWICE = "unknown", "several", "twice"
NO_ACCOUNT, DIFFERS, STANDS = "no_account", "differs", "stands"
ENDS_BEFORE, OVER, LATER, IS_MEMBER = "ends_before", "over", "later", "is_member"
OVERLAPS, AGREED, LONELY = "overlaps", "agreed", "lonely"
NO_CARD, CARD_TAKEN = "no_card", "card_taken"
HAS_CARD, NO_TIER = "has_card", "no_tier"


class Fault(NamedTuple):
    """What is wrong in a cell: the problem, what stands there, what would be right.

    `wanted` depends on the problem: names to choose from, another row, a document.
    """

    sheet: str
    row: int
    column: str
    problem: str
    value: str = ""
    wanted: str = ""


@dataclass(slots=True)
class Row:
    """A row: its sheet, its number in the file, its values by column."""

    sheet: str
    number: int
    cells: tuple[str, ...]
    values: dict = field(default_factory=dict)


# === Cells === #


def parse_day(text: str) -> date:
    """Return the day that a cell names; anything else is a ValueError.

    >>> {parse_day(cell) for cell in ("2026-3-1", "２０２６/03/01", "2026年3月1日")}
    {datetime.date(2026, 3, 1)}
    >>> parse_day("2026-02-30")
    Traceback (most recent call last):
    ValueError: day is out of range for month
    """
    plain = text.translate(HALF_WIDTH).strip()
    for form in DAY_FORMS:
        if match := form.fullmatch(plain):
            year, _mark, month, day = match.groups()
            if not FIRST_YEAR <= int(year) <= LAST_YEAR:
                raise ValueError("the year is far away")
            return date(int(year), int(month), int(day))
    raise ValueError("no day")


def parse_birthday(text: str) -> tuple[int, int, int]:
    """Return year (0: not told), month and day of a birthday, of either calendar.

    >>> parse_birthday("1975-8-15"), parse_birthday("８月１５日")
    ((1975, 8, 15), (0, 8, 15))
    """
    plain = text.translate(HALF_WIDTH).strip()
    for form in BIRTHDAY_FORMS:
        if match := form.fullmatch(plain):
            year, month, day = match.groups()
            if year and not 1900 <= int(year) <= LAST_YEAR:
                raise ValueError("the year is far away")
            return int(year or 0), int(month), int(day)
    raise ValueError("no birthday")


def clean(text: str) -> str:
    """Return a text without what can't be seen or stored, with single spaces.

    >>> clean(" 江苏　ABC\\u200b \\x00公司 ")
    '江苏 ABC 公司'
    """
    if text.isprintable():  # nearly all: there is nothing to take out
        return " ".join(text.split()) if " " in text else text
    return " ".join(
        "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc", "Cs"))
        .replace("\u3000", " ")
        .split()
    )


def code_of(text: str) -> str:
    """Return a code as it is stored: half width, without spaces at its ends.

    >>> code_of("　Ｋ００１ ")
    'K001'
    """
    return clean(text if text.isascii() else text.translate(HALF_WIDTH))


def tax_key(text: str) -> str:
    """Return the form in which tax ids are compared.

    >>> tax_key("9132 0000-ma1x")
    '91320000MA1X'
    """
    plain = clean(text)
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain)
    return SEPARATORS.sub("", plain).upper()


def split_names(text: str) -> list[str]:
    """Return the names in a cell.

    >>> split_names("Liaison、Decision-Maker, 联络人；")
    ['Liaison', 'Decision-Maker', '联络人']
    """
    return [name for part in re.split(r"[,，、;；\n]", text) if (name := clean(part))]


def _read_cell(column, text):
    """Return the value of a cell that isn't empty; ValueError has the problem."""
    if len(text) > LONGEST:
        raise ValueError(LONG)
    if text.startswith("="):
        raise ValueError(FORMULA)
    if is_marked(text) or (column.kind == CODE and has_lost_digits(text)):
        raise ValueError(UNSURE)
    try:
        if column.kind == DAY:
            return parse_day(text)
        if column.kind == BIRTHDAY:
            return parse_birthday(text)
        if column.kind == NUMBER:
            return parse_amount(text)
    except ValueError:
        problems = {DAY: NO_DAY, BIRTHDAY: NO_BIRTHDAY, NUMBER: NO_NUMBER}
        raise ValueError(problems[column.kind]) from None
    if column.kind == CODE:
        return code_of(text)
    if column.kind == NAMES:
        return split_names(text)
    if column.kind in (CALENDAR, FLAG):
        choices = CALENDARS if column.kind == CALENDAR else FLAGS
        if alias_key(text) not in choices:
            raise ValueError(NO_CHOICE)
        return choices[alias_key(text)]
    return clean(text)


# === Sheets === #


def find_sheet(name: str) -> str | None:
    """Return the key of a sheet by its name, in either language or both.

    >>> find_sheet("Accounts 客户"), find_sheet("积分"), find_sheet("Notes")
    ('accounts', 'points', None)
    """
    wanted = alias_key(name)
    for key, kind in SHEETS.items():
        if wanted in map(alias_key, (kind.label, kind.english, kind.chinese)):
            return key
    return None


def find_columns(sheet: str, cells: list[str]) -> dict[str, int]:
    """Return ``{column: place}`` of a header, in either language or both.

    >>> find_columns("points", ["客户", "Kind", "积分数", "Valid Until 有效期至"])
    {'account': 0, 'kind': 1, 'points': 2, 'valid_until': 3}
    """
    headings = {
        alias_key(text): column.key
        for column in SHEETS[sheet].columns
        for text in (column.label, column.english, column.chinese)
    }
    found = {}
    for place, cell in enumerate(cells):
        if key := headings.get(alias_key(cell.replace("*", ""))):
            found.setdefault(key, place)
    return found


def read_sheet(
    sheet: str, rows: Iterable[tuple[int, list[str]]], faults: list[Fault]
) -> Iterator[Row]:
    """Yield the rows of a sheet below its header; faults go into the list.

    >>> faults = []
    >>> cells = [(1, ["客户", "积分种类", "积分数", "有效期至"]),
    ...          (2, ["K1", "Bonus", "12.5", "2026-12-31"]),
    ...          (3, ["K2", "", "x", "=A1"])]
    >>> [row.values["points"] for row in read_sheet("points", cells, faults)]
    [Decimal('12.50'), None]
    >>> [(fault.row, fault.column, fault.problem) for fault in faults]
    [(3, 'kind', 'empty'), (3, 'points', 'no_number'), (3, 'valid_until', 'formula')]
    """
    columns = SHEETS[sheet].columns
    places = None
    for number, cells in rows:
        if places is None:
            places = find_columns(sheet, cells)
            missing = [c for c in columns if c.required and c.key not in places]
            if missing:
                faults.extend(Fault(sheet, number, c.key, NO_COLUMN) for c in missing)
                return
            continue
        texts = {
            key: clean(cells[place]) if place < len(cells) else ""
            for key, place in places.items()
        }
        if not any(texts.values()):
            continue
        shown = tuple(texts.get(column.key, "") for column in columns)
        row = Row(sheet, number, shown)
        for column in columns:
            text = texts.get(column.key, "")
            row.values[column.key] = None
            if not text:
                if column.required:
                    faults.append(Fault(sheet, number, column.key, EMPTY))
                continue
            try:
                row.values[column.key] = _read_cell(column, text)
            except ValueError as error:
                faults.append(Fault(sheet, number, column.key, str(error), text))
        yield row


def read_book(
    sheets: Iterable[tuple[str, Iterable[tuple[int, list[str]]]]],
) -> tuple[dict[str, list[Row]], list[Fault]]:
    """Return the rows by sheet and the faults of a workbook's visible sheets.

    Sheets that the template doesn't have are left alone; only accounts must be there.

    >>> rows, faults = read_book([("积分", [])])
    >>> faults
    [Fault(sheet='accounts', row=0, column='', problem='no_sheet', value='', wanted='')]
    """
    found: dict[str, list[Row]] = {key: [] for key in SHEETS}
    faults: list[Fault] = []
    seen = set()
    for name, rows in sheets:
        key = find_sheet(name)
        if key is None:
            continue
        if key in seen:
            faults.append(Fault(key, 0, "", TWICE, name))
            continue
        seen.add(key)
        found[key] = list(read_sheet(key, rows, faults))
    if ACCOUNTS not in seen:
        faults.append(Fault(ACCOUNTS, 0, "", NO_SHEET))
    elif not found[ACCOUNTS] and not faults:
        faults.append(Fault(ACCOUNTS, 0, "", NO_ROW))
    return found, faults
