"""Figures of two programs and of companies below. Rules A9, D10, E5."""

import json
from datetime import date, datetime

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...models.figures import manager_sql, target_sql
from ..common import TODAY
from ..figures.dashboard_sources import get_sources
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

    def test_tiers_of_one_name_tell_their_program(self):
        """Those of a further program: where one chooses, and where figures stand."""
        tiers = [
            self._get_tier(program, "gold").with_user(self.officer).display_name
            for program in (self.program, self.suburbs, self.lake_program)
        ]
        self.assertEqual(tiers, ["Gold", "Gold · Club of the Suburbs", "Gold"])
        term = self.terms[self.suburbs, self.account_b]
        self.assertEqual(term.display_name, "Beacon Foods: Vip · Club of the Suburbs")
        self.env["club.figure.year"]._refresh(self.company, 2026)
        years = self.env["club.figure.year"].search(
            [("company_id", "=", self.company.id), ("code", "=", "no_benefit")]
        )
        self.assertEqual(
            set(years.mapped("display_name")),
            {
                f"Members without a Benefit · 2026 · {tier} · Club of the Suburbs"
                for tier in ("Diamond", "Vip")
            },
        )

    # === Months verified === #

    def _verify_at(self, program, day):
        """Say when the units' parts of March's runs of a program were verified."""
        parts = self.env["club.points.run.unit"].search(
            [("run_id.program_id", "=", program.id), ("month", "=", MARCH)]
        )
        self.env.cr.execute(
            "UPDATE club_points_run_unit SET verified_at = %s WHERE id = ANY(%s)",
            [day, parts.ids],
        )
        self.env.invalidate_all()
        self.env["club.figure"]._refresh(self.company, MARCH, TODAY)
        return parts

    def _get_verified(self):
        figure = self._get_figures(self.officer, code="verified_on_time")
        self.assertEqual(figure.unit_id, self.unit)
        action = figure.action_open_records()
        found = self._as(self.env[action["res_model"]], self.officer)
        return figure.value, figure.base, found.search(action["domain"])

    def test_a_units_month_counts_once(self):
        """In time, if it was so in all programs; the one that wasn't is shown."""
        value, base, _parts = self._get_verified()
        self.assertEqual((value, base), (1, 1))
        late = self._verify_at(self.suburbs, "2026-05-20 02:00:00")
        self.assertEqual(self._get_verified(), (0, 1, late))
        self._verify_at(self.suburbs, "2026-04-10 02:00:00")
        self.assertEqual(self._get_verified()[:2], (1, 1))

    def test_what_comes_late_to_a_month_does_not_count_again(self):
        """A further run of the same month, for lines that were booked late."""
        self._book_revenue(self.company, self.account_a, 500)
        first = self.env["club.points.run"].search(
            [("program_id", "=", self.program.id), ("month", "=", MARCH)]
        )
        again = self._post(self.program)
        self.assertEqual(again.unit_ids.unit_id, self.unit)
        self.env.cr.execute(
            "UPDATE club_points_run_unit SET verified_at = '2026-05-20'"
            " WHERE id = ANY(%s)",
            [again.unit_ids.ids],
        )
        self.env.invalidate_all()
        self.env["club.figure"]._refresh(self.company, MARCH, TODAY)
        value, base, parts = self._get_verified()
        self.assertEqual((value, base), (1, 1))
        self.assertEqual(parts.run_id, first)

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

    def test_a_points_figure_is_named_for_its_program(self):
        names = self._get_figures(self.officer, code="points_accrued")
        self.assertEqual(
            set(names.mapped("display_name")),
            {
                f"Quay: Points Accrued · {program.name}: March 2026"
                for program in (self.program, self.suburbs)
            },
        )
        [lake] = self._get_figures(self.lake_users["officer"], code="points_accrued")
        self.assertEqual(lake.display_name, "Pier: Points Accrued: March 2026")

    def test_dashboards_show_the_points_of_the_main_program(self):
        """A card has one place, and charts tell no programs apart."""
        dashboard = self.env.ref("crm_club.club_revenue_dashboard")
        figures = self._as(self.env["club.figure"], self.officer)
        found = {}
        for _model, domain, groups, measures, source in get_sources(
            json.loads(dashboard.spreadsheet_data)
        ):
            context = source.get("searchParams", source)["context"]
            for row in figures.with_context(**context).formatted_read_group(
                domain, groups, measures
            ):
                found.setdefault(row.get("code"), set()).add(row["value:sum"])
        self.assertEqual(found["points_accrued"], {1_000})
        self.assertEqual(found["points_balance"], {1_000})
        self.assertEqual(found["revenue"], {1_000})

    def test_a_years_amounts_in_two_currencies_are_not_added_up(self):
        for company in self.companies:
            self.env["club.figure.year"]._refresh(company, 2026)
        years = [("year", "=", 2026)]
        revenue = [*years, ("code", "=", "top_share")]
        names = ["value:sum", "base:sum", "share:avg"]

        def read(domain):
            figures = self._as(self.env["club.figure.year"], self.both)
            return figures._read_group(domain, [], names)

        self.assertEqual(read(revenue), [(2_000, 2_000, 100)])
        self.assertEqual(read(years), [(False, False, False)], "nor different ones")
        self.both.company_ids |= self.coast
        self.assertEqual(read(revenue), [(False, False, False)])
        churn = read([*years, ("code", "=", "no_benefit")])
        self.assertEqual(churn[0][1], 4, "members are members everywhere")
        figures = self._as(self.env["club.figure.year"], self.both)
        rows = figures._read_group(revenue, ["company_id"], names)
        self.assertEqual([row[1:] for row in rows], 3 * [(1_000, 1_000, 100)])

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

    def test_a_card_counts_what_is_of_the_company_in_use(self):
        """A unit that companies share has a card in each: with that one's numbers."""
        for company in (self.company, self.lake):
            account = self.account_a.with_company(company)
            account.club_unit_id = self.shared_unit
            self._in(company)["club.need"].create(
                {
                    "name": "Late parcel",
                    "account_id": self.account_a.id,
                    "is_complaint": True,
                    "kind": "service",
                }
            )
        for companies in (self.company | self.lake, self.lake | self.company):
            self.env.invalidate_all()
            cards = self._as(self.env["club.overview"], self.both, companies)
            card = cards.search([("unit_id", "=", self.shared_unit.id)])
            self.assertEqual(card.company_id, companies[0])
            self.assertEqual(card.open_complaints, 1)
            self.assertEqual(card.managers, 1)
            for name in ("complaints", "at_risk", "duties", "managers"):
                action = getattr(card, f"action_open_{name}")()
                found = self._as(self.env[action["res_model"]], self.both, companies)
                found = found.search(action["domain"])
                self.assertEqual(found.company_id, companies[0], name)

    # === Bulletins === #

    def _draw_up(self, user, **values):
        bulletins = self._as(self.env["club.bulletin"], user)
        bulletin = bulletins.create({"month": MARCH, **values})
        bulletin.action_generate()
        return {section.kind: section for section in bulletin.section_ids}

    def _get_rows(self, section):
        return {
            (row["code"], row.get("program", "")): row["now"]
            for row in section.figures["rows"]
        }

    def test_a_bulletin_tells_points_program_by_program(self):
        sections = self._draw_up(self.officer)
        rows = self._get_rows(sections["revenue"])
        self.assertEqual(rows["revenue", ""], [1_000, 0])
        for program, points in ((self.program, 1_000), (self.suburbs, 2_000)):
            for code in ("points_accrued", "points_balance"):
                self.assertEqual(rows[code, program.name], [points, 0])
        self.assertNotIn(("points_accrued", ""), rows)
        for words in (
            "Club of the Suburbs: 2,000 points were accrued",
            "Points Accrued · Club of the Suburbs",
        ):
            self.assertIn(
                words, f"{sections['revenue'].text}{sections['revenue'].table}"
            )
        self.assertEqual(
            {tier["name"] for tier in sections["members"].figures["tiers"]},
            {f"{tier} · Club of the Suburbs" for tier in ("Diamond", "Vip")},
        )

    def test_the_only_program_of_a_company_is_not_named_in_bulletins(self):
        sections = self._draw_up(self.lake_users["officer"])
        rows = self._get_rows(sections["revenue"])
        self.assertEqual(rows["points_accrued", ""], [3_000, 0])
        self.assertIn("3,000 points were accrued", sections["revenue"].text)

    def test_who_was_promoted_twice_is_counted_once(self):
        for program in (self.program, self.suburbs):
            before = self.terms[program, self.account_a]
            self.env.cr.execute(
                "UPDATE club_membership SET previous_tier_id = %s, date_from = %s"
                " WHERE id = %s",
                [self._get_tier(program, "vip").id, MARCH, before.id],
            )
        self.env.invalidate_all()
        section = self._draw_up(self.officer)["promotions"]
        self.assertEqual(section.figures["count"], 1)
        self.assertEqual(
            [row[1:3] for row in section.figures["promoted"]],
            [
                ["Vip · Club of the Suburbs", "Diamond · Club of the Suburbs"],
                ["Vip", "Gold"],
            ],
        )
        self.assertIn("1 (Anchor Mills)", section.text)

    def test_a_shared_unit_has_bulletins_where_it_has_accounts(self):
        """Of its own figures; a company that has none of it hears nothing."""
        self.shared_unit.club_bulletin = "month"
        self.account_a.with_company(self.lake).club_unit_id = self.shared_unit
        self.env["club.figure"]._refresh(self.companies, MARCH, TODAY)
        jobs = api.Environment(self.cr, SUPERUSER_ID, {})
        for company in self.companies:
            drafts = company.with_env(jobs)._draft_bulletins()
            draft = drafts.filtered(lambda one: one.unit_id == self.shared_unit)
            self.assertEqual(draft.company_id, company & self.lake)
        [draft] = self.env["club.bulletin"].search(
            [("unit_id", "=", self.shared_unit.id)]
        )
        self.assertTrue(draft.figures_at)
        self.assertFalse(self.lake.with_env(jobs)._draft_bulletins())
