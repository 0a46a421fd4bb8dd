import io
from collections import defaultdict
from datetime import date, timedelta
from math import ceil

from lxml import html as lxml_html
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ...models.figures.club_figure_year import CODES, MEANS, MONEY
from ..common import TODAY
from .figure_case import FigureCase

FIRST, EVE = date(2026, 1, 1), date(2025, 12, 31)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestFigureYear(FigureCase):
    """The figures of a year equal a recount in plain Python. Rule E10."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        industries = cls.env["res.partner.industry"].search([], limit=2)
        accounts = cls.env["res.partner"].search([("name", "like", "Post ")])
        for number, account in enumerate(accounts):
            account.industry_id = industries[number % 2]
        cause = cls.env["club.retention.cause"].search([], limit=1)
        cls.env.flush_all()
        # Closed cases are written as they are.
        cls.env.cr.execute(
            "UPDATE club_retention SET cause_id = %s WHERE id %% 2 = 0", [cause.id]
        )
        cls.env["club.figure.year"]._refresh(cls.company, 2025)

    def _read(self, year=2026):
        rows = self.env["club.figure.year"].search(
            [("company_id", "=", self.company.id), ("year", "=", year)]
        )
        return {
            (row.code, row.tier_id, row.industry_id, row.cause_id): (
                row.value,
                row.base,
            )
            for row in rows
        }

    def test_the_year_equals_a_recount(self):
        expected = self._recount()
        found = self._read()
        for code, _label in CODES:
            with self.subTest(code=code):
                self.assertEqual(
                    {key: value for key, value in found.items() if key[0] == code},
                    {key: value for key, value in expected.items() if key[0] == code},
                )
                self.assertTrue(any(key[0] == code for key in expected))

    def test_figures_stand_in_the_order_of_their_list(self):
        codes = self.env["club.figure.year"].formatted_read_group([], ["code"])
        found = [group["code"] for group in codes]
        self.assertEqual(found, [code for code, _label in CODES if code in found])

    def test_a_second_run_changes_nothing(self):
        def read_rows():
            self.env.cr.execute(
                "SELECT *, ctid, xmin FROM club_figure_year ORDER BY id"
            )
            return self.env.cr.fetchall()

        before = read_rows()
        self.env["club.figure.year"]._refresh(self.company, 2025)
        self.assertEqual(read_rows(), before)
        self.assertTrue(self._read(2025))

    def test_rows_together_come_to_their_amounts_out_of_all(self):
        groups = self.env["club.figure.year"]._read_group(
            [("year", "=", 2026), ("company_id", "=", self.company.id)],
            ["code"],
            ["value:sum", "base:sum", "share:avg"],
        )
        for code, value, base, share in groups:
            factor = 1 if code in MEANS else 100
            self.assertAlmostEqual(share, factor * value / base, 4, code)

    def test_each_figure_opens_the_records_behind_it(self):
        """So many, or what their amounts come to: how much the figure says."""
        figures = self.env["club.figure.year"].with_user(self.officer)
        found = figures.search([("company_id", "=", self.company.id)])
        self.assertEqual({f.code for f in found}, {code for code, _label in CODES})
        for figure in found:
            with self.subTest(figure=figure.display_name):
                action = figure.action_open_records()
                records = self.env[action["res_model"]].search(action["domain"])
                amounts = "amount" in records._fields and figure.code in MONEY
                value = sum(records.mapped("amount")) if amounts else len(records)
                self.assertAlmostEqual(value, figure.value, 2)

    def test_whoever_may_not_read_the_records_opens_none(self):
        figure = self.env["club.figure.year"].search(
            [("company_id", "=", self.company.id), ("code", "=", "churn")], limit=1
        )
        for user in (self.manager, self.lead, self.clerk):
            with self.assertRaises(AccessError):
                figure.with_user(user).action_open_records()
        domain = [("club_figure_year_id", "=", figure.id)]
        for user in (self.manager, self.lead):
            with self.assertRaises(AccessError):
                self.env["club.membership"].with_user(user).search(domain)
        stranger = self._create_user("officer", "lake_officer", self.second)
        theirs = self.env["club.membership"].with_user(stranger)
        theirs = theirs.with_context(allowed_company_ids=self.second.ids)
        with self.assertRaises(AccessError):
            figure.with_env(theirs.env).action_open_records()
        self.assertFalse(theirs.search(domain))

    # === On paper === #

    def _open_dialog(self, user, **values):
        return self.env["club.year.report"].with_user(user).create(values)

    def test_the_year_stands_on_paper_as_it_was_worked_out(self):
        rows = self._read()
        dialog = self._open_dialog(self.officer)
        self.assertEqual(dialog.year, 2026)
        year = dialog.env["club.year.figures"]._get_year(dialog)
        labels = dict(self.env["club.figure.year"]._fields["code"].selection)
        codes = {label: code for code, label in labels.items()}
        for line in year.lines:
            found = [v for k, v in rows.items() if k[0] == codes[line.label]]
            self.assertAlmostEqual(line.value, sum(v for v, _base in found), 2)
            self.assertAlmostEqual(line.base, sum(base for _v, base in found), 2)
        self.assertEqual(len(year.lines), len(CODES))
        for _title, tables in year.by:
            self.assertTrue(tables)
            for table in tables:
                whole = next(one for one in year.lines if one.label == table.title)
                self.assertAlmostEqual(
                    sum(line.value for line in table.lines), whole.value, 2
                )

    def test_a_page_and_a_spreadsheet(self):
        lost = self.env["club.figure.year"].search([("cause_id", "!=", False)], limit=1)
        dialog = self._open_dialog(self.auditor, year=lost.year)
        html, _type = dialog.env["ir.actions.report"]._render_qweb_html(
            "crm_club.club_year_report_report", dialog.ids
        )
        texts = (str(lost.year), "By membership tier", "Referrals per 100 Members")
        for text in texts:
            self.assertIn(text, html.decode())
        headings = lxml_html.fromstring(html.decode()).findall(".//h4")
        self.assertGreater(len(headings), 1)
        for heading in headings:  # no page ends with one
            self.assertIn("page-break-inside: avoid", heading.getparent().get("style"))
            self.assertIsNotNone(heading.getparent().find("table"))
        content = dialog.env["club.xlsx.year"]._build(dialog)
        book = load_workbook(io.BytesIO(content))
        self.assertEqual(
            book.sheetnames,
            ["Figures", "By membership tier", "By industry", "By cause"],
        )
        lines = dialog.env["club.year.figures"]._get_year(dialog).lines
        self.assertEqual(book["Figures"].max_row, len(lines) + 2)
        self.assertEqual(dialog.action_print()["type"], "ir.actions.report")
        self.assertIn("/xlsx/year", dialog.action_export()["url"])

    def test_who_prints_which_year(self):
        for user in (self.manager, self.lead, self.clerk):
            with self.assertRaises(AccessError):
                self._open_dialog(user)
        with self.assertRaisesRegex(UserError, "no figures of 2019"):
            self._open_dialog(self.finance, year=2019).action_print()
        dialog = self._open_dialog(self.officer)
        papers = self.env["report.crm_club.club_year_report"].with_user(self.auditor)
        with self.assertRaises(AccessError):
            papers._get_report_values(dialog.ids)

    def _recount(self):
        self.found = defaultdict(lambda: [0, 0])
        members, before = self._get_members(TODAY), self._get_members(EVE)
        for account, tier in before.items():
            self._add("churn", account, tier, int(account not in members), 1)
        revenue = self._sum_revenue()
        top = sorted(revenue, key=lambda a: (-revenue[a], a.id))
        top = top[: ceil(len(top) * 20 / 100)]
        for account, amount in revenue.items():
            kept = amount if account in top else 0
            self._add("top_share", account, members.get(account), kept, amount)
        self._count_costs()
        for account, tier in members.items():
            self._add("referrals", account, tier, 0, 1)
            self._add("no_benefit", account, tier, int(not self._is_using(account)), 1)
        for referral in self._of("club.referral", ("date", ">=", FIRST)):
            account = referral.brought_by_account_id
            self._add("referrals", account, members.get(account), 1, 0)
        for case in self._of("club.retention", ("date_closed", ">=", FIRST)):
            lost, back = case.state == "lost", case.state == "won_back"
            of = case.tier_id, case.industry_id, case.cause_id
            self._add_to("lost", of, lost, 1)
            if lost or back:
                self._add_to("won_back", of, back, 1)
        return {key: tuple(round(n, 2) for n in v) for key, v in self.found.items()}

    def _of(self, model, *domain):
        return (
            self.env[model]
            .sudo()
            .search([("company_id", "=", self.company.id), *domain])
        )

    def _add(self, code, account, tier, value, base):
        tier = tier or self.env["club.tier"]
        cause = self.env["club.retention.cause"]
        self._add_to(code, (tier, account.industry_id, cause), value, base)

    def _add_to(self, code, of, value, base):
        self.found[code, *of][0] += value
        self.found[code, *of][1] += base

    def _get_terms(self):
        """Return the terms by when they begin, of one day the one that counts first."""
        return self._of(
            "club.membership",
            ("state", "=", "valid"),
            ("group_id.purpose", "!=", "grade"),
        ).sorted(lambda term: (term.date_from, self._rank(term)))

    def _rank(self, term):
        """The highest tier counts, of several programs the main one's first."""
        program = term.program_id
        return -term.tier_id.sequence, program.sequence, program.id

    def _get_members(self, day):
        found = {}
        for term in self._get_terms().sorted(self._rank):
            if term.date_from <= day <= term.date_grace:
                found.setdefault(term.account_id, term.tier_id)
        return found

    def _sum_revenue(self):
        revenue = defaultdict(float)
        for line in self._of("club.revenue", ("date", ">=", FIRST)):
            revenue[line.account_id] += line.amount
        return {account: amount for account, amount in revenue.items() if amount > 0}

    def _count_costs(self):
        spent = defaultdict(float)
        for row in self._of("club.account.cost", ("kind", "!=", "budget")):
            if FIRST <= row.date <= TODAY:
                spent[row.account_id] += row.amount
        decided = self.env["club.requalification.line"].search([]).membership_id
        kept, seen, fresh = {}, set(), {}
        for term in self._get_terms():
            account, tier = term.account_id, term.tier_id
            is_kept = term.outcome == "renewed" or (
                term.outcome == "upgraded" and term in decided
            )
            if is_kept and FIRST <= term.date_to <= TODAY:
                kept.setdefault(account, []).append(term)
            if account not in seen and FIRST <= term.date_from <= TODAY:
                fresh[account] = tier
            seen.add(account)
        kept = {a: min(terms, key=self._rank).tier_id for a, terms in kept.items()}
        for code, found in (("cost_retained", kept), ("cost_new", fresh)):
            for account, tier in found.items():
                self._add(code, account, tier, spent[account], 1)

    def _is_using(self, account):
        since = TODAY.replace(year=2025) + timedelta(days=1)
        guests = self._of(
            "club.invitation",
            ("account_id", "=", account.id),
            ("state", "=", "attended"),
        )
        return any(
            (guest.activity_id.date_begin + timedelta(hours=8)).date() >= since
            for guest in guests
        )
