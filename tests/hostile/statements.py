"""Statements at random from a seed, and what is to come of them (Rule B15)."""

import csv
import io
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from . import files as hostile

CENT = Decimal("0.01")
UNITS = {"yuan": Decimal(1), "wan": Decimal(10_000)}
HEADERS = (
    ("account", "category", "month", "amount"),
    ("客户编码", "业务种类", "月份", "金额"),
    ("Customer Name", "Product category", "Period", "Revenue"),
)
UNIT_HEADS = {"yuan": ("", "(元)", "（CNY）"), "wan": ("", "(万元)", "（10,000 CNY）")}
MONTHS = (
    *("2026-01", "２０２６年２月", "202601", "2026/1/31", "2025-12-31 23:59"),
    *("46023", "26年1月", "2026年1月份", "Jan-26", "31/01/2026"),
)
NO_MONTHS = (
    "",
    "March",
    "2026-13",
    "0001-01",
    "9999-12",
    "01/02/2026",
    "4602",
    "2026.1",
    "26-01",
    "2026年1-2月",
)
AMOUNTS = (
    *(("1", "1"), ("0", "0"), ("-0.005", "-0.005"), ("1,234.50", "1234.5")),
    *(("（１２０．００）", "-120"), ("¥ 7", "7"), ("99999999.99", "99999999.99")),
    *((".5", "0.5"), ("123456.789", "123456.789"), ("12元", "12")),
)
NO_AMOUNTS = (
    "",
    "much",
    "1e5",
    "=1+1",
    "1.234,50",
    "NaN",
    "9" * 60,
    "--1",
    "10%",
    "@1",
)
NUMBERS = ("1.5", "-0", "0.30000000000000004", "1e5", "1E-3", "123456.78", "-7")
NO_NUMBERS = ("1e308", "NaN", "-inf", "1e999", "9" * 400, "1e16")


class Statement(NamedTuple):
    """A file, its unit, and what is to come; None where that isn't known."""

    content: bytes
    unit: str
    expected: hostile.Expected | None


class Names(NamedTuple):
    """What is known: texts for accounts and for categories."""

    accounts: tuple
    categories: tuple


def statement(random, names):
    """Return a statement made by a `random.Random`."""
    unit = random.choice(tuple(UNITS))
    is_book = random.random() < 0.5
    head = random.choice(HEADERS)
    head = (*head[:3], head[3] + random.choice(UNIT_HEADS[unit]))
    order = random.sample(range(4), 4)
    rows = [_row(random, names, is_book) for _row_number in range(random.randint(0, 9))]
    table = [[cells[index] for index in order] for cells, *_judged in rows]
    titles = [["Harbour Post"], []][: random.randint(0, 2)]
    table = [*titles, [head[index] for index in order], *table]
    for _blank in range(random.randint(0, 2)):
        table.insert(random.randint(len(titles) + 1, len(table)), [])
    content = (_book if is_book else _text)(random, table)
    expected = hostile.Expected(
        good=sum(is_good for _cells, is_good, _amount in rows),
        parked=sum(not is_good for _cells, is_good, _amount in rows),
        total=sum(
            (amount * UNITS[unit]).quantize(CENT, ROUND_HALF_UP)
            for _cells, _good, amount in rows
            if amount is not None
        ),
    )
    if random.random() < 0.25:
        return Statement(_mangled(random, content), unit, None)
    return Statement(content, unit, expected if rows else "no rows")


def _row(random, names, is_book):
    """Return the cells of a row, whether it counts, and its amount."""
    parts = [
        _pick(random, names.accounts, tuple(t for _n, t in hostile.hostile_names())),
        _pick(random, names.categories, ("Balloons", "", "=1", "\u200b")),
        _pick(random, MONTHS, NO_MONTHS),
    ]
    cells = [cell for cell, _good in parts]
    is_good = all(good for _cell, good in parts)
    if is_book and random.random() < 0.5:
        text, readable = _pick(random, NUMBERS, NO_NUMBERS)
        number = Decimal(f"{float(text):.15g}") if readable else None
        return [*cells, hostile.raw(text)], is_good and readable, number
    (text, value), readable = _pick(random, AMOUNTS, [(t, None) for t in NO_AMOUNTS])
    amount = Decimal(value) if readable else None
    return [*cells, text], is_good and readable, amount


def _pick(random, good, bad):
    is_good = random.random() < 0.8
    return random.choice(good if is_good else bad), is_good


def _book(random, table):
    rows = [cells or ["<c/>"] for cells in table]
    sheets = [hostile.sheet(*rows)]
    states = ["visible"]
    for _other in range(random.randint(0, 2)):
        place = random.randint(0, len(sheets))
        state = random.choice(("hidden", "veryHidden", "visible"))
        other = hostile.sheet(
            ("Notes", "=1+1"), *rows[: 0 if state == "visible" else 9]
        )
        sheets.insert(place, other)
        states.insert(place, state)
    return hostile.pack(*sheets, states=states)


def _text(random, table):
    output = io.StringIO(newline="")
    csv.writer(
        output,
        delimiter=random.choice(",;\t"),
        quoting=random.choice((csv.QUOTE_ALL, csv.QUOTE_MINIMAL)),
        lineterminator=random.choice(("\n", "\r\n")),
    ).writerows(table)
    text = output.getvalue()
    encoding = random.choice(("utf-8", "utf-8-sig", "utf-16", "gb18030"))
    content = text.encode(encoding)
    if encoding == "gb18030" and _is_utf_8(content):
        return text.encode()
    return content


def _is_utf_8(content):
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _mangled(random, content):
    data = bytearray(content)
    for _change in range(random.randint(1, 8)):
        place = random.randrange(len(data))
        kind = random.randrange(4)
        if kind == 0:
            data[place] = random.randrange(256)
        elif kind == 1:
            del data[place : place + random.randint(1, 40)]
        elif kind == 2:
            data[place:place] = random.choice(
                (b"\0", b'"', b"\xff", b"\xed\xa0\x80", b"\n", b",", b"\x1a", b"=")
            )
        else:
            data[place:place] = data[place : place + random.randint(1, 99)]
        data = data or bytearray(b"x")
    return bytes(data)
