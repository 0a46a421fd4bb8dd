"""What comes out of the cells of Finance's files (Rule B15).

Every reader returns a clean value or raises ValueError with a short reason, which the
import shows beside the parked row. Nothing is guessed: what can be read in two ways is
refused.
"""

import codecs
import math
import re
import unicodedata
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

# A year beyond these comes from an amount or a serial number, not from a month.
FIRST_YEAR, LAST_YEAR = 1990, 2099
LONGEST_AMOUNT = LONGEST_MONTH = 40  # characters
# A longer text is no name; folding one made for the purpose would take minutes.
LONGEST_NAME = 500
AMOUNT_LIMIT = Decimal(10) ** 13
CENT = Decimal("0.01")
EXACT = Context(prec=80, rounding=ROUND_HALF_UP)

BRACKETS = str.maketrans("【】〔〕〖〗〘〙〚〛〈〉《》", "[][][][][]<><>")
LOOKALIKES = str.maketrans("[]{}「」『』", "()" * 4) | dict.fromkeys(
    map(ord, "·•・‧∙⋅●․。"), "."
)
LOOKALIKES |= dict.fromkeys(map(ord, "‐‑‒–—―−─"), "-")
# Only what a Chinese keyboard makes: NFKC would also turn "10²" into 102, "⑴" into (1).
HALF_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)}
HALF_WIDTH |= str.maketrans("\u3000\uffe5\u2212\u2013", " ¥--")

TIME_OF_DAY = r"(?:[ T]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?"
NAMES_OF_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
MONTH_NUMBERS = {
    short: number
    for number, name in enumerate(NAMES_OF_MONTHS, start=1)
    for short in (name, name[:3], "sept" if name == "september" else name)
}
ANY_MONTH = rf"(?:{'|'.join(MONTH_NUMBERS)})\.?"
NAME_OF_MONTH = rf"(?P<name>{'|'.join(MONTH_NUMBERS)})\.?"
MONTH_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        r"(?P<year>\d{4})(?P<month>\d\d)",
        # two digits: 2017.1 may be what a cell left of 2017.10
        r"(?P<year>\d{4})\.(?P<month>\d\d)",
        r"(?P<year>\d{4})[-/](?P<month>\d{1,2})",
        r"(?P<month>\d{1,2})[-/](?P<year>\d{4})",
        r"(?P<year>\d{4}|\d\d)年(?P<month>\d{1,2})(?:月份?)?",
        r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})" + TIME_OF_DAY,
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
        r"(?P<year>\d{4}|\d\d)年(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]"
        + TIME_OF_DAY,
        NAME_OF_MONTH + r"[-, '/]{0,2}(?P<year>\d{4})",
        NAME_OF_MONTH + r"[-'](?P<year>\d\d)",  # as Excel writes it: Oct-26
        r"(?P<year>\d{4})[- /]?" + NAME_OF_MONTH,
        r"(?P<day>\d{1,2})[- ]" + NAME_OF_MONTH + r"[-, ]{1,2}(?P<year>\d{4})",
        r"(?P<month>\d{1,2})(?:月份?)?",
        r"(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]",
    )
)
# Which of the two is the month, only their size tells.
DAY_OR_MONTH_FORM = re.compile(
    r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})" + TIME_OF_DAY, re.ASCII
)
SERIAL_FORM = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
# Year, month or day; a month cut off or one of several; a quarter.
UNCLEAR_MONTH_FORM = re.compile(
    rf"\d{{1,2}}[-/.]\d{{1,2}}|\d{{4}}\.\d|\d{{1,2}}[- ]?{ANY_MONTH}"
    rf"|{ANY_MONTH} \d\d"
    r"|(?:\d{4}[-年/.]?)?\d{1,2}月?[-~—至到、,]\d{1,2}月份?"
    r"|(?:\d{4}[-年]?)?(?:q[1-4]|第?[1-4一二三四]季度?|[上下]半年|h[12])|\d{4}年度?",
    re.ASCII,
)
CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
CHINESE_YEAR = re.compile(r"[〇零○一二三四五六七八九]{4}(?=年)")
CHINESE_MONTH = re.compile(
    r"(?<![一二三四五六七八九十\d])(十[一二]?|[一二三四五六七八九])(?=月)"
)
SERIAL_EPOCH = date(1899, 12, 30)
# What a spreadsheet leaves of a long code (5.11E+15), of one that reads like a day
# (1-3), and of one in a column too narrow. A text may end in zeros; a number that a
# text file got from a spreadsheet ends in zeros from its 16th digit on.
LOST_FORM = re.compile(
    r"[-+]?(?:\d(?:\.\d+)?E[-+]\d{1,3}|\d\.\d+E\d{1,3}|\dE\d{2,3})"
    r"|\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}月\d{1,2}日"
    r"|\d{1,2}-(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)|#+",
    re.ASCII,
)
LONG_CODE = re.compile(r"\d{16,40}", re.ASCII)
# What a cell's number format leaves open; see number_formats.
MARKED_FORM = re.compile(r"(.*) ⟦(.*)⟧", re.DOTALL)
# Of an amount in a cell that is merged with others for which it stands, too.
MERGED_MARK = "⟦merged⟧"
# Thousands or decimals, as the country has it.
AMBIGUOUS_FORM = re.compile(r"[-+(¥\s]*[1-9]\d{0,2}[.,]\d{3}[)元\s]*", re.ASCII)
AMOUNT_FORM = re.compile(
    r"(?P<before>[-+]?)\s?(?:¥|CNY|RMB)?\s?(?P<after>[-+]?)"
    r"(?P<number>\d+(?:\.\d*)?|\.\d+|[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?)\s?元?",
    re.ASCII,
)


def visible(text: str) -> str:
    """Return a text without what can't be seen: joiners, marks of direction.

    >>> visible("K0\\u200b01\\u200f")
    'K001'
    """
    if text.isprintable():  # nearly all: there is nothing to take out
        return text
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def alias_key(text: str) -> str:
    """Return the form under which a name or code of Finance's is remembered.

    Rule B15. Width, case, invisible characters and the amount of white space don't
    matter, nor whether brackets are Chinese or Western. The key of a key is the key
    itself. A text of more than 500 characters is no name and has no key.

    >>> alias_key(" 江苏　ＡＢＣ（集团）  公司 ")
    '江苏 abc(集团) 公司'
    """
    if len(text) > LONGEST_NAME:
        return ""
    if text.isascii():  # folding leaves it as it is
        return " ".join(text.lower().split())
    folded = unicodedata.normalize(
        "NFKC", unicodedata.normalize("NFD", visible(text)).casefold()
    )
    folded = unicodedata.normalize("NFKC", folded.casefold())
    key = " ".join(folded.translate(BRACKETS).split())
    return key if len(key) <= LONGEST_NAME else ""


def name_key(text: str) -> str:
    """Return the form under which names are compared where no exact one is known.

    Rule B15. Like `alias_key`, but no white space counts at all, and dots, dashes and
    brackets of any kind are one. Two names may have one key: then neither is meant.

    >>> name_key("西湖　宾馆"), name_key("A·B 〔集团〕")
    ('西湖宾馆', 'a.b(集团)')
    """
    key = alias_key(text)
    if not key.isascii():
        key = alias_key("".join(key.translate(LOOKALIKES).split()))
    return "".join(key.translate(LOOKALIKES).split())


def is_marked(text: str) -> bool:
    """Tell whether a cell's number format leaves open what the cell says.

    >>> is_marked("777 ⟦0!.0000⟧"), is_marked("777")
    (True, False)
    """
    return text.endswith("⟧") and bool(MARKED_FORM.fullmatch(text))


def has_lost_digits(text: str) -> bool:
    """Tell whether a code is no more what it was before a spreadsheet had it.

    Several codes may have become this text, so it stands for none of them. Rule B15.

    >>> list(map(has_lost_digits, ("5.11E+15", "2026-03-01", "####", "K001", "12E4")))
    [True, True, True, False, False]
    """
    plain = visible(text[:LONGEST_NAME])
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain)
    plain = plain.strip().upper()
    return bool(LOST_FORM.fullmatch(plain))


def is_sure_code(text: str) -> bool:
    """Tell whether a name or code may be looked up, and remembered as an alias.

    >>> is_sure_code("K001"), is_sure_code("5.11E+15"), is_sure_code("7 ⟦0!.00⟧")
    (True, False, False)
    """
    return not (is_marked(text) or has_lost_digits(text))


def loses_digits(codes: set[str]) -> set[str]:
    """Return those codes of a text file that a spreadsheet seems to have cut off.

    They have more than 15 digits, and only zeros after the 15th. Where any code of the
    file has other digits there, the file came from no spreadsheet, and all are whole.

    >>> sorted(loses_digits({"5110000000000010", "5110000000000020", "K001"}))
    ['5110000000000010', '5110000000000020']
    >>> loses_digits({"5110000000000010", "5110000000000017"})
    set()
    """
    long_codes = {code for code in codes if LONG_CODE.fullmatch(code.strip())}
    if any(code.strip()[15:].strip("0") for code in long_codes):
        return set()
    return long_codes


class Ambiguous(ValueError):
    """An amount or a month can be read in two ways."""


class NoYear(ValueError):
    """A month stands without a year."""


def parse_month(value: object, year: int | None = None) -> date:
    """Return the first day of the month that a cell names.

    Rule B15. A date stands for its month, with or without a time, and so does Excel's
    serial number of a day. What doesn't name one month for sure (26-10, 1/2/2026,
    1-10月, a quarter) is `Ambiguous`.

    :param year: of a month that stands without one; where none is given, that is
        `NoYear`

    >>> cells = ("2017-03", "2017/3", 201703, "２０１７年３月", "17年3月份", "Mar-17")
    >>> {f"{parse_month(cell):%Y-%m}" for cell in (*cells, "42795", "03/2017")}
    {'2017-03'}
    >>> parse_month("3月", year=2017)
    datetime.date(2017, 3, 1)
    >>> parse_month("2017-13")
    Traceback (most recent call last):
    ValueError: there is no month '2017-13'
    """
    if isinstance(value, date):  # a datetime is one too
        return _month(value.year, value.month, 1, value.isoformat())
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("the month is empty" if value is None else "not a month")
    if isinstance(value, str) and len(value) > LONGEST_MONTH:
        raise ValueError("the month is too long")
    text = visible(str(value)).translate(HALF_WIDTH).strip()
    if not text:
        raise ValueError("the month is empty")
    found = _read_month(_compact_month(text), text)
    if found is None:
        raise ValueError(f"{text[:20]!r} is not a month such as 2017-03")
    named, month, day = found
    if named is None and year is None:
        _month(2000, month, day, text)
        raise NoYear(f"{text[:20]!r} has no year")
    return _month(year if named is None else named, month, day, text)


def _compact_month(text):
    """Return a month's text without blanks that don't matter, in Western digits."""
    compact = re.sub(r"\s*([年月日号份])\s*(?!\d{1,2}:)", r"\1", text.casefold())
    compact = CHINESE_YEAR.sub(lambda m: m[0].translate(CHINESE_DIGITS), compact)
    return CHINESE_MONTH.sub(_western_month, compact)


def _western_month(match):
    ten, _mark, rest = match[0].rpartition("十")
    rest = rest.translate(CHINESE_DIGITS)
    if not _mark:
        return rest
    return f"1{rest or 0}"


def _read_month(compact, text):
    """Return year (None where none is named), month and day; None for no month."""
    for form in MONTH_FORMS:
        if match := form.fullmatch(compact):
            parts = match.groupdict()
            month = MONTH_NUMBERS.get(parts.get("name"), 0) or int(parts["month"])
            year = parts.get("year")
            # Of two digits: this century's.
            named = year and int(year) + (2000 if len(year) == 2 else 0)
            return named, month, int(parts.get("day") or 1)
    if match := SERIAL_FORM.fullmatch(compact):
        day = SERIAL_EPOCH + timedelta(days=int(match[1]))
        return day.year, day.month, 1
    if match := DAY_OR_MONTH_FORM.fullmatch(compact):
        first, second = int(match[1]), int(match[3])
        months = {
            month
            for month, day in ((first, second), (second, first))
            if 1 <= month <= 12 and 1 <= day <= 31
        }
        if len(months) == 1:
            return int(match[4]), months.pop(), 1
        if months:
            raise Ambiguous(f"{text!r} can be read in two ways")
    if UNCLEAR_MONTH_FORM.fullmatch(compact):
        raise Ambiguous(f"{text!r} doesn't name one month")
    return None


def parse_amount(
    value: object, unit: Decimal = Decimal(1), *, is_comma_decimal: bool = False
) -> Decimal:
    """Return the amount in CNY, two decimals, rounded half away from zero.

    Rule B15. `unit` is how many CNY one stands for: 10000 if the file counts in 万元.
    Accepted are numbers and texts such as 1,234.50, ￥1234.5, -120 and (120.00) for
    minus 120. Refused are formulas, other marks between the digits, exponents, empty
    cells and whatever is 10,000,000,000,000 and more. A float counts with 15 digits,
    which is what Excel shows. `is_comma_decimal` says that a comma may be the file's
    decimal point: then one mark before three digits is `Ambiguous`.

    >>> parse_amount("￥1,234.5"), parse_amount("（１２０.００）")
    (Decimal('1234.50'), Decimal('-120.00'))
    >>> parse_amount(1.23456, unit=Decimal(10000))
    Decimal('12345.60')
    >>> parse_amount("1 234,50")
    Traceback (most recent call last):
    ValueError: '1 234,50' is no amount, or can be read in two ways
    >>> parse_amount("1.234", is_comma_decimal=True)
    Traceback (most recent call last):
    kernel.revenue_rows.Ambiguous: '1.234' can be read in two ways
    """
    if not 0 < unit < AMOUNT_LIMIT:
        raise ValueError("the unit must be above 0")
    if is_comma_decimal and isinstance(value, str):
        text = value.translate(HALF_WIDTH).strip()
        if AMBIGUOUS_FORM.fullmatch(text):
            raise Ambiguous(f"{text!r} can be read in two ways")
    number = _number(value)
    if not number.is_finite():
        raise ValueError("the amount is not a finite number")
    # copy_abs and comparing, unlike abs() and multiplying, can't overflow.
    if number.copy_abs() < AMOUNT_LIMIT:
        amount = EXACT.multiply(number, unit).quantize(CENT, context=EXACT)
        if amount.copy_abs() < AMOUNT_LIMIT:
            return amount or amount.copy_abs()  # no minus before a zero
    raise ValueError("the amount is too large")


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of a file and its encoding: 'utf-8', 'utf-16' or 'gb18030'.

    Rule B15. A byte order mark decides and is taken off; without one it is UTF-8 if it
    can be, else GB18030. A file with NUL characters (a spreadsheet, a picture) is a
    ValueError.

    >>> decode("客户,收入".encode("gb18030"))
    ('客户,收入', 'gb18030')
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif data.startswith(codecs.BOM_UTF8):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise ValueError("this is not a text file")
        return text, encoding.removesuffix("-sig")
    raise ValueError("the text is in none of the encodings UTF-8, UTF-16 and GB18030")


def _month(year: int, month: int, day: int, text: str) -> date:
    try:
        start = date(year, month, day).replace(day=1)
    except ValueError:
        raise ValueError(f"there is no month {text!r}") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(
            f"the year of {text!r} is not between {FIRST_YEAR} and {LAST_YEAR}"
        )
    return start


def _number(value: object) -> Decimal:
    if value is None:
        raise ValueError("the amount is empty")
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ValueError("not an amount")
    if isinstance(value, str):
        return _number_of_text(value.translate(HALF_WIDTH).strip())
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("the amount is not a finite number")
        return Decimal(format(value, ".15g"))
    return Decimal(value)


def _number_of_text(text: str) -> Decimal:
    if not text:
        raise ValueError("the amount is empty")
    if text.startswith("="):
        raise ValueError("the amount is a formula")
    if len(text) > LONGEST_AMOUNT:
        raise ValueError("the amount is too long")
    in_brackets = text.startswith("(") and text.endswith(")")
    match = AMOUNT_FORM.fullmatch(text[1:-1].strip() if in_brackets else text)
    signs = (
        match["before"] + match["after"] + ("-" if in_brackets else "") if match else ""
    )
    if not match or len(signs) > 1:
        raise ValueError(f"{text!r} is no amount, or can be read in two ways")
    number = Decimal(match["number"].replace(",", ""))
    return number.copy_negate() if signs == "-" else number
