import io

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from ..guest.test_guests import GuestCase
from .test_rewards import RewardCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTwoPrograms(RewardCase):
    """Rule A9: what two programs of one company do with the points stays apart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._create_program(cls.company, name="Reading Club", sequence=20)
        cls.second.agreement_required = False
        cls._create_rate(cls.categ_parcels, 3, program_id=cls.second.id)
        cls._add_revenue(cls.account_a, 1_000, "2026-02")
        cls.first_run = cls._post_run("2026-02")
        cls.second_run = cls._post_run("2026-02", cls.second)
        cls.entries = cls.env["club.points.entry"]

    def _get_available(self, program):
        balances = self.entries._get_balances(program, self.account_a)
        return float(balances[self.account_a.id].available)

    def _redeem(self, program, points):
        return self.env["club.redemption"].create(
            {
                "program_id": program.id,
                "account_id": self.account_a.id,
                "points": points,
                "reason": "Gift",
            }
        )

    # === Names === #

    def test_runs_name_their_program(self):
        self.assertEqual(
            self.first_run.name,
            f"Points of the month 2026-02 · {self.program.name}",
        )
        self.assertEqual(
            self.second_run.display_name, "Points of the month 2026-02 · Reading Club"
        )
        runs = self.env["club.points.run"]
        domain = [("company_id", "=", self.company.id)]
        found = runs.search([*domain, ("name", "ilike", "2026-02 · reading")])
        self.assertEqual(found, self.second_run)

    def test_requalifications_name_their_program(self):
        both = self.env["club.requalification"].create(
            [
                {
                    "program_id": program.id,
                    "date_from": "2026-04-01",
                    "date_to": "2026-04-30",
                }
                for program in (self.program, self.second)
            ]
        )
        self.assertEqual(
            both.mapped("name"),
            [
                f"Requalification 2026-04-01 to 2026-04-30 · {program.name}"
                for program in (self.program, self.second)
            ],
        )
        found = both.search([("id", "in", both.ids), ("name", "ilike", "reading")])
        self.assertEqual(found, both[1])

    def test_the_only_program_of_a_company_is_not_named(self):
        self.second.active = False
        self.env.invalidate_all()
        self.assertEqual(self.first_run.name, "Points of the month 2026-02")
        runs = self.env["club.points.run"]
        self.assertIn(
            self.first_run, runs.search([("name", "=", "Points of the month 2026-02")])
        )

    # === Points === #

    def test_each_has_its_rates_seals_and_balance(self):
        for program, points in ((self.program, 1_000), (self.second, 3_000)):
            self.assertEqual(self._get_available(program), points)
            self.assertFalse(program._find_broken_run())
        self.assertEqual((self.first_run.chain_no, self.second_run.chain_no), (1, 1))
        self.assertFalse(self._get_points(self.account_a) - 4_000)

    def test_a_redemption_spends_of_its_program_only(self):
        too_much = self._redeem(self.program, 1_001)
        with self.assertRaises(UserError):
            too_much.action_reserve()
        redemption = self._redeem(self.second, 2_500)
        redemption.action_reserve()
        redemption.action_debit()
        self.assertEqual(self._get_available(self.program), 1_000)
        self.assertEqual(self._get_available(self.second), 500)

    def test_expiry_takes_of_its_program_only(self):
        self.second.life_months = 1
        with freeze_time("2027-06-05"):
            run = self._create_run("2027-05", self.second, kind="expiry")
            run.action_compute()
            run.action_post()
            self.assertEqual(run.points, -3_000)
            self.assertEqual(
                self._get_points(self.account_a, program_id=self.program.id), 1_000
            )

    def test_rewards_follow_the_members_of_each(self):
        tier = self.second.group_ids.filtered(lambda g: g.code == "membership").tier_ids
        tier[0].anniversary_points = 70
        self._join(self.account_a, "2025-03-10", "2026-12-31")
        self._join(self.account_a, "2024-03-12", "2026-12-31", tier[0])
        self._join(self.account_b, "2025-03-10", "2026-12-31", tier[0])
        first = self._post("anniversary")
        second = self._post("anniversary", program_id=self.second.id)
        self.assertEqual(self._given(first), {self.account_a: 500})
        self.assertEqual(self._given(second), {self.account_a: 70, self.account_b: 70})

    def test_an_adjustment_takes_of_its_program_only(self):
        self._set_up_seats()
        adjustments = self.env["club.points.adjustment"].with_user(self.officer)
        adjustment = adjustments.create(
            {
                "program_id": self.program.id,
                "unit_id": self.unit.id,
                "reason": "Correction",
                "line_ids": [(0, 0, {"account_id": self.account_a.id, "points": -2e3})],
            }
        )
        with self.assertRaisesRegex(UserError, "can't be taken"):
            adjustment.action_submit()

    # === Statements and what-if === #

    def test_statements_are_of_one_program_each(self):
        statements = self.env["club.points.statement"]
        for program, points in ((self.program, 1_000), (self.second, 3_000)):
            (statement,) = statements._get_statement_data(self.account_a, program)
            self.assertEqual((statement.closing, statement.available), (points, points))
            self.assertEqual(statement.program, program)
        report = self.env["report.crm_club.club_points_statement"]
        papers = report._get_papers(self.account_a | self.account_b, {})
        self.assertEqual(
            [(paper.account, paper.program) for paper in papers],
            [
                (self.account_a, self.program),
                (self.account_a, self.second),
                (self.account_b, self.program),
            ],
        )

    def test_a_workbook_has_a_sheet_for_each_program(self):
        sheets = self.env["club.xlsx.statement"]
        content = sheets._build(self.account_a | self.account_b)
        book = openpyxl.load_workbook(io.BytesIO(content))
        self.assertEqual(len(book.worksheets), 3)

    def test_what_if_assesses_one_program(self):
        for program, points in ((self.program, 1_000), (self.second, 3_000)):
            what_if = self.env["club.what.if"].create({"program_id": program.id})
            line = what_if.tier_line_ids.filtered(
                lambda line: line.tier_id.code == "vip"
                and line.group_id.code != "grade"
            )
            line.points_from = points
            what_if.action_compute()
            self.assertEqual(
                what_if.move_ids.filtered(
                    lambda move: move.group_id.code != "grade"
                ).mapped("to_tier_id"),
                line.tier_id,
            )


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTwoProgramsAttendance(GuestCase):
    """Rule B10: who came earns in each program in which the account is a member."""

    def test_attendance_posts_in_each_program(self):
        second = self._create_program(self.company, name="Reading Club", sequence=20)
        group = second.group_ids.filtered(lambda g: g.code == "membership")
        activity = self._create_activity()
        people = self._create_member_contacts(2)
        account, other = people.parent_id
        self.env["club.membership"]._insert(
            second,
            [
                {
                    "account_id": account.id,
                    "group_id": group.id,
                    "tier_id": group.tier_ids[0].id,
                    "date_from": "2026-01-01",
                    "date_to": "2026-12-31",
                    "origin": "opening",
                }
            ],
        )
        self._check_in(self._seat(activity, people))
        self._hold(activity)
        activity.with_user(self.officer).action_post_attendance()
        found = {
            (run.program_id, entry.account_id)
            for run in activity.attendance_run_ids
            for entry in run.entry_ids
        }
        self.assertEqual(
            found, {(self.program, account), (self.program, other), (second, account)}
        )
        self.assertEqual(len(activity.attendance_run_ids), 2)
        with self.assertRaisesRegex(UserError, "nothing has changed"):
            activity.with_user(self.officer).action_post_attendance()
        for program in (self.program, second):
            self.assertFalse(program._find_broken_run())
            check = self.env["club.integrity.check"]._run(program)
            self.assertFalse(
                check.line_ids.filtered(lambda line: line.kind == "attendance")
            )
