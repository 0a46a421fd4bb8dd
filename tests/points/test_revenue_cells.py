"""What the sheet shows counts, and a code that lost digits stands for nobody. B15."""

import io

import openpyxl

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .revenue_case import RevenueCase

CODES = (5110000000000017, 5110000000000018)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-15 10:00:00")
class TestRevenueCells(RevenueCase):
    def formatted(self, *rows, heading="amount"):
        """Return a workbook; a cell is a value, or a value and its number format."""
        book = openpyxl.Workbook()
        book.active.append(["account", "category", "month", heading])
        for number, row in enumerate(rows, start=2):
            for column, cell in enumerate(row, start=1):
                value, code = cell if isinstance(cell, tuple) else (cell, "General")
                made = book.active.cell(number, column, value)
                made.number_format = code
        output = io.BytesIO()
        book.save(output)
        return output.getvalue()

    def get_rows(self, content, **values):
        """Return state, account and amount of each row."""
        lines = self.upload(content, **values).line_ids
        return [(line.state, line.account_id, line.amount) for line in lines]

    # === Formats === #

    def test_a_code_is_what_its_cell_shows(self):
        zeros = self._create_account("Zeros", ref="000777")
        plain = self._create_account("Plain", ref="777")
        nobody = self.env["res.partner"]
        rows = self.get_rows(
            self.formatted(
                ((777, "000000"), self.letters, "2026-01", 1),
                (777, self.letters, "2026-01", 2),
                ((777, "0.00"), self.letters, "2026-01", 4),
                ((777, "0!.00"), self.letters, "2026-01", 8),
                ((1, '"K"000'), self.letters, "2026-01", 16),
                (("001", '0;0;0;"K"@'), self.letters, "2026-01", 32),
            )
        )
        self.assertEqual(
            rows,
            [
                ("valid", zeros, 1),
                ("valid", plain, 2),
                ("parked", nobody, 4),
                ("parked", nobody, 8),
                ("valid", self.account_a, 16),
                ("valid", self.account_a, 32),
            ],
        )

    def test_an_amount_is_what_its_cell_shows(self):
        for value, code, amount in (
            (1234567.8, "#,##0.00", 12345678000),
            (123456, "0!.0000,", None),
            (123456, '0"."0000', None),
            (120000000, "0.00,,", 1200000),
            (0.5, "0%", None),
            (12, '0"万元"', None),
            (5, "[$€-407] #,##0.00", None),
            (-12, "#,##0;[Red]#,##0", None),
            (-12, "#,##0;(#,##0)", -120000),
            (12.3456, "0.00", 123500),
        ):
            row = ("K001", self.letters, "2026-01", (value, code))
            content = self.formatted(row, heading="金额(万元)")
            with self.subTest(code):
                ((state, _account, read),) = self.get_rows(content, unit="wan")
                expected = ("parked", 0) if amount is None else ("valid", amount)
                self.assertEqual((state, read), expected)

    def test_a_format_that_leaves_it_open_is_told(self):
        document = self.upload(
            self.formatted(("K001", self.letters, "2026-01", (5, "0!.0000")))
        )
        line = document.parked_line_ids
        self.assertEqual(line.raw_amount, "5 ⟦0!.0000⟧")
        self.assertEqual(
            line.fault,
            "The format of the cell “5 ⟦0!.0000⟧” leaves open what it shows: give it "
            "without that format.",
        )
        document.with_user(self.finance).action_retry()
        self.assertEqual(line.state, "parked")

    # === Codes that lost digits === #

    def test_codes_that_became_one_number_are_nobodys(self):
        for code in CODES:
            self._create_account(f"Long {code}", ref=str(code))
        self._create_account("Exponent", ref="5.11E+15")
        self._create_account("Rounded", ref="5110000000000020")
        document = self.upload(
            self.formatted(
                *((code, self.letters, "2026-01", 1) for code in CODES),
                *(((code, "0"), self.letters, "2026-01", 1) for code in CODES),
            )
        )
        self.assertEqual(document.parked_count, 4)
        self.assertEqual(
            set(document.line_ids.mapped("fault")),
            {
                f"“{text}” lost digits in a spreadsheet, or its format hides them: "
                "give the code as text."
                for text in ("5.11000000000002E+15",)
            },
        )
        texts = self.formatted(
            *((str(code), self.letters, "2026-01", 1) for code in CODES)
        )
        self.assertEqual(len({row[1] for row in self.get_rows(texts)}), 2)

    def test_text_files_with_codes_cut_off(self):
        long_codes = ("5110000000000010", "5110000000000020")
        for code in long_codes:
            self._create_account(f"Long {code}", ref=code)
        row = f"{{}},{self.letters},2026-01,1"
        for text in ("5.11E+15", "5.11e15", "####", "2026/3/1", long_codes[0]):
            with self.subTest(text):
                ((state, account, _amount),) = self.get_rows(
                    self.statement(row.format(text))
                )
                self.assertEqual((state, account.id), ("parked", False))
        # Another code of the file has its digits, so none was cut off.
        whole = [row.format(code) for code in (*long_codes, CODES[0])]
        states = [row[0] for row in self.get_rows(self.statement(*whole))]
        self.assertEqual(states, ["valid", "valid", "parked"])

    def test_a_name_beside_it_does_not_outvote_a_code_that_lost_digits(self):
        document = self.upload(
            self.statement(
                f"5.11E+15,Beta Trading,{self.letters},2026-01,1",
                header="客户编码,客户名称,业务种类,月份,金额",
            )
        )
        self.assertEqual(document.parked_count, 1)

    def test_a_code_that_lost_digits_is_not_remembered(self):
        row = f"5.11E+15,{self.letters},2026-0{{}},1"
        first = self.upload(self.statement(row.format(1), row.format(2)))
        with self.assertRaisesRegex(UserError, "without remembering"):
            self.settle(first.line_ids[0], account_id=self.account_a.id, remember=True)
        self.settle(first.line_ids[0], account_id=self.account_a.id)
        self.assertEqual(first.line_ids.mapped("state"), ["valid", "parked"])
        self.assertFalse(self.env["club.alias"].search([]))
        second = self.upload(self.statement(row.format(3)))
        self.assertEqual(second.parked_count, 1)

    def test_neither_wizard_nor_alias_offers_it(self):
        document = self.upload(
            self.statement(
                f"5.11E+15,{self.letters},2026-01,1", f"Who,{self.letters},2026-01,1"
            )
        )
        wizard = self.env["club.revenue.settle"].with_user(self.clerk)
        for line, offered in zip(document.line_ids, (False, True), strict=True):
            action = line.with_user(self.clerk).action_open_settle()
            form = Form(
                wizard.with_context(**action["context"]), view=action["views"][0][0]
            )
            self.assertEqual((form.can_remember, form.remember), (offered, offered))
        for name in ("5.11E+15", "5 ⟦0!.0000⟧", "####"):
            values = {"name": name, "account_id": self.account_a.id}
            with self.subTest(name), self.assertRaises(ValidationError):
                self.env["club.alias"].with_user(self.clerk).create(values)

    def test_an_alias_from_before_is_looked_up_no_more(self):
        alias = self.env["club.alias"].create(
            {"name": "X", "account_id": self.account_a.id}
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE club_alias SET name = '5.11E+15', key = '5.11e+15' WHERE id = %s",
            [alias.id],
        )
        self.env.invalidate_all()
        document = self.upload(self.statement(f"5.11E+15,{self.letters},2026-01,1"))
        self.assertEqual(document.parked_count, 1)

    # === Thousands or decimals === #

    def test_thousands_or_decimals_in_files_with_semicolons(self):
        rows = (
            ("1.234", None),
            ("1,234", None),
            ("-1.234", None),
            ("１．２３４", None),
            ("1.234,56", None),
            ("1 234", None),
            ("12,34", None),
            ("1.23", 1.23),
            ("1,234.50", 1234.5),
            ("1234", 1234),
            ("１２３４", 1234),
            ("(120.00)", -120),
            ("120-", None),
            ("$12", None),
            ("€12", None),
            ("￥12", 12),
        )
        content = "\n".join(
            ("account;category;month;amount",)
            + tuple(f"K001;{self.letters};2026-01;{text}" for text, _amount in rows)
        )
        document = self.upload(content.encode())
        for line, (text, amount) in zip(document.line_ids, rows, strict=True):
            with self.subTest(text):
                self.assertEqual(line.state, "valid" if amount else "parked")
                self.assertEqual(line.amount, amount or 0)
        self.assertIn("thousands or decimals", document.line_ids[0].fault)
        # Reading again knows where the row came from.
        document.with_user(self.finance).action_retry()
        self.assertEqual(document.parked_count, 10)

    def test_commas_and_tabs_have_a_decimal_point(self):
        for mark in (",", "\t"):
            head = mark.join(("account", "category", "month", "amount"))
            rows = [
                mark.join(("K001", self.letters, "2026-01", f'"{amount}"'))
                for amount in ("1.234", "1,234", "1.234,56")
            ]
            read = self.get_rows("\n".join((head, *rows)).encode())
            self.assertEqual([row[2] for row in read], [1.23, 1234, 0])
