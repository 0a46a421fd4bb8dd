"""What a sheet shows for a number: the cell's number format applied (Rule B15).

A format is read as Excel reads it: sections, placeholders, thousands, scaling commas,
literals. Where it leaves open what is shown, or what is shown no longer tells the
number, the text is marked: ``777 ⟦0\\.0000⟧`` is no code, no month and no amount.
"""

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

from .revenue_rows import parse_amount

LONGEST_FORMAT = 60  # characters that a mark repeats
LONGEST_CODE = 255  # characters, as in Excel
SHOWING_ALL = ("", "general", "@")
# Formats that a workbook names by number only, as Excel has them in China.
BUILT_IN = {
    **{0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00"},
    **dict.fromkeys((5, 6, 37, 38), "#,##0;-#,##0"),
    **dict.fromkeys((7, 8, 39, 40), "#,##0.00;-#,##0.00"),
    **{9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??"},
    **{14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 22: "yyyy/m/d h:mm"},
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 55, 56), "h:mm:ss"),
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    **{30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"'},
    **dict.fromkeys((41, 42), '#,##0;-#,##0;"-"'),
    **dict.fromkeys((43, 44), '#,##0.00;-#,##0.00;"-"'),
    **{45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@"},
}
# "!" escapes in Chinese workbooks; "_" leaves the width of a character.
TOKENS = re.compile(
    r'"(?P<quoted>[^"]*)"'
    r"|[\\!](?P<escaped>.)"
    r"|_.|\* |(?P<fill>\*.)"
    r"|\[\$(?P<currency>[^\]-]*)(?:-[^\]]*)?\]"
    r"|\[(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d+)\]"
    r"|\[(?P<bracket>[^\]]*)\]"
    r"|(?P<general>General|G/通用格式)"
    r"|(?P<mark>[0#?.,%@])"
    r"|(?P<literal>[-$+():^&'~{}<>= ¥￥€£]|[^\x00-\x7f])"
    r"|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
SECTIONS = re.compile(r'(?:"[^"]*"|[\\!_*].|\[[^\]]*\]|[^;])*', re.DOTALL)
# Of a format: texts, escaped characters, colours and conditions.
NO_CODES = re.compile(
    r'"[^"]*"|[\\!_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]|General', re.IGNORECASE | re.DOTALL
)
EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
CENT = Decimal("0.01")


class Unsure(ValueError):
    """What is shown can't be told."""


class NumberFormat:
    """A number format of a workbook.

    :param code: as the workbook has it
    """

    def __init__(self, code: str) -> None:
        self._code = code
        sections = _split(code)
        self._text_section = None
        if len(sections) > 3:
            self._text_section = _tokens(sections[3])
            self._texts_hidden = not sections[3].strip()
        elif "@" in NO_CODES.sub("", sections[-1]):
            self._text_section = _tokens(sections[-1])
            self._texts_hidden = False
            if len(sections) > 1:
                sections = sections[:-1]
        self._sections = [_Section.parse(section) for section in sections[:3]]
        codes = NO_CODES.sub("", sections[0])
        self.is_date = bool(re.search("[dmhys]", codes, re.IGNORECASE))
        self._shows_month = bool(
            re.search("[ye]", codes, re.IGNORECASE) and re.search("m", codes, re.I)
        )

    def mark(self, value: str) -> str:
        """Return a text that tells value and format, and that nothing is read as."""
        code = self._code[:LONGEST_FORMAT].replace("⟦", "").replace("⟧", "")
        return f"{value} ⟦{code}⟧"

    def show_day(self, day: str) -> str:
        """Return a day, given as 2026-01-31; marked where year or month isn't shown."""
        return day if self._shows_month else self.mark(day)

    def show_text(self, text: str) -> str:
        """Return a text as it is shown.

        >>> NumberFormat('0;0;0;"K"@').show_text("001")
        'K001'
        """
        if self._text_section is None:
            return text
        shown, has_text = "", False
        for kind, piece in self._text_section:
            if kind == "literal":
                shown += piece
            elif (kind, piece) == ("mark", "@"):
                shown, has_text = shown + text, True
            else:
                return self.mark(text)
        return shown.strip() if has_text else self.mark(text)

    def show(self, general: str) -> str:
        """Return a number as it is shown, or marked.

        :param general: the number with all its digits

        >>> NumberFormat("000000").show("777")
        '000777'
        >>> NumberFormat("#,##0.00,").show("1234567.8")
        '1,234.57'
        >>> NumberFormat("0!.0000").show("777")
        '777 ⟦0!.0000⟧'
        """
        number = Decimal(general)
        try:
            section, is_signed = self._choose(number)
            shown, counted = section.show(abs(number), general.lstrip("-"))
        except Unsure:
            return self.mark(general)
        if is_signed and number < 0:
            shown = f"-{shown}"
        if not number and not re.search(r"\d", shown):
            return "0"  # a dash or nothing in its place
        # Colour alone may tell a sign, and a literal look like a decimal point.
        try:
            read = parse_amount(shown)
        except ValueError:
            return shown if re.search(r"\w", shown) else self.mark(general)
        counted = counted.copy_negate() if number < 0 else counted
        if read != counted.quantize(CENT, context=EXACT):
            return self.mark(general)
        return shown

    def _choose(self, number):
        """Return the number's section, and whether a minus is added to it."""
        if len(self._sections) == 1:
            return self._sections[0], True
        if len(self._sections) > 2 and not number:
            return self._sections[2], False
        return self._sections[number < 0], False


class Formats:
    """The number formats of a workbook's cell styles, each read when it is needed.

    :param styles: the number of each style's format
    :param codes: the formats that the workbook itself has, by number
    """

    def __init__(self, styles: list[str], codes: dict[str, str]) -> None:
        self._styles = styles
        self._codes = codes
        self._read = {}

    def get(self, style: str) -> NumberFormat | None:
        """Return a style's format; None where everything is shown as it is.

        >>> formats = Formats(["0", "1", "164"], {"164": "000"})
        >>> [form and form.show("7") for form in map(formats.get, "012")]
        [None, '7', '007']
        """
        if style not in self._read:
            self._read[style] = self._find(style)
        return self._read[style]

    def _find(self, style):
        is_known = style.isascii() and style.isdigit() and len(style) < 8
        if not is_known or int(style) >= len(self._styles):
            return None
        key = self._styles[int(style)]
        code = self._codes.get(key)
        if code is None and key.isascii() and key.isdigit() and len(key) < 4:
            code = BUILT_IN.get(int(key))
        if code is None or len(code) > LONGEST_CODE:
            # Nobody says what is shown: what is in brackets is none that is known.
            code = f"[{key[:9]}]"
        return None if code.casefold() in SHOWING_ALL else NumberFormat(code)


class _Section(NamedTuple):
    """What one section of a format does with a number."""

    tokens: list
    whole: list  # indexes of the placeholders before the decimal point
    part: list  # and after it
    is_grouped: bool
    thousands: int  # by how many it is scaled down
    percents: int
    is_unsure: bool

    @classmethod
    def parse(cls, section):
        tokens = _tokens(section)
        marks = [(i, piece) for i, (kind, piece) in enumerate(tokens) if kind == "mark"]
        points = [i for i, mark in marks if mark == "."]
        digits = [i for i, mark in marks if mark in "0#?"]
        point = points[0] if points else len(tokens)
        whole = [i for i in digits if i < point]
        commas = [i for i, mark in marks if mark == ","]
        inner = [i for i in commas if whole and whole[0] < i < whole[-1]]
        scaling = [i for i in commas if i not in inner]
        literals_between = any(
            kind == "literal" and piece and digits and digits[0] < i < digits[-1]
            for i, (kind, piece) in enumerate(tokens)
        )
        is_unsure = (
            any(kind == "other" for kind, _piece in tokens)
            or len(points) > 1
            or bool(scaling and (not digits or scaling[0] < digits[0]))
            or bool(inner and literals_between)
            or any(mark == "@" for _i, mark in marks)
            and len(tokens) > 1
        )
        percents = sum(mark == "%" for _i, mark in marks)
        part = [i for i in digits if i > point]
        return cls(tokens, whole, part, bool(inner), len(scaling), percents, is_unsure)

    def show(self, number, general):
        """Return what is shown of a number without its sign, and what it counts for.

        :raise Unsure: when that can't be told
        """
        if self.is_unsure or (number and not self._has_number()):
            raise Unsure
        number = EXACT.multiply(number, Decimal(100) ** self.percents)
        number = number.scaleb(-3 * self.thousands, context=EXACT)
        if not self.whole and not self.part:
            return self._put({}, general), number
        number = number.quantize(Decimal(1).scaleb(-len(self.part)), context=EXACT)
        whole, _point, part = format(number, "f").partition(".")
        return self._put({**self._whole(whole), **self._part(part)}, general), number

    def _has_number(self):
        return (
            self.whole
            or self.part
            or any(
                kind == "general" or (kind, piece) == ("mark", "@")
                for kind, piece in self.tokens
            )
        )

    def _whole(self, digits):
        """Return what stands at each placeholder before the decimal point."""
        rest = digits.lstrip("0")
        places = {}
        count = 0
        for index in reversed(self.whole):
            first = index == self.whole[0]
            here = rest if first else rest[-1:]
            rest = rest[: len(rest) - len(here)]
            if not here and self.tokens[index][1] == "0":
                here = "0"
            if self.is_grouped:
                here, count = _grouped(here, count)
            places[index] = here
        return places

    def _part(self, digits):
        kept = len(digits.rstrip("0"))
        return {
            index: digit if place < kept or self.tokens[index][1] == "0" else ""
            for place, (index, digit) in enumerate(zip(self.part, digits, strict=True))
        }

    def _put(self, places, general):
        pieces = []
        for index, (kind, piece) in enumerate(self.tokens):
            if kind == "literal":
                pieces.append(piece)
            elif kind == "general" or piece == "@":
                pieces.append(general)
            elif piece in "0#?":
                pieces.append(places[index])
            elif piece != ",":
                pieces.append(piece)
        return "".join(pieces).strip()


def _grouped(digits, count):
    """Return digits with commas for those that `count` digits stand right of."""
    pieces = []
    for digit in reversed(digits):
        if count and count % 3 == 0:
            pieces.append(",")
        pieces.append(digit)
        count += 1
    return "".join(reversed(pieces)), count


def _split(code):
    sections = []
    place = 0
    while True:
        match = SECTIONS.match(code, place)
        sections.append(match[0])
        place = match.end() + 1
        if place > len(code):
            return sections


def _tokens(section):
    """Return kind and text of what a section is made of; "other" isn't known."""
    tokens = []
    for match in TOKENS.finditer(section):
        kind, text = match.lastgroup, match[0]
        if kind in ("general", "mark"):
            tokens.append((kind, text))
        elif kind in ("quoted", "escaped", "currency", "literal"):
            tokens.append(("literal", match[kind]))
        elif kind:
            tokens.append(("other", text))
    return tokens
