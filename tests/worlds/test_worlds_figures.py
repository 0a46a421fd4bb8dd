"""Figures of two programs and of companies below. Rules A9, D10, E5."""

from datetime import date, datetime

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...models.figures import manager_sql, target_sql
from ..common import TODAY
from .worlds_case import WorldsCase

FIRST, MARCH = date(2026, 1, 1), date(2026, 3, 1)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestWorldsFigures(WorldsCase):
    """1,000 of parcels in March everywhere; all programs have posted it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.companies = cls.company | cls.lake | cls.coast
        for company in cls.companies:
            cls._book_revenue(company, cls.account_a, 1_000)
        for program in (
            *(cls.program, cls.suburbs, cls.lake_program, cls.coast_program),
        ):
            cls._post(program)
        cls.env["club.figure"]._refresh(cls.companies, FIRST, TODAY)

    def _get_figures(self, user, **domain):
        figures = self._as(self.env["club.figure"], user)
        terms = [(name, "=", value) for name, value in domain.items()]
        return figures.search([("month", "=", MARCH), *terms])

    def _sum(self, user, by, **domain):
        """Return what the pivot shows."""
        figures = self._as(self.env["club.figure"], user)
        terms = [(name, "=", value) for name, value in domain.items()]
        rows = figures._read_group(
            [("month", "=", MARCH), *terms], [by] if by else [], ["value:sum"]
        )
        return {getattr(row[0], "id", row[0]): row[-1] for row in rows} if by else rows

    # === Members === #

    def test_who_is_in_two_programs_counts_once(self):
        found = self._get_figures(self.officer, code="members")
        self.assertEqual(sum(found.mapped("value")), 2)
        diamond, vip = (
            self._get_tier(self.suburbs, each) for each in ("diamond", "vip")
        )
        self.assertEqual(found.tier_id, diamond | vip)
        joined = self.env["club.figure"].search(
            [("code", "=", "joined"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(sum(joined.mapped("value")), 2)

    def test_a_figure_opens_the_membership_that_counts(self):
        for figure in self._get_figures(self.officer, code="members"):
            action = figure.action_open_records()
            found = self._as(self.env[action["res_model"]], self.officer).search(
                action["domain"]
            )
            self.assertEqual(found.tier_id, figure.tier_id)
            self.assertEqual(len(found), figure.value)

    def test_of_equal_tiers_the_main_programs_counts(self):
        self.env.cr.execute(
            "UPDATE club_membership SET tier_id = %s WHERE id = %s",
            [
                self._get_tier(self.suburbs, "gold").id,
                self.terms[self.suburbs, self.account_a].id,
            ],
        )
        self.env["club.figure"]._refresh(self.company, MARCH, TODAY)
        self.env["club.figure.year"]._refresh(self.company, 2026)
        gold = self._get_tier(self.program, "gold")
        members = self._get_figures(self.officer, code="members").tier_id
        self.assertIn(gold, members)
        self.assertNotIn(self._get_tier(self.suburbs, "gold"), members)
        years = self.env["club.figure.year"].search(
            [("company_id", "=", self.company.id), ("code", "=", "no_benefit")]
        )
        self.assertIn(gold, years.tier_id)
        self.assertNotIn(self._get_tier(self.suburbs, "gold"), years.tier_id)

    def test_a_new_member_is_new_once(self):
        """Who joins a second program, or two at once, is one new member."""
        account = self._create_account("Cape Foods")
        self._join(account, "gold", self.program, first=MARCH)
        self._join(account, "vip", self.suburbs, first=MARCH)
        member = self._create_account("Dune Foods")
        self._join(member, "gold", self.program, first=date(2026, 2, 1))
        self._join(member, "vip", self.suburbs, first=MARCH)
        self.env.cr.execute("UPDATE club_membership SET origin = 'enrolled'")
        gold = self._get_tier(self.program, "gold")
        rows = self.env.execute_query(
            target_sql.new_members(self.company.id, MARCH, date(2026, 3, 31))
        )
        self.assertEqual(rows, [(account.id, self.company.id, gold.id, MARCH)])

    def test_a_managers_month_is_that_of_the_main_program(self):
        self.env.flush_all()
        rows = self.env.execute_query(
            manager_sql.month_figures(self.company, MARCH, date(2026, 3, 31))
        )
        found = {(code, tier): value for _user, code, tier, value, _base in rows}
        diamond = self._get_tier(self.suburbs, "diamond")
        self.assertEqual(found["accounts", diamond.id], 1)
        self.assertEqual(found["points", None], 1_000)

    def test_the_digest_counts_members_not_memberships(self):
        digest = self._as(self.env["digest.digest"], self.officer)
        digest = digest.sudo().create(
            {"name": "Club", "company_id": self.company.id, "periodicity": "daily"}
        )
        digest = digest.with_user(self.officer).with_context(
            start_datetime=datetime(2026, 3, 1), end_datetime=datetime(2026, 4, 1)
        )
        self.assertEqual(digest.kpi_club_members_value, 2)
        self.assertEqual(digest.kpi_club_points_value, 1_000)

    # === Points and amounts === #

    def test_points_of_programs_are_not_added_up(self):
        found = self._sum(self.officer, "program_id", code="points_accrued")
        self.assertEqual(found, {self.program.id: 1_000, self.suburbs.id: 2_000})
        self.assertEqual(
            self._sum(self.officer, None, code="points_accrued"), [(False,)]
        )
        read = self._as(self.env["club.figure"], self.officer)._read_figures(
            self.company, ["points_accrued", "points_balance"], False, MARCH, TODAY
        )
        self.assertEqual(read[False, "points_accrued"], (1_000, 0))
        self.assertEqual(read[False, "points_balance"], (1_000, 0))

    def test_a_points_figure_opens_the_entries_of_its_program(self):
        for figure in self._get_figures(self.officer, code="points_accrued"):
            action = figure.action_open_records()
            found = self._as(self.env[action["res_model"]], self.officer).search(
                action["domain"]
            )
            self.assertEqual(found.run_id.program_id, figure.program_id)
            self.assertEqual(sum(found.mapped("points")), figure.value)

    def test_amounts_in_two_currencies_are_not_added_up(self):
        self.both.company_ids |= self.coast
        rows = self._sum(self.both, "company_id", code="revenue")
        self.assertEqual(rows, dict.fromkeys(self.companies.ids, 1_000))
        self.assertEqual(self._sum(self.both, None, code="revenue"), [(False,)])
        self.both.company_ids -= self.coast
        self.assertEqual(self._sum(self.both, None, code="revenue"), [(2_000,)])

    # === From above === #

    def test_the_province_reads_figures_and_no_records(self):
        figures = self._get_figures(self.province_officer, code="revenue")
        self.assertEqual(figures.company_id, self.company | self.lake)
        self.assertEqual(
            self._sum(self.province_officer, None, code="revenue"), [(2_000,)]
        )
        for figure in figures:
            with self.assertRaisesRegex(AccessError, "keeps its records"):
                figure.action_open_records()
        for name in (
            *("club.program", "club.membership", "club.points.run", "club.duty"),
            *("club.points.entry", "club.revenue", "club.activity", "club.today"),
            *("club.contact.log", "club.entitlement", "club.account.cost"),
            *("club.target", "club.bulletin", "club.overview", "club.need"),
            *("club.change", "club.approval.request", "club.agreement"),
        ):
            for user in (self.province_officer, self.province_auditor):
                records = self._as(self.env[name], user)
                found = records.search([]) if records.has_access("read") else records
                companies = found.sudo().mapped("company_id")
                self.assertLessEqual(companies, self.province, name)

    def test_a_county_reads_its_own(self):
        for user, company in (
            (self.officer, self.company),
            (self.lake_users["officer"], self.lake),
            (self.coast_users["officer"], self.coast),
        ):
            figures = self._as(self.env["club.figure"], user).search([])
            self.assertEqual(figures.company_id, company)

    # === The overview === #

    def _get_card(self, user=None):
        cards = self._as(self.env["club.overview"], user or self.officer)
        self.env.invalidate_all()
        return cards.search([("unit_id", "=", False)])

    def test_the_months_card_is_the_main_programs(self):
        card = self._get_card()
        self.assertEqual(card.run_id.program_id, self.program)
        self.assertEqual(card.month_text, "Posted: the month is closed.")
        self.assertEqual(card.run_id.month, MARCH)
        [other] = self._get_card(self.lake_users["officer"])
        self.assertEqual(other.run_id.program_id, self.lake_program)

    def test_the_months_card_names_the_program_that_lags(self):
        third = self._create_program(self.company, name="Club of the Islands")
        card = self._get_card()
        self.assertEqual(card.month_text, "Posted, but not yet in Club of the Islands.")
        third.sequence = 1
        self.assertEqual(self._get_card().run_id.program_id, self.program)
