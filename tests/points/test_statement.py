import io
from datetime import date

import openpyxl

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools.pdf import PdfFileReader as PdfReader

from ...kernel.points_lots import Lot
from ..common import TODAY, ClubCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestStatement(ClubCommon):
    """The points statement says what the ledger says, to whom it may. Rules B1, E3."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_rate(cls.categ_letters, 1.2, factor="coefficient")
        cls._add_revenue(cls.account_a, 700, "2025-12")
        with freeze_time("2026-01-09"):
            cls._post_run("2025-12")
        cls._add_revenue(cls.account_a, 60_000, "2026-01")
        cls._add_revenue(cls.account_a, 1000, "2026-01", cls.categ_letters)
        with freeze_time("2026-02-09"):
            cls._post_run("2026-01")
        cls._add_revenue(cls.account_a, -200, "2026-01")
        cls._add_revenue(cls.account_a, 300, "2026-02")
        with freeze_time("2026-03-09"):
            cls._post_run("2026-02")

    def _statement(self, account=None, user=None, **period):
        statements = self.env["club.points.statement"].with_user(user or self.env.user)
        account = account or self.account_a
        return statements._get_statement_data(account, self.program, **period)[0]

    # === Figures === #

    def test_figures_are_the_ledgers_sums(self):
        statement = self._statement()
        self.assertEqual(
            (statement.date_from, statement.date_to), (date(2026, 1, 1), TODAY)
        )
        self.assertEqual(statement.opening, 700)
        self.assertEqual(
            [(month.label, month.revenue, month.points) for month in statement.months],
            [("2026-01", 61_000, 60_600), ("2026-02", 100, 100)],
        )
        self.assertEqual((statement.earned, statement.spent), (60_700, 0))
        self.assertEqual(statement.closing, self._get_points(self.account_a))
        self.assertEqual(statement.qualifying, 60_700)

    def test_working_is_revenue_times_rate_times_coefficient(self):
        lines = [line for month in self._statement().months for line in month.lines]
        self.assertEqual(
            {
                (x.month, x.category, x.revenue, x.rate, x.coefficient, x.points)
                for x in lines
            },
            {
                ("2026-01", "Test Parcels", 60_000, 1, 1, 60_000),
                ("2026-01", "Test Letters", 1000, 0.5, 1.2, 600),
                ("2026-01", "Test Parcels", -200, 1, 1, -200),
                ("2026-02", "Test Parcels", 300, 1, 1, 300),
            },
        )

    def test_correction_names_the_month_that_it_corrects(self):
        lines = self._statement().months[1].lines
        self.assertEqual(
            [(line.points, line.remark) for line in lines],
            [(-200, "corrects 2026-01"), (300, "")],
        )

    def test_late_unit_is_no_correction(self):
        """Rule B5: the month was never posted for this account before."""
        self._add_revenue(self.account_b, 50, "2026-01")
        self._post_run("2026-03")
        statement = self._statement(self.account_b)
        self.assertEqual(
            statement.months[0].lines[0].remark, "for 2026-01, verified late"
        )

    def test_changed_rate_is_told_where_the_working_is_a_difference(self):
        self._create_rate(self.categ_parcels, 0.8)
        self._post_run("2026-03")
        remarks = {
            (line.month, line.points): line.remark
            for line in self._statement().months[-1].lines
        }
        self.assertEqual(
            remarks["2026-01", -11_960],
            "corrects 2026-01; rate changed: the difference",
        )

    def test_period_bounds_opening_and_balance(self):
        statement = self._statement(
            date_from=date(2026, 2, 1), date_to=date(2026, 2, 28)
        )
        self.assertEqual(
            (statement.opening, statement.closing), (700 + 60_600, 700 + 60_700)
        )

    def test_standing_and_what_is_missing(self):
        standing = {s.purpose: s for s in self._statement().standings}["membership"]
        self.assertEqual((standing.tier, standing.next_tier), ("Vip", "Gold"))
        self.assertEqual(standing.missing_points, 150_000 - 60_700)
        self.assertEqual(standing.valid_until.year, 2027)
        none = {s.purpose: s for s in self._statement(self.account_b).standings}
        self.assertEqual((none["grade"].tier, none["grade"].next_tier), ("", "Vip"))
        self.assertEqual(none["grade"].missing_revenue, 100_000)

    def test_oldest_points_expire_next(self):
        """Rule B7: what was spent is taken from the oldest points."""
        statement = self._statement()
        self.assertEqual(
            (statement.expires_on, statement.expiring), (date(2027, 3, 31), 700)
        )
        next_expiry = self.env["club.points.statement"]._get_next_expiry
        early, late = Lot(date(2027, 3, 31), 100), Lot(date(2027, 4, 30), 50)
        for lots, on, expected in (
            ([], early.until, (None, 0)),
            ([early, late], early.until, (early.until, 100)),
            ([early, late], late.until, (late.until, 50)),
            ([early, Lot(None, 5)], late.until, (None, 0)),
        ):
            self.assertEqual(next_expiry(lots, on), expected, (lots, on))

    def test_agreements_of_the_period(self):
        self.assertEqual(self._statement().agreements, ("AG-0",))

    def test_number_of_queries_does_not_depend_on_the_accounts(self):
        accounts = self._create_accounts(f"Account {number:02}" for number in range(40))
        self._add_revenue(accounts, 1000, "2026-03")
        self._post_run("2026-03")

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self.env["club.points.statement"]._get_statement_data(
                some, self.program
            )
            self.assertEqual(len(found), len(some))
            return self.env.cr.sql_log_count - before

        count(accounts)
        self.assertEqual(count(accounts[:20]), count(accounts))

    # === Overview: earned by line and month === #

    def test_overview_sums_what_was_earned_by_line_and_month(self):
        overview = self._statement().overview
        self.assertEqual(
            [(x.name, x.cells, x.total, x.revenue) for x in overview.lines],
            [
                ("Test Parcels", (60_000, 100, 0, 0), 60_100, 60_100),
                ("Test Letters", (600, 0, 0, 0), 600, 1000),
            ],
        )
        self.assertEqual(overview.months[0], date(2026, 1, 1))
        self.assertEqual(overview.total.cells, (60_600, 100, 0, 0))
        self.assertEqual(overview.total.total, self._statement().earned)
        chart = {f"{bar.month:%Y-%m}": bar.points for bar in overview.chart}
        self.assertEqual(len(chart), 12)
        self.assertEqual(sum(chart.values()), self._get_points(self.account_a))
        self.assertEqual(max(bar.share for bar in overview.chart), 1)
        self.assertEqual(overview.unit, 1)

    def test_overview_says_what_the_revenue_of_a_line_is_multiplied_by(self):
        """Rule B1: revenue × rate × coefficient = points, line by line."""
        factors = {x.name: x.factors for x in self._statement().overview.lines}
        self.assertEqual(
            factors, {"Test Parcels": "× 1", "Test Letters": "× 0.5 × 1.2"}
        )
        self.assertEqual(self._statement().overview.total.factors, "")
        self._create_rate(self.categ_parcels, 0.8)
        self._post_run("2026-03")
        lines = self._statement().overview.lines
        self.assertEqual(
            [x.factors for x in lines if x.name == "Test Parcels"], ["× 0.8–1"]
        )
        self.assertIn("× 0.5 × 1.2", self._render(self.account_a))

    def test_longer_periods_say_what_was_before_and_small_lines_are_summed(self):
        categories = self.env["product.category"].create(
            [{"name": f"Line {number}"} for number in range(12)]
        )
        for number, category in enumerate(categories):
            self._create_rate(category, 1)
            self._add_revenue(self.account_a, 100 + number, "2026-02", category)
        self._post_run("2026-03")
        statement = self._statement(
            date_from=date(2024, 6, 1), date_to=date(2027, 3, 31)
        )
        overview = statement.overview
        self.assertEqual(len(overview.months), 12)
        self.assertTrue(overview.has_before)
        self.assertEqual(overview.total.cells[0], 61_400 + sum(range(100, 112)))
        self.assertEqual(len(overview.lines), 8)
        self.assertEqual(overview.lines[-1].name, "Other categories")
        self.assertEqual(sum(x.total for x in overview.lines), statement.earned)
        self.assertEqual(overview.total.total, statement.earned)

    def test_nothing_earned_is_an_empty_chart(self):
        overview = self._statement(self.account_b).overview
        self.assertFalse(overview.lines)
        self.assertEqual({bar.share for bar in overview.chart}, {0})

    def test_spent_points_are_no_part_of_it_and_large_ones_are_in_thousands(self):
        self._add_revenue(self.account_b, 2_000_000, "2026-03")
        self._post_run("2026-03")
        self.assertEqual(self._statement(self.account_b).overview.unit, 1000)

    # === Access === #

    def test_only_who_may_see_the_points_gets_a_statement(self):
        self._add_revenue(self.account_b, 50, "2026-03")
        self._post_run("2026-03")
        plain = new_test_user(
            self.env, "club_plain", groups="base.group_user", company_id=self.company.id
        )
        for user, may_a, may_b in (
            (plain, False, False),
            (self._create_user("user", "other"), False, False),
            (self.manager, True, False),
            (self.clerk, True, False),
            (self.lead, True, False),
            (self.finance, True, True),
            (self.officer, True, True),
            (self.auditor, True, True),
        ):
            for account, may in ((self.account_a, may_a), (self.account_b, may_b)):
                with self.subTest(user=user.login, account=account.name):
                    if may:
                        statement = self._statement(account, user)
                        self.assertEqual(statement.closing, self._get_points(account))
                        self.assertTrue(statement.agreements)
                    else:
                        with self.assertRaises(AccessError):
                            self._statement(account, user)

    def test_account_without_entries_is_judged_like_any_other(self):
        self._statement(self.account_b, self.officer)
        with self.assertRaises(AccessError):
            self._statement(self.account_b, self.manager)

    def test_points_seen_in_part_are_refused(self):
        """An account that changed its unit is not printed with half of its points."""
        self.account_a.write(
            {"club_unit_id": self.other_unit.id, "club_manager_id": False}
        )
        self._add_revenue(self.account_a, 10, "2026-03")
        self._post_run("2026-03")
        visible = self.env["club.points.entry"].with_user(self.lead)
        self.assertTrue(visible.search([("account_id", "=", self.account_a.id)]))
        with self.assertRaises(AccessError):
            self._statement(user=self.lead)

    # === PDF and sheet === #

    def _render(self, partners, user=None, name="club_points_statement", **data):
        report = self.env["ir.actions.report"].with_user(user or self.manager)
        html, _type = report._render_qweb_pdf(
            f"crm_club.{name}", partners.ids, data=data
        )
        return html.decode()

    def test_pdf_shows_the_figures(self):
        html = self._render(self.account_a)
        for text in ("Anchor Mills", "C-A", "AG-0", "60,700.00", "60,600"):
            self.assertIn(text, html)
        for text in ("Beacon", "corrects 2026-01"):
            self.assertNotIn(text, html)
        annex = self._render(self.account_a, name="club_points_statement_annex")
        for text in ("60,700.00", "60,600.00", "corrects 2026-01"):
            self.assertIn(text, annex)

    def test_statement_is_one_page_whatever_was_posted_and_its_annex_left_out(self):
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() != "ok":
            self.skipTest("There is no wkhtmltopdf.")
        categories = self.env["product.category"].create(
            [{"name": f"Express and Logistics {number}"} for number in range(12)]
        )
        for number, category in enumerate(categories):
            self._create_rate(category, 1)
            for month in ("2025-11", "2026-03"):
                self._add_revenue(self.account_a, 1e6 + number, month, category)
        self._post_run("2026-03")
        for lang in ("en_US", "zh_CN"):
            self.env["res.lang"]._activate_lang(lang)
            self.account_a.lang = lang
            for name, least, most in (
                ("club_points_statement", 1, 1),
                ("club_points_statement_annex", 2, 3),
            ):
                with self.subTest(lang=lang, name=name):
                    reports = self.env["ir.actions.report"].with_user(self.manager)
                    content, kind = reports.with_context(
                        force_report_rendering=True
                    )._render_qweb_pdf(f"crm_club.{name}", self.account_a.ids)
                    self.assertEqual(kind, "pdf")
                    pages = PdfReader(io.BytesIO(content)).numPages
                    self.assertGreaterEqual(pages, least)
                    self.assertLessEqual(pages, most)

    def test_pdf_of_a_contact_is_that_of_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Ms Reed", "parent_id": self.account_a.id}
        )
        values = self.env["report.crm_club.club_points_statement"]._get_report_values(
            (contact + self.account_a).ids
        )
        self.assertEqual([s.account for s in values["statements"]], [self.account_a])

    def test_pdf_is_refused_like_the_data(self):
        with self.assertRaises(AccessError):
            self._render(self.account_b)
        with self.assertRaises(AccessError):
            self._render(self.account_a + self.account_b)

    def test_pdf_speaks_the_accounts_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.account_a.lang = "zh_CN"
        self.program.with_context(lang="zh_CN").name = "海港大客户俱乐部"
        html = self._render(self.account_a + self.account_b, self.officer)
        self.assertIn("海港大客户俱乐部", html)
        self.assertIn(self.program.name, html)
        self.assertIn("2026/01/01", html)

    def test_pdf_takes_a_period(self):
        html = self._render(
            self.account_a, date_from="2026-02-01", date_to="2026-02-28"
        )
        self.assertNotIn("60,600.00", html)
        self.assertIn("61,300.00", html)

    def test_sheet_has_the_same_figures(self):
        self.account_a.ref = '=cmd|"/c calc"!A1'
        builder = self.env["club.xlsx.statement"].with_user(self.manager)
        content = builder._build(self.account_a)
        book = openpyxl.load_workbook(io.BytesIO(content))
        rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
        figures = {row[0]: row[1] for row in rows if row[0]}
        self.assertEqual(figures["Opening Balance"], 700)
        self.assertEqual(figures["Closing Balance"], self._get_points(self.account_a))
        self.assertEqual(figures["Valid Until"].date(), date(2027, 3, 31))
        totals = [row for row in rows if str(row[0]).startswith("Posted for")]
        self.assertEqual(
            [(row[3], row[6]) for row in totals], [(61_000, 60_600), (100, 100)]
        )
        cells = [cell for row in book.active.iter_rows() for cell in row]
        self.assertNotIn("f", {cell.data_type for cell in cells})
        self.assertIn('=cmd|"/c calc"!A1', {cell.value for cell in cells})
