"""What a statement's headings and titles say about the unit of its amounts. B15."""

import re
import unicodedata

from odoo.tools.translate import LazyTranslate

from ...kernel.revenue_headings import LONGEST_HEADING
from .revenue_refusal import FileRefused, NeedsUnit

_lt = LazyTranslate(__name__)

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


def check_heading(text, unit, *, is_name=False):
    """Refuse the heading of amounts that are in another unit: `NeedsUnit` where it is
    one that can be chosen.

    :param is_name: a line of business, which only in brackets says something of units
    """
    folded = _fold(text)
    if is_name:
        _before, bracket, inner = folded.partition("(")
        folded = bracket + inner
    _check(folded, text, unit)


def check_title(text, unit):
    """Refuse the title of a table whose amounts are in another unit."""
    found = TITLE_UNIT.search(re.sub(r"\s+", "", _fold(text)))
    _check(f"({found[1]})" if found else "", text, unit)


def _fold(text):
    return unicodedata.normalize("NFKC", text[:LONGEST_HEADING]).casefold()


def _check(folded, text, unit):
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
                text=text[:LONGEST_HEADING],
            )
        )
    if said != unit:
        raise NeedsUnit(
            _lt(
                "“%(text)s” names another unit than the one chosen: "
                "choose the unit that the file is in.",
                text=text[:LONGEST_HEADING],
            ),
            said,
        )
