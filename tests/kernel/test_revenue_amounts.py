import unittest
from datetime import date
from decimal import Decimal

import support  # noqa: F401  (finds the kernel)
from hypothesis import given
from hypothesis import strategies as st

from kernel.revenue_rows import AMOUNT_LIMIT, Ambiguous, parse_amount

cents = st.decimals(-AMOUNT_LIMIT + 1, AMOUNT_LIMIT - 1, places=2)


class TestParseAmount(unittest.TestCase):
    def test_every_accepted_form(self):
        for value, expected in (
            (0, "0.00"),
            (1234, "1234.00"),
            (1234.5, "1234.50"),
            (0.1 + 0.2, "0.30"),
            (2.675, "2.68"),
            (Decimal("-0.005"), "-0.01"),
            (Decimal("-0.004"), "0.00"),
            (Decimal("1E-999999999"), "0.00"),
            ("1,234.50", "1234.50"),
            ("1,234,567", "1234567.00"),
            ("￥1,234.5", "1234.50"),
            ("¥ 12", "12.00"),
            ("CNY 12", "12.00"),
            ("12元", "12.00"),
            ("(120.00)", "-120.00"),
            ("（¥120）", "-120.00"),
            ("-120", "-120.00"),
            ("－１２０．５", "-120.50"),
            ("−120", "-120.00"),
            ("-¥120", "-120.00"),
            ("¥-120", "-120.00"),
            ("+5", "5.00"),
            (".5", "0.50"),
            ("5.", "5.00"),
            ("0.005", "0.01"),
            ("0.0049999", "0.00"),
            ("9999999999999.99", "9999999999999.99"),
        ):
            with self.subTest(value=value):
                self.assertEqual(str(parse_amount(value)), expected)

    def test_everything_else_is_refused(self):
        for value in (
            None,
            "",
            " ",
            True,
            False,
            float("nan"),
            float("inf"),
            -float("inf"),
            Decimal("NaN"),
            Decimal("sNaN"),
            Decimal("-Infinity"),
            Decimal("1E+999999999"),
            10**13,
            -(10**13),
            1e13,
            1e300,
            10**5000,
            "10000000000000",
            "9999999999999.995",
            "9" * 50,
            "=1+1",
            "＝1",
            " =SUM(A1:A9)",
            "1 234,50",
            "1 234.50",
            "1234,50",
            "1.234,50",
            "12,34",
            "1,2345",
            "0,123",
            "1,234,56",
            "1.2.3",
            "--5",
            "+-5",
            "-(5)",
            "(-5)",
            "()",
            "(",
            "(120",
            "120)",
            "-",
            "¥",
            "120-",
            "12%",
            "$12",
            "12万元",
            "1.2E+05",
            "0x10",
            "1_000",
            "10²",
            "⑴",
            "١٢",
            "abc",
            b"12",
            date(2017, 3, 1),
            [],
        ):
            with self.subTest(
                value=str(value)[:60] if not isinstance(value, int) else "integer"
            ):
                with self.assertRaises(ValueError) as caught:
                    parse_amount(value)
                self.assertLess(len(str(caught.exception)), 100)

    def test_thousands_or_decimals_are_ambiguous_where_a_comma_may_be_the_point(self):
        """Rule B15: what can be read in two ways is refused, what is sure is read."""
        for value in ("1.234", "1,234", "-12.345", "(1.234)", "￥1,234", "１．２３４"):
            with self.subTest(value), self.assertRaises(Ambiguous):
                parse_amount(value, is_comma_decimal=True)
        for value, expected in (
            ("1.23", "1.23"),
            ("1.2345", "1.23"),
            ("0.123", "0.12"),
            ("1234.567", "1234.57"),
            ("1,234.50", "1234.50"),
            ("1,234,567", "1234567.00"),
            ("1234", "1234.00"),
        ):
            with self.subTest(value):
                read = parse_amount(value, is_comma_decimal=True)
                self.assertEqual(str(read), expected)
        self.assertEqual(parse_amount("1.234"), Decimal("1.23"))
        self.assertEqual(parse_amount("1,234"), Decimal(1234))

    def test_a_unit_multiplies_before_rounding(self):
        ten_thousand = Decimal(10000)
        for value, expected in (
            ("1.23456", "12345.60"),
            (0.1234567, "1234.57"),
            ("(1.5)", "-15000.00"),
            ("999999999.999999", "9999999999999.99"),
        ):
            with self.subTest(value=value):
                self.assertEqual(str(parse_amount(value, ten_thousand)), expected)
        with self.assertRaisesRegex(ValueError, "too large"):
            parse_amount("1000000000", ten_thousand)
        with self.assertRaisesRegex(ValueError, "unit"):
            parse_amount("1", Decimal(0))

    @given(cents)
    def test_a_written_amount_is_read_back(self, amount):
        for form in (
            amount,
            f"{amount:f}",
            f"{amount:,.2f}",
            f"￥{amount:,.2f}",
            float(amount),
        ):
            self.assertEqual(parse_amount(form), amount)
        if amount < 0:
            self.assertEqual(parse_amount(f"({-amount:,.2f})"), amount)

    @given(st.text() | st.floats() | st.decimals() | st.integers() | st.binary())
    def test_any_cell_gives_cents_or_a_reason(self, value):
        try:
            amount = parse_amount(value)
        except ValueError as error:
            self.assertTrue(str(error))
        else:
            self.assertEqual(amount.as_tuple().exponent, -2)
            self.assertLess(abs(amount), AMOUNT_LIMIT)
