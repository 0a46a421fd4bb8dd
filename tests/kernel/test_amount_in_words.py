"""Amounts in capitals, by examples and read back. Rule C6."""

import re
import unittest
from decimal import Decimal

import support  # noqa: F401  (finds the kernel)
from hypothesis import given
from hypothesis import strategies as st

from kernel.amount_in_words import DIGITS, LIMIT, amount_in_words

UNITS = {"拾": 10, "佰": 100, "仟": 1000}
amounts = st.decimals("-9999999999.99", "9999999999.99", places=2)
# Most digits are 0, as zeros are what the rules are about.
zeros = st.builds(
    lambda whole, cents: Decimal(f"{''.join(map(str, whole))}.{cents:02}"),
    st.lists(st.sampled_from((0, 0, 0, 1, 5)), min_size=1, max_size=16),
    st.sampled_from((0, 0, 1, 10, 25)),
)


def _read_whole(words):
    """Return the number that capitals stand for."""
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        high, found, low = words.rpartition(unit)
        if found:
            return _read_whole(high) * size + _read_whole(low)
    total = digit = 0
    for sign in words:
        if sign in UNITS:
            total, digit = total + digit * UNITS[sign], 0
        else:
            digit = DIGITS.index(sign)
    return total + digit


def read(words):
    """Return the amount that capitals stand for; written apart from the kernel."""
    pattern = r"(负?)(?:(.+)元)?零?(?:(.)角)?(?:(.)分)?整?"
    minus, yuan, jiao, fen = re.fullmatch(pattern, words).groups()
    cents = DIGITS.index(jiao or "零") * 10 + DIGITS.index(fen or "零")
    amount = Decimal(_read_whole(yuan or "")) + Decimal(cents) / 100
    return -amount if minus else amount


class TestAmountInWords(unittest.TestCase):
    def test_boundaries(self):
        for amount, words in (
            ("0", "零元整"),
            ("-0", "零元整"),
            ("0.01", "壹分"),
            ("0.10", "壹角"),
            ("0.99", "玖角玖分"),
            ("1", "壹元整"),
            ("1.05", "壹元零伍分"),
            ("1.50", "壹元伍角"),
            ("1.55", "壹元伍角伍分"),
            ("9.99", "玖元玖角玖分"),
            ("10", "壹拾元整"),
            ("11", "壹拾壹元整"),
            ("99", "玖拾玖元整"),
            ("100", "壹佰元整"),
            ("101", "壹佰零壹元整"),
            ("110", "壹佰壹拾元整"),
            ("1000", "壹仟元整"),
            ("1001", "壹仟零壹元整"),
            ("1010", "壹仟零壹拾元整"),
            ("1100", "壹仟壹佰元整"),
            ("9999.99", "玖仟玖佰玖拾玖元玖角玖分"),
            ("10000", "壹万元整"),
            ("10001", "壹万零壹元整"),
            ("10010.10", "壹万零壹拾元壹角"),
            ("11000", "壹万壹仟元整"),
            ("100000", "壹拾万元整"),
            ("100000.01", "壹拾万元零壹分"),
            ("100500", "壹拾万零伍佰元整"),
            ("105000", "壹拾万伍仟元整"),
            ("1000000.05", "壹佰万元零伍分"),
            ("10000000", "壹仟万元整"),
            ("10000001", "壹仟万零壹元整"),
            ("99999999.99", "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
            ("100000000", "壹亿元整"),
            ("100000001", "壹亿零壹元整"),
            ("100005000", "壹亿零伍仟元整"),
            ("100050000", "壹亿零伍万元整"),
            ("110000000", "壹亿壹仟万元整"),
            ("1000000000", "壹拾亿元整"),
            ("1010000000", "壹拾亿壹仟万元整"),
            (
                "9999999999.99",
                "玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
            ),
            ("1000000000000", "壹万亿元整"),
            ("1000000000001", "壹万亿零壹元整"),
        ):
            with self.subTest(amount):
                self.assertEqual(amount_in_words(Decimal(amount)), words)
                self.assertEqual(read(words), Decimal(amount))

    def test_a_credit_is_the_opposite_of_its_amount(self):
        for amount in ("0.01", "30.50", "1000000.05"):
            with self.subTest(amount):
                words = amount_in_words(Decimal(amount))
                self.assertEqual(amount_in_words(-Decimal(amount)), "负" + words)

    def test_rounding_is_half_away_from_zero(self):
        for amount, words in (
            ("0.004", "零元整"),
            ("-0.004", "零元整"),
            ("0.005", "壹分"),
            ("-0.005", "负壹分"),
            ("0.995", "壹元整"),
            ("2.675", "贰元陆角捌分"),
            ("9999.995", "壹万元整"),
        ):
            with self.subTest(amount):
                self.assertEqual(amount_in_words(Decimal(amount)), words)

    def test_what_has_no_words_is_refused(self):
        largest = LIMIT - Decimal("0.01")
        self.assertEqual(read(amount_in_words(largest)), largest)
        for amount in (LIMIT, -LIMIT, LIMIT - Decimal("0.005"), "NaN", "Infinity"):
            with self.subTest(amount), self.assertRaises(ValueError):
                amount_in_words(Decimal(amount))

    @given(amounts | zeros)
    def test_read_back_it_is_the_amount(self, amount):
        self.assertEqual(read(amount_in_words(amount)), amount)

    @given(amounts | zeros)
    def test_no_two_zeros_and_none_before_a_unit(self, amount):
        words = amount_in_words(amount)
        self.assertNotIn("零零", words)
        for unit in "拾佰仟万亿":
            self.assertNotIn("零" + unit, words)
        self.assertEqual("零元" in words, amount == 0)
        # 整 stands after 元 and nowhere else.
        self.assertEqual(words.endswith("整"), words.rstrip("整").endswith("元"))
        self.assertEqual(words.count("整"), int(words.endswith("整")))
