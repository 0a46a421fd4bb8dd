import io
from datetime import date

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import HttpCase, freeze_time, tagged

from ..common import TODAY
from .rate_case import RateCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRateBook(RateCase):
    """The rate book and the rate notice (折算标准表), on paper and as a sheet. B2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.child = cls.env["product.category"].create(
            {"name": "Registered", "parent_id": cls.categ_letters.id}
        )
        cls.product = cls.env["product.product"].create(
            {"name": "=Gift Letter", "categ_id": cls.categ_letters.id}
        )
        letters = cls.categ_letters.id
        cls._put_in_force(0, "2026-04-01", category_id=cls.child.id)
        cls._put_in_force(1.2, "2026-03-01", category_id=letters, factor="coefficient")
        cls._put_in_force(
            2,
            "2026-04-01",
            category_id=False,
            product_id=cls.product.id,
            date_to="2026-06-30",
        )
        cls.change = cls._put_in_force(0.6, "2026-05-01", category_id=letters)
        cls._propose(9, "2026-04-01")  # stays a proposal

    def _lines(self, on=None, user=None):
        books = self.env["club.rate.book"].with_user(user or self.auditor)
        book = books._get_book_data(self.program, on)[0]
        return {
            (line.category, line.product): tuple(
                step and (step.value, step.date_from, step.date_to, step.notice)
                for step in (line.conversion, line.coefficient)
            )
            for line in book.lines
        }

    def test_the_book_has_what_is_in_force_on_the_day(self):
        self.assertEqual(
            self._lines(),
            {
                ("Test Letters", ""): (
                    (0.5, date(2020, 1, 1), date(2026, 4, 30), ""),
                    (1.2, date(2026, 3, 1), False, "RN/2026/0002"),
                ),
                ("Test Letters", "=Gift Letter"): (
                    (2, date(2026, 4, 1), date(2026, 6, 30), "RN/2026/0003"),
                    None,
                ),
                ("Test Letters / Registered", ""): (
                    (0, date(2026, 4, 1), False, "RN/2026/0001"),
                    None,
                ),
                ("Test Parcels", ""): ((1, date(2020, 1, 1), False, ""), None),
            },
        )

    def test_the_book_of_another_day(self):
        for day, letters in (
            (date(2026, 2, 28), (0.5, None)),
            (date(2026, 3, 1), (0.5, 1.2)),
            (date(2026, 4, 30), (0.5, 1.2)),
            (date(2026, 5, 1), (0.6, 1.2)),
        ):
            found = self._lines(day)["Test Letters", ""]
            self.assertEqual(tuple(s and s[0] for s in found), letters, day)
        self.assertNotIn(
            ("Test Letters", "=Gift Letter"), self._lines(date(2026, 7, 1))
        )
        self.assertFalse(self._lines(date(2019, 12, 31)))

    def test_lines_are_sorted_by_category_and_product(self):
        keys = list(self._lines(user=self.manager))
        self.assertEqual(keys, sorted(keys))

    def _html(self, report, records, **context):
        reports = self.env["ir.actions.report"].with_user(self.manager)
        html, kind = reports.with_context(**context)._render_qweb_html(
            f"crm_club.{report}", records.ids
        )
        self.assertEqual(kind, "html")
        return html.decode()

    def test_the_book_prints(self):
        html = self._html("club_rate_book", self.program)
        for text in (
            "Rate Book",
            "04/10/2026",
            "Test Letters / Registered",
            "=Gift Letter",
            "RN/2026/0003",
            "1.2",
        ):
            self.assertIn(text, html)
        self.assertNotIn("New Line", html)
        self.assertNotIn("RN/2026/0004", html)
        html = self._html(
            "club_rate_book", self.program, club_rate_book_date="2026-05-01"
        )
        self.assertIn("RN/2026/0004", html)
        html = self._html(
            "club_rate_book", self.program, club_rate_book_date="2019-01-01"
        )
        self.assertIn("No rate is in force", html)

    def test_the_button_prints_the_programs_book(self):
        rates = self.env["club.points.rate"].with_user(self.manager)
        for selected in (rates.browse(), rates.browse(self.change.id)):
            action = selected.action_print_rate_book()
            self.assertEqual(action["report_name"], "crm_club.club_rate_book")
            self.assertEqual(action["context"]["active_ids"], self.program.ids)

    def test_the_notice_prints(self):
        """Old, new, from when, why, who signed: also after a later rate ended it."""
        self._put_in_force(0.7, "2026-09-01", category_id=self.categ_letters.id)
        self.assertEqual(self.change.date_to, date(2026, 8, 31))
        html = self._html("club_rate_notice", self.change)
        for text in (
            "RN/2026/0004",
            "Test Letters",
            "Conversion rate",
            "0.5",
            "0.6",
            "05/01/2026",
            "until a later rate begins",
            "Costs went up",
            self.lead.name,
            self.finance.name,
            "Head of finance",
        ):
            self.assertIn(text, html)

    def test_the_notice_says_on_whose_behalf_and_with_which_seal(self):
        seat = self.env["club.body.seat"].search([("user_id", "=", self.finance.id)])
        deputy = self._create_employee("deputy")
        seat.substitute_ids = [
            (
                0,
                0,
                {
                    "user_id": deputy.id,
                    "date_from": "2026-04-01",
                    "date_to": "2026-04-30",
                },
            )
        ]
        seat.body_id.seal_image = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
            "awAAAABJRU5ErkJggg=="
        )
        rate = self._propose(0.4)
        rate.action_submit()
        rate.with_user(deputy).action_sign()
        notice = self.env["club.rate.notice"]._get_notice_data(rate)[0]
        (signature,) = notice.signatures
        self.assertEqual(
            (signature.signer, signature.on_behalf_of, signature.office),
            (deputy.name, self.finance.name, "Head of finance"),
        )
        html = self._html("club_rate_notice", rate)
        self.assertIn("on behalf of", html)
        self.assertIn("data:image/png;base64", html)

    def test_the_notice_names_what_it_replaces(self):
        self._create_rate(self.category, 1, "2026-06-01", date_to="2026-06-30")
        self._create_rate(self.category, 2, "2026-07-01")
        rate = self._put_in_force(3, "2026-05-01")
        notice = self.env["club.rate.notice"]._get_notice_data(rate)[0]
        self.assertEqual((notice.old, notice.new), ("", "3"))
        self.assertEqual(
            [(step.value, step.date_from) for step in notice.replaced],
            [(1, date(2026, 6, 1)), (2, date(2026, 7, 1))],
        )
        self.assertIn("Replaces", self._html("club_rate_notice", rate))

    def test_what_has_no_notice_is_not_printed_as_one(self):
        opening = self._create_rate(self.category, 0.4, "2026-01-01")
        for rate in (opening, self._propose(0.4)):
            with self.assertRaisesRegex(UserError, "has no notice"):
                self._html("club_rate_notice", rate)

    def test_the_sheet_has_the_lines_of_the_book(self):
        xlsx = self.env["club.xlsx.rate.book"].with_user(self.manager)
        programs = self.program.with_user(self.manager)
        for options, letters in (({}, 0.5), ({"date": "2026-05-01"}, 0.6)):
            content = xlsx._build(programs, **xlsx._read_options(options))
            sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
            rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
            start = next(n for n, row in enumerate(rows) if row[1] == "Product")
            lines = {(row[0], row[1]): row for row in rows[start + 1 :]}
            self.assertEqual(len(lines), 4)
            row = lines["Test Letters", None]
            self.assertEqual((row[2], row[6]), (letters, 1.2))
            self.assertEqual(row[7].date(), date(2026, 3, 1))
            self.assertEqual(row[9], "RN/2026/0002")
            self.assertEqual(lines["Test Letters", "=Gift Letter"][2], 2)
            self.assertEqual(lines["Test Letters / Registered", None][2], 0)
        cell = next(c for c in sheet["B"] if c.value == "=Gift Letter")
        self.assertEqual(cell.data_type, "s")

    def test_the_book_takes_as_many_queries_for_many_lines(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            book = self.env["club.rate.book"]._get_book_data(self.program)[0]
            return len(book.lines), self.env.cr.sql_log_count - before

        few = count()
        for number in range(20):
            category = self.env["product.category"].create({"name": f"C{number}"})
            self._create_rate(category, 1)
        many = count()
        self.assertEqual(many, (few[0] + 20, few[1]))

    def test_books_of_two_programs_have_a_sheet_each(self):
        second = self._create_program(self.company)
        content = self.env["club.xlsx.rate.book"]._build(self.program + second)
        book = openpyxl.load_workbook(io.BytesIO(content))
        self.assertEqual(len(book.worksheets), 2)


@tagged("post_install", "-at_install")
class TestRateBookDownload(RateCase, HttpCase):
    def test_the_download_takes_a_day(self):
        self.authenticate(self.manager.login, self.manager.login)
        address = f"/crm_club/xlsx/rate_book?ids={self.program.id}"
        for query, status in (
            ("", 200),
            ("&date=2026-05-01", 200),
            ("&date=soon", 400),
        ):
            with self.subTest(query=query):
                response = self.url_open(address + query)
                self.assertEqual(response.status_code, status)
