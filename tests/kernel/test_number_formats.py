"""What a workbook's number formats show, and what they leave open. Rule B15."""

import io
import unittest
from datetime import date
from decimal import Decimal

import openpyxl
import support  # noqa: F401  (finds the kernel)
from hypothesis import given
from hypothesis import strategies as st

from kernel.number_formats import Formats, NumberFormat
from kernel.revenue_rows import has_lost_digits, is_marked, parse_amount
from kernel.workbook_rows import Workbook

MONEY = '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ '
amounts = st.decimals(-(10**9), 10**9, places=2)
# What formats are made of, and pieces of them.
codes = st.lists(
    st.sampled_from(
        (
            *("0", "#", "?", ".", ",", "%", ";", "@", '"', "\\", "!", "_", "*", "-"),
            *("[Red]", "[$¥-804]", "[>9]", "[", "General", "E+", "(", ")", "/", "元"),
            *("0.00", "#,##0", "yyyy", "m", '"K"', " "),
        )
    ),
    max_size=9,
).map("".join)


def show(code, number):
    return NumberFormat(code).show(number)


class TestNumberFormats(unittest.TestCase):
    def test_what_is_shown_counts(self):
        for code, number, shown in (
            ("000000", "777", "000777"),
            ('"K"000', "1", "K001"),
            ("000-000", "777", "000-777"),
            ('0000"年"00"月"', "202610", "2026年10月"),
            ("0.00", "1234.565", "1234.57"),
            ("#,##0", "1234.56", "1,235"),
            ("#,##0.00,", "1234567.8", "1,234.57"),
            ("0.00,,", "120000000", "120.00"),
            ("0.0,", "12345", "12.3"),
            ("0%", "0.5", "50%"),
            ("#,##0;(#,##0)", "-1234", "(1,234)"),
            ("#,##0.00 ;[Red]-#,##0.00 ", "-1234", "-1,234.00"),
            (MONEY, "1234.5", "¥1,234.50"),
            (MONEY, "-1234.5", "¥-1,234.50"),
            (MONEY, "0", "0"),
            ("0;-0;;@", "0", "0"),
            ("#,##0.00", "-1234567.8", "-1,234,567.80"),
            ("0.##", "5.5", "5.5"),
            ("@", "777", "777"),
            ("G/通用格式", "1.5", "1.5"),
            ('General"元"', "5", "5元"),
            ('#,##0"万元"', "12", "12万元"),
            ("[$€-407] #,##0.00", "5", "€ 5.00"),
        ):
            with self.subTest(code, number=number):
                self.assertEqual(show(code, number), shown)

    def test_what_is_left_open_is_marked(self):
        for code, number in (
            ("0!.0000", "777"),
            ("0!.0000,", "123456789"),
            ("0\\.00", "777"),
            ('0"."0000,', "123456"),
            ("[>=10000]0.0,;0", "50000"),
            ("[DBNum1]0", "5"),
            ("0.00E+00", "5"),
            ("# ?/?", "0.5"),
            ("#,##0;[Red]#,##0", "-1234"),  # red alone says minus
            ("0;0", "-5"),
            ("-0", "5"),
            (";;;", "5"),
            ('"paid"', "5"),
            ("0.0.0", "5"),
            ("[77]", "5"),
        ):
            with self.subTest(code, number=number):
                shown = show(code, number)
                self.assertEqual(shown, f"{number} ⟦{code}⟧")
                self.assertTrue(is_marked(shown))
                self.assertRaises(ValueError, parse_amount, shown)

    def test_texts_are_shown_with_what_the_format_adds(self):
        for code, shown in (
            ("0.00", "001"),
            ("@", "001"),
            ('0;0;0;"K"@', "K001"),
            ("_ @_ ", "001"),
            (";;;", "001 ⟦;;;⟧"),
            ('0;0;0;"x"', '001 ⟦0;0;0;"x"⟧'),
        ):
            with self.subTest(code):
                self.assertEqual(NumberFormat(code).show_text("001"), shown)

    def test_days_whose_month_and_year_are_shown(self):
        for code, is_sure in (
            ("yyyy/m/d", True),
            ("mmm-yy", True),
            ('[$-804]yyyy"年"m"月";@', True),
            ("m/d", False),
            ('m"月"', False),
            ("[h]:mm", False),
            ("yyyy", False),
        ):
            with self.subTest(code):
                form = NumberFormat(code)
                self.assertTrue(form.is_date)
                self.assertEqual(is_marked(form.show_day("2026-01-31")), not is_sure)

    def test_formats_that_excel_knows_by_number(self):
        formats = Formats(["0", "2", "4", "9", "77", "14", "49"], {})
        shown = [form and form.show("7") for form in map(formats.get, "01234")]
        self.assertEqual(shown, [None, "7.00", "7.00", "700%", "7 ⟦[77]⟧"])
        self.assertTrue(formats.get("5").is_date)
        for style in ("6", "7", "-1", "x", "9" * 99, ""):
            self.assertIsNone(formats.get(style))

    @given(amounts)
    def test_formats_of_money_keep_the_amount(self, amount):
        text = f"{amount.normalize():f}"
        for code in ("0.00", "#,##0.00", MONEY, "#,##0.00;(#,##0.00)", "General"):
            self.assertEqual(parse_amount(show(code, text)), amount)

    @given(codes, amounts)
    def test_any_format_shows_the_number_or_a_mark(self, code, amount):
        text = f"{amount.normalize():f}"
        form = NumberFormat(code)
        if form.is_date:
            return
        shown = form.show(text)
        if is_marked(shown):
            return
        try:
            read = parse_amount(shown)
        except ValueError:
            return
        # Rounded and scaled down by thousands, but never another number.
        scaled = [amount / 1000**count for count in range(10)]
        nearest = min(abs(read - each) for each in scaled)
        self.assertLessEqual(nearest, Decimal("0.5"))
        self.assertGreaterEqual(read * amount, 0)

    def test_cells_come_as_they_are_shown(self):
        book = openpyxl.Workbook()
        for value, code, _shown in CELLS:
            cell = book.active.cell(1, book.active.max_column + 1, value)
            cell.number_format = code
        output = io.BytesIO()
        book.save(output)
        (sheet,) = Workbook(output.getvalue()).sheets
        ((_number, cells),) = Workbook(output.getvalue()).rows(sheet)
        self.assertEqual(cells[1:], [shown for _value, _code, shown in CELLS])

    def test_a_number_of_sixteen_digits_is_no_code(self):
        for value, code in (
            (5110000000000017, "General"),
            (5110000000000017, "0"),
            (5110000000000018, "0000000000000000"),
            (-5.11e20, "General"),
        ):
            book = openpyxl.Workbook()
            book.active["A1"] = value
            book.active["A1"].number_format = code
            output = io.BytesIO()
            book.save(output)
            (sheet,) = Workbook(output.getvalue()).sheets
            ((_number, (cell,)),) = Workbook(output.getvalue()).rows(sheet)
            with self.subTest(value, code=code):
                self.assertTrue(has_lost_digits(cell), cell)


CELLS = (
    (777, "000000", "000777"),
    (123456, "0!.0000,", "123456 ⟦0!.0000,⟧"),
    (120000000, "0.00,,", "120.00"),
    (0.5, "0%", "50%"),
    (1234.5, "#,##0.00", "1,234.50"),
    ("001", '0;0;0;"K"@', "K001"),
    (date(2026, 1, 31), "m/d", "2026-01-31 ⟦m/d⟧"),
    (date(2026, 1, 31), "yyyy-mm", "2026-01-31"),
    (511000000000017, "General", "511000000000017"),
    ("5110000000000017", "General", "5110000000000017"),
)
