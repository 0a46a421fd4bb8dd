"""Files that an import meets one day: odd, damaged and made to do harm (Rule B15)."""

import io
import zipfile
from decimal import Decimal
from typing import NamedTuple

HEADER = ("account", "category", "month", "amount")
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>{}</sheetData></worksheet>"
)
RELATION = (
    '<Relationship Id="{id}" Target="{target}" Type="http://schemas.openxmlformats.org'
    '/officeDocument/2006/relationships/{kind}"/>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships">{}</Relationships>'
)
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    "{}<sheets>{}</sheets></workbook>"
)
RIGHT_TO_LEFT, ZERO_WIDTH, EMOJI = "\u202e", "\u200b", "\U0001f9e8"


class Expected(NamedTuple):
    """What is to come of a file that is taken."""

    good: int
    parked: int
    # Of the amounts that can be read, also in parked rows.
    total: Decimal = Decimal(0)


def text_cell(text):
    """Return a cell of text as a workbook has it."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;")
    return f'<c t="inlineStr"><is><t xml:space="preserve">{safe}</t></is></c>'


def raw(value, kind="n", style=0):
    """Return a cell with a raw value."""
    return f'<c t="{kind}" s="{style}"><v>{value}</v></c>'


def sheet(*rows):
    """Return a sheet; a row is a list of cells, each XML or a text."""
    return SHEET.format(
        "".join(
            "<row>{}</row>".format(
                "".join(c if c.startswith("<c") else text_cell(c) for c in cells)
            )
            for cells in rows
        )
    )


def pack(*sheets, states=(), parts=None, book="", packing=zipfile.ZIP_DEFLATED):
    """Return a workbook of sheets (XML); `parts` are added or replace what is there."""
    names = [f"xl/worksheets/sheet{number}.xml" for number in range(len(sheets))]
    states = (*states, *("visible",) * len(sheets))
    listed = "".join(
        f'<sheet name="S{number}" sheetId="{number + 1}" r:id="r{number}" '
        f'state="{states[number]}"/>'
        for number in range(len(sheets))
    )
    relations = [
        RELATION.format(id=f"r{number}", target=f"/{name}", kind="worksheet")
        for number, name in enumerate(names)
    ]
    for kind in ("sharedStrings", "styles"):
        if f"xl/{kind}.xml" in (parts or {}):
            relations.append(RELATION.format(id=kind, target=f"{kind}.xml", kind=kind))
    home = RELATION.format(id="r", target="xl/workbook.xml", kind="officeDocument")
    files = {
        "_rels/.rels": RELATIONS.format(home),
        "xl/workbook.xml": BOOK.format(book, listed),
        "xl/_rels/workbook.xml.rels": RELATIONS.format("".join(relations)),
        **dict(zip(names, sheets, strict=True)),
        **(parts or {}),
    }
    return zipped(files, packing)


def zipped(files, packing=zipfile.ZIP_DEFLATED):
    """Return an archive of files."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", packing) as container:
        for name, content in files.items():
            container.writestr(name, content)
    return output.getvalue()


def encrypted(content):
    """Return an archive whose entries say that they need a password."""
    data = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := data.find(mark, start + 1)) >= 0:
            data[start + offset] |= 1
    return bytes(data)


def books(account, category):
    """Yield name, content and what is to come of each workbook.

    What is to come is `Expected` or words of the refusal.
    """
    good = (account, category, "2026-01", raw("100.5"))
    one = Expected(1, 0, Decimal("100.50"))
    table = sheet(HEADER, good)
    plain = pack(table)
    yield "plain", plain, one
    yield "stored, not packed", pack(table, packing=zipfile.ZIP_STORED), one
    yield "hidden sheets", pack(table, table, states=("hidden",)), one
    yield "very hidden", pack(table, table, states=("visible", "veryHidden")), one
    yield "all hidden", pack(table, states=("hidden",)), "damaged"
    yield "a cover sheet", pack(sheet(("Bureau",)), table), one
    yield "two sheets", pack(table, table), "Several sheets"
    yield "no sheets", pack(), "damaged"
    yield "no header", pack(sheet(good)), "No header"
    yield "empty sheet", pack(sheet()), "No header"
    yield "header alone", pack(sheet(HEADER)), "no rows"
    yield "duplicated header", pack(sheet((*HEADER, "amount"), good)), "several columns"
    yield from _books_of_cells(account, category, good)
    yield "truncated", plain[: len(plain) // 2], "damaged"
    yield "end alone", plain[-22:], "damaged"
    yield "password", encrypted(plain), "password"
    yield "lzma", pack(table, packing=zipfile.ZIP_LZMA), "damaged"
    text = zipped({"content.xml": "<x/>", "mimetype": "application/vnd.oasis"})
    yield "OpenDocument", text, "no Excel workbook"
    binary = RELATION.format(id="r", target="xl/workbook.bin", kind="officeDocument")
    parts = {"_rels/.rels": RELATIONS.format(binary), "xl/workbook.bin": "x"}
    yield "binary workbook", zipped(parts), "no Excel workbook"
    yield "many entries", zipped({f"{n}": "" for n in range(20_001)}), "unpacks"
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'
    bomb = sheet(HEADER, (account, category, "2026-01", "@")).replace("@", "&l9;")
    yield "billion laughs", pack(doctype + bomb), "damaged"
    outside = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    bomb = sheet(HEADER, (account, category, "2026-01", "@")).replace("@", "&e;")
    yield "external entity", pack(outside + bomb), "damaged"
    yield "rows run backwards", pack(table.replace("<row>", '<row r="7">')), "damaged"
    far = table.replace("<row>", '<row r="99999999999">')
    yield "row of a huge number", pack(far), "damaged"
    missing = table.replace('t="inlineStr"', 't="s"').replace("<is>", "<v>9</v><is>")
    yield "strings that aren't there", pack(missing), "damaged"
    yield "sheet that isn't XML", pack("\x00\x01" * 50), "damaged"
    yield "UTF-16 parts", pack(table.encode("utf-16")), one
    kinds = {"xl/sharedStrings.xml": "<sst><si><t>a</t></si><si>"}
    yield "shared strings cut off", pack(table, parts=kinds), "damaged"


def _books_of_cells(account, category, good):
    one = Expected(1, 0, Decimal("100.50"))
    for name, cell, amount in (
        ("formula with result", "<c><f>1+1</f><v>2</v></c>", "2"),
        ("formula without", "<c><f>1+1</f></c>", None),
        ("formula of text", '<c t="str"><f>"x"</f><v>x</v></c>', None),
        ("text like a formula", "=1+1", None),
        ("error", raw("#REF!", "e"), None),
        ("truth", raw("1", "b"), None),
        ("1e308", raw("1e308"), None),
        ("1e999", raw("1e999"), None),
        ("NaN", raw("NaN"), None),
        ("inf", raw("inf"), None),
        ("-0", raw("-0.0"), "0"),
        ("1e-320", raw("1e-320"), "0"),
        ("floats", raw("0.30000000000000004"), "0.30"),
        ("huge integer", raw("9" * 5000), None),
        ("thousands", "1,234.50", "1234.50"),
        ("full width", "１，２３４．５０", "1234.50"),
        ("brackets", "（¥120）", "-120"),
        ("two ways", "1.234,50", None),
        ("date", raw("46023", style=1), None),
    ):
        row = (account, category, "2026-01", cell)
        total = Decimal("100.50") + Decimal(amount or 0)
        taken = Expected(2, 0, total) if amount else Expected(1, 1, total)
        yield f"amount: {name}", _styled(sheet(HEADER, good, row)), taken
    for name, cell, is_month in (
        ("date", raw("46023", style=1), True),
        ("date and time", raw("46023.75", style=2), True),
        ("Chinese month format", raw("46023", style=3), True),
        ("serial number", raw("46023"), True),
        ("ISO date", raw("2026-01-31", "d"), True),
        ("number", raw("202601"), True),
        ("year 0001", "0001-01", False),
        ("year 9999", "9999-12", False),
        ("before 1970", "1969-12", False),
        ("no 29 February", "2025-02-29", False),
        ("29 February", "2024-02-29", True),
        ("date beyond all", raw("1e12", style=1), False),
        ("negative date", raw("-5", style=1), False),
        ("long", "2026" + " " * 20_000 + "年", False),
    ):
        taken = Expected(1 + is_month, 1 - is_month, Decimal("101.50"))
        row = (account, category, cell, raw("1"))
        yield f"month: {name}", _styled(sheet(HEADER, good, row)), taken
    for name, text in hostile_names():
        taken = Expected(1, 1, Decimal("101.50"))
        row = (text, category, "2026-01", raw("1"))
        yield f"account: {name}", pack(sheet(HEADER, good, row)), taken
        row = (account, text, "2026-01", raw("1"))
        yield f"category: {name}", pack(sheet(HEADER, good, row)), taken
    merged = sheet(HEADER, good, ("<c/>", category, "2026-01", raw("1")))
    yield "merged cells", pack(merged), Expected(1, 1, Decimal("101.50"))
    wide = sheet(HEADER, (*good, *("<c><v>1</v></c>",) * 16_380))
    yield "16,384 columns", pack(wide), one
    marks = f"{account[:2]}{ZERO_WIDTH}{RIGHT_TO_LEFT}{account[2:]}"
    marked = sheet(HEADER, (marks, category, "2026-01", raw("100.5")))
    yield "marks inside a code", pack(marked), one
    long_text = sheet(HEADER, good, ("x" * 32_768, category, "2026-01", raw("1")))
    yield "a cell too long", pack(long_text), "more than 32"
    huge = sheet(HEADER, good, ("x" * 10_000_000, category, "2026-01", raw("1")))
    yield "a cell of 10 MB", pack(huge), "more than 32"


def _styled(content):
    """Return a workbook whose styles 1 to 3 are dates."""
    styles = (
        "<styleSheet><numFmts><numFmt numFmtId='164' "
        'formatCode=\'[$-804]yyyy"年"m"月";@\'/></numFmts><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/></cellXfs>'
        "</styleSheet>"
    )
    return pack(content, parts={"xl/styles.xml": styles})


def hostile_names():
    """Yield names that nobody has, and what is odd about them."""
    yield "formula", '=HYPERLINK("http://example.com","x")'
    yield "command", "=cmd|' /C calc'!A0"
    yield "at sign", "@SUM(1+1)*cmd|' /C calc'!A0"
    yield "plus", "+1+1"
    yield "minus", "-2+3"
    yield "markup", "<img src=x onerror=alert(1)>"
    yield "template", "%(name)s %s {0} ${7*7}"
    yield "quotes", "'; DROP TABLE club_revenue_line; --"
    yield "emoji", EMOJI * 3
    yield "right to left", f"{RIGHT_TO_LEFT}gnp.exe"
    yield "nothing visible", ZERO_WIDTH
    yield "combining marks", "a" + "\u0315\u0300" * 15_000
    yield "ligatures", "\ufdfa" * 400
    yield "beyond the first plane", "\U0010fffd\U00020000"


def texts(account, category):
    """Yield name, content and what is to come of each text file."""
    head = ",".join(HEADER)
    good = f"{account},{category},2026-01,100.50"
    one = Expected(1, 0, Decimal("100.50"))
    plain = f"{head}\n{good}\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"):
        chinese = f"客户编码,业务种类,月份,金额\n{good}\n"
        yield f"encoding {encoding}", chinese.encode(encoding), one
    latin = f"{head}\nCaféteria,{category},2026-01,1\n{good}".encode("latin-1")
    yield "Latin-1", latin, Expected(1, 1, Decimal("101.50"))
    euro = f"{head}\n{good}\n€,{category},2026-01,1".encode("cp1252")
    yield "cp1252", euro, "neither a workbook"
    yield "UTF-16 without mark", plain.encode("utf-16-le"), "neither a workbook"
    yield "UTF-32", plain.encode("utf-32"), "neither a workbook"
    yield "NUL", plain.encode() + b"\0", "neither a workbook"
    yield "broken UTF-16", plain.encode("utf-16")[:-1], "neither a workbook"
    mixed = plain.encode() + "客户,x,2026-01,1\n".encode("gbk") + "é,".encode()
    yield "mixed", mixed, None
    yield "surrogates", plain.encode() + b"\xed\xa0\x80", "neither a workbook"
    yield "random bytes", bytes(range(1, 256)) * 20, None
    yield "empty", b" ", "No header"
    yield "mark alone", b"\xef\xbb\xbf", "No header"
    yield "header alone", head.encode(), "no rows"
    yield "header absent", good.encode(), "No header"
    yield "no amount", plain.replace("amount", "what").encode(), "for the amount"
    yield "duplicated header", f"{head},Amount\n{good},1".encode(), "several columns"
    codes = f"account code,{head.replace('account', 'account code')}\nx,{good}"
    yield "two codes", codes.encode(), "several columns"
    for unit in ("千元", "百万元", "亿元", "美元", "分", "USD", "thousand CNY"):
        header = f"{head}({unit})\n{good}".encode()
        yield f"unit {unit}", header, "unit that can't be read"
    yield "unit of another", f"{head}(万元)\n{good}".encode(), "another unit"
    title = f"收入表（单位：万元）\n{plain}".encode()
    yield "unit in the title", title, "another unit"
    yield "a bureau in the title", f"单位：海港局\n{plain}".encode(), one
    yield "semicolons", plain.replace(",", ";").encode(), one
    yield "tabs", plain.replace(",", "\t").encode(), one
    yield "pipes", plain.replace(",", "|").encode(), "No header"
    yield "carriage returns", plain.replace("\n", "\r").encode(), one
    yield "blank lines", (f"{head}\n" + "\n,,,\n" * 999 + good).encode(), one
    quoted = f'{head}\n{account},{category},2026-01,"1,234.50"'.encode()
    yield "quoted thousands", quoted, Expected(1, 0, Decimal("1234.50"))
    torn = f"{plain}{account},{category},2026-01,1,234.50"
    yield "torn amount", torn.encode(), "below no heading"
    yield (
        "torn amount, remark",
        (f"{head},remark\n{account},{category},2026-01,1,234.50,").encode(),
        "below no heading",
    )
    yield "trailing commas", f"{head}\n{good},,,".encode(), one
    yield "unclosed quote", f'{plain}"{good}\n{good}'.encode(), "damaged near"
    yield (
        "quote inside",
        f'{head}\n"{account}"x,{category},2026-01,1'.encode(),
        "damaged",
    )
    yield (
        "line break in a cell",
        (f'{head}\n"{account}\n",{category},2026-01,100.50').encode(),
        one,
    )
    yield "cell of 10 MB", f"{plain}{'x' * 10_000_000}".encode(), "more than 32"
    yield "open quote of 10 MB", f'{plain}"{"x" * 10_000_000}'.encode(), "damaged near"
    yield "comma after comma", f"{plain}{',' * 5_000_000}".encode(), one
    yield "commas for a header", b"," * 5_000_000, "No header"
    yield "one line of 5 MB", b"a," * 2_500_000, "No header"
    yield "web page", b"<html><table><tr><td>account</td></tr></table>", "web page"
    yield "XML", b'<?xml version="1.0"?><Workbook/>', "web page"
    yield "old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "old Excel"
    yield "PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\0", "neither a workbook"
    for name, text in hostile_names():
        cell = text.replace('"', '""')
        row = f'{plain}"{cell}",{category},2026-01,1'
        yield f"name: {name}", row.encode(), Expected(1, 1, Decimal("101.50"))
    row = f"{account},{category},2026-01,1\n"
    yield "the same key", (f"{head}\n" + row * 3).encode(), Expected(3, 0, Decimal(3))
    for amount in ("1e308", "NaN", "inf", "=1+1", "+-1", "9" * 999, "１２万元", "--1"):
        bad = f"{plain}{account},{category},2026-01,{amount}".encode()
        yield f"amount {amount[:9]}", bad, Expected(1, 1, Decimal("100.50"))
