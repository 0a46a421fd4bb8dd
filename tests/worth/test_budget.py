from datetime import date

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .budget_case import YEAR, BudgetCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestBudget(BudgetCase):
    """A year's points propose the next year's budgets; a sheet grants them. Rule B8."""

    def _lines(self, sheet):
        self.env.invalidate_all()
        return {
            line.account_id: (line.points, line.rate, line.proposed, line.granted)
            for line in sheet.line_ids
        }

    # === Preparing === #

    def test_points_times_the_rate_of_the_tier(self):
        """Members of today and whoever has points; without a tier there is no rate."""
        sheet = self._prepare()
        self.assertEqual(
            self._lines(sheet),
            {
                self.account_a: (1_000, 0.0333, 33.3, 33.3),
                self.account_b: (500, 0, 0, 0),
            },
        )
        self.assertEqual(self._get_line(sheet, self.account_a).tier_id.code, "gold")
        self.assertRecordValues(
            sheet,
            [
                {
                    "reference_year": YEAR - 1,
                    "number": 0,
                    "account_count": 2,
                    "proposed": 33.3,
                    "granted": 33.3,
                    "decided_count": 0,
                }
            ],
        )

    def test_proposals_are_rounded_to_the_cent(self):
        """Halves go up, as everywhere: 1,000 × 0.0005 is 0.5 cents."""
        for rate, proposed in ((0.0005, 0.5), (0.0035, 3.5), (0.0333, 33.3)):
            with self.subTest(rate=rate):
                self.tiers["gold"].budget_rate = rate
                sheet = self._prepare()
                self.assertEqual(self._lines(sheet)[self.account_a][2], proposed)
                sheet.unlink()
        self._add_revenue(self.account_a, 0.5, "2026-03")
        self._post_run("2026-03")
        self.tiers["gold"].budget_rate = 0.01
        sheet = self._prepare()
        self.assertEqual(self._lines(sheet)[self.account_a][:3], (1_000.5, 0.01, 10.01))

    def test_points_of_the_year_before_only(self):
        """From the first of January to the last of December."""
        for year, points in ((YEAR, 1_000), (YEAR - 1, 0), (YEAR + 1, 0)):
            with self.subTest(year=year):
                sheet = self._prepare(year)
                self.assertEqual(self._lines(sheet)[self.account_a][0], points)

    def test_only_points_that_count_for_the_tier(self):
        adjustment = self.env["club.points.adjustment"].create(
            {
                "program_id": self.program.id,
                "unit_id": self.unit.id,
                "reason": "Made good",
                "kind": "bonus",
                "line_ids": [
                    Command.create({"account_id": self.account_a.id, "points": 70})
                ],
            }
        )
        adjustment._set_opening("Test")
        self.assertEqual(self._lines(self._prepare())[self.account_a][0], 1_000)

    def test_a_debt_of_points_proposes_nothing(self):
        self._add_revenue(self.account_a, -1_500, "2026-03")
        self._post_run("2026-03")
        self.assertEqual(
            self._lines(self._prepare())[self.account_a], (-500, 0.0333, 0, 0)
        )

    def test_the_membership_decides_not_the_grade(self):
        self.grade.tier_ids.budget_rate = 9
        sheet = self._prepare()
        self.assertEqual(self._lines(sheet)[self.account_a][1], 0.0333)
        self.assertEqual(self._lines(sheet)[self.account_b][1], 0)

    def test_members_of_today_have_a_line_without_points(self):
        for name, until, is_listed in (
            ("Still", TODAY, True),
            ("Over", date(2026, 1, 9), False),
        ):
            account = self._create_account(name)
            self._join(account, date_to=until)
            with self.subTest(name):
                self.program.grace_days = 0
                sheet = self._prepare()
                self.assertEqual(account in self._lines(sheet), is_listed)
                sheet.unlink()

    def test_preparing_twice_changes_nothing(self):
        sheet = self._prepare()
        before = sheet.line_ids.read()
        self._grant(sheet, self.account_b, 50)
        line = self._get_line(sheet, self.account_b).read()
        sheet.action_prepare()
        self.env.invalidate_all()
        self.assertEqual(self._get_line(sheet, self.account_b).read(), line)
        self.assertEqual(
            self._get_line(sheet, self.account_a).read(),
            [row for row in before if row["account_id"][0] == self.account_a.id],
        )

    def test_what_is_decided_stays_and_the_rest_follows(self):
        sheet = self._prepare()
        self._grant(sheet, self.account_a, 100)
        self._add_revenue((self.account_a | self.account_b), 100, "2026-03")
        self._post_run("2026-03")
        new = self._create_account("New")
        self._join(new)
        sheet.action_prepare()
        self.assertEqual(
            self._lines(sheet),
            {
                self.account_a: (1_000, 0.0333, 33.3, 100),
                self.account_b: (600, 0, 0, 0),
                new: (0, 0.0333, 0, 0),
            },
        )

    def test_who_is_not_due_any_more_goes_unless_decided(self):
        others = self._create_account("Leaves") | self._create_account("Stays")
        for account in others:
            self._join(account)
        sheet = self._prepare()
        self._grant(sheet, others[1], 5)
        others.active = False
        sheet.action_prepare()
        accounts = self._lines(sheet)
        self.assertNotIn(others[0], accounts)
        self.assertIn(others[1], accounts)

    # === Deciding === #

    def test_another_amount_has_a_reason(self):
        line = self._get_line(self._prepare(), self.account_a)
        for granted in (33.29, 33.31, 0):
            for reason in (False, "", " ", "—"):
                with self.subTest(granted=granted, reason=reason):
                    with self.assertRefused(UserError, "reason|says nothing"):
                        line.write({"granted": granted, "reason": reason})
                    self.env.invalidate_all()
            line.write({"granted": granted, "reason": "新开分店"})
            line.write({"granted": 33.3, "reason": False})
        self.assertFalse(line.is_decided)

    def test_a_reason_that_is_taken_away(self):
        line = self._get_line(self._prepare(), self.account_a)
        line.write({"granted": 40, "reason": "Opens a branch"})
        with self.assertRaises(ValidationError):
            line.reason = False

    def test_amounts_below_nothing_and_beyond_all(self):
        line = self._get_line(self._prepare(), self.account_a)
        for granted in (-0.01, 1e12):
            with (
                self.subTest(granted=granted),
                self.assertRefused(psycopg2.IntegrityError, "amounts"),
            ):
                line.write({"granted": granted, "reason": "Why not"})

    def test_a_line_by_hand_proposes_what_is_due(self):
        sheet = self._draw_up_sheet()
        with self.assertRefused(ValidationError, "enter the reason"):
            self._grant(sheet, self.account_a, 33.29, reason=False)
        self._grant(sheet, self.account_a, 33.29)
        self.assertEqual(
            self._lines(sheet), {self.account_a: (1_000, 0.0333, 33.3, 33.29)}
        )
        with self.assertRefused(ValidationError, "is listed in"):
            sheet.write(
                {
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": self.account_a.id,
                                "granted": 1,
                                "reason": "Again",
                            }
                        )
                    ]
                }
            )

    def test_lines_that_were_prepared_stay(self):
        sheet = self._prepare()
        with self.assertRefused(UserError, "grant 0 with the reason"):
            self._get_line(sheet, self.account_a).unlink()
        other = self._create_account("By hand")
        self._grant(sheet, other, 5)
        self._get_line(sheet, other).unlink()
        self.assertEqual(len(sheet.line_ids), 2)

    # === Signing === #

    def test_nothing_is_granted_before_all_have_signed(self):
        sheet = self._prepare()
        costs = self.env["club.account.cost"]
        granted = [("kind", "=", "budget")]
        sheet.action_submit()
        self.assertEqual(
            self._get_turns(sheet), ["club_finance", "signer_key_accounts"]
        )
        self.assertFalse(costs.search(granted))
        self._sign_all(sheet)
        self.assertEqual(sheet.approval_state, "done")
        rows = costs.search(granted)
        self.assertEqual(sorted(rows.mapped("granted")), [0, 33.3])
        self.assertEqual(set(rows.mapped("date")), {date(YEAR, 1, 1)})

    def test_an_empty_sheet_is_not_submitted(self):
        with self.assertRefused(UserError, "prepare it first"):
            self._draw_up_sheet().action_submit()

    def test_submitted_it_is_fixed(self):
        sheet = self._prepare()
        line = self._get_line(sheet, self.account_a)
        for step in ("submitted", "signed"):
            if step == "submitted":
                sheet.action_submit()
            else:
                self._sign_all(sheet)
            for what in (
                lambda: line.write({"granted": 9, "reason": "Late"}),
                lambda: sheet.write({"note": "Late"}),
                lambda: sheet.write({"year": YEAR + 1}),
                sheet.action_prepare,
                sheet.unlink,
                line.unlink,
                lambda: self._grant(sheet, self._create_account("Late"), 1),
            ):
                with self.subTest(step), self.assertRaises(UserError):
                    what()
                self.env.invalidate_all()

    def test_the_sum_granted_decides_who_signs(self):
        sheet = self._draw_up_sheet()
        for granted, signs in ((100_000, False), (100_000.01, True)):
            self._grant(sheet, self.account_a, granted)
            sheet.action_submit()
            bodies = sheet.approval_request_id.sudo().signature_ids.body_id
            with self.subTest(granted=granted):
                self.assertEqual("leader" in bodies.mapped("code"), signs)
            sheet.action_withdraw()

    # === Supplements === #

    def test_a_supplement_adds_to_what_was_granted(self):
        first = self._sign_sheet(self._prepare())
        action = first.action_supplement()
        second = self.env["club.budget"].browse(action["res_id"])
        self.assertEqual((second.number, second.year), (1, YEAR))
        self.assertEqual(first.action_supplement()["res_id"], second.id)
        second = second.with_user(self.officer)
        self._grant(second, self.account_a, 10)
        self.assertEqual(self._lines(second), {self.account_a: (1_000, 0.0333, 0, 10)})
        self._sign_sheet(second)
        line = self._get_line(second, self.account_a)
        self.assertEqual(line.granted_year, 43.3)

    def test_a_supplement_is_prepared_for_who_has_none_yet(self):
        self._sign_sheet(self._prepare())
        new = self._create_account("New")
        self._join(new)
        self.assertEqual(self._lines(self._prepare()), {new: (0, 0.0333, 0, 0)})

    def test_one_sheet_at_a_time(self):
        first = self._prepare()
        with self.assertRefused(UserError, "isn't in effect yet"):
            self._draw_up_sheet()
        self.assertEqual(first.action_supplement()["res_id"], first.id)
        self._draw_up_sheet(YEAR + 1)

    def test_splitting_lowers_no_band(self):
        """What the year's other sheets grant counts along, program and unit aside."""
        self._sign_sheet(self._prepare())
        sheet = self._draw_up_sheet()
        for granted, signs in ((100_000 - 33.3, False), (100_000 - 33.29, True)):
            self._grant(sheet, self.account_a, granted)
            sheet.action_submit()
            bodies = sheet.approval_request_id.sudo().signature_ids.body_id
            with self.subTest(granted=granted):
                self.assertEqual("leader" in bodies.mapped("code"), signs)
            sheet.action_withdraw()

    def test_another_program_of_the_company_counts_along(self):
        self._sign_sheet(self._prepare())
        other = self._create_program(self.company, sequence=99)
        sheet = self._draw_up_sheet(program_id=other.id)
        self.assertEqual(sheet.number, 0)
        self._grant(sheet, self.account_a, 100_000)
        sheet.action_submit()
        bodies = sheet.approval_request_id.sudo().signature_ids.body_id
        self.assertIn("leader", bodies.mapped("code"))

    def test_two_companies(self):
        """Each prepares what its own program's members and points propose."""
        company = self._create_club_company("Island Post")
        program = self._create_program(company)
        officer = self._create_user("officer", "island", company)
        sheets = self.env["club.budget"].with_user(officer)
        sheet = sheets.with_context(allowed_company_ids=company.ids).create(
            {"program_id": program.id, "year": YEAR}
        )
        sheet.action_prepare()
        self.assertFalse(sheet.line_ids)
        with self.assertRaises(AccessError):
            self._prepare().with_user(officer).read(["name"])

    # === Merged accounts === #

    def test_merged_accounts_have_one_line_of_a_draft(self):
        """Preparing again proposes by the points of both, once."""
        merging = self.env["base.partner.merge.automatic.wizard"]
        for reason in (False, "Opens a branch"):
            double = self._create_account("Anchor Mills, Harbour", agreement=False)
            sheet = self._prepare()
            self._grant(sheet, double, 7, "New")
            if reason:
                self._grant(sheet, self.account_a, 50, reason)
            merging._merge((self.account_a | double).ids, self.account_a)
            self.env.invalidate_all()
            line = self._get_line(sheet, self.account_a)
            with self.subTest(reason=reason):
                self.assertRecordValues(
                    line,
                    [
                        {
                            "points": 1_000,
                            "proposed": 33.3,
                            "granted": 57 if reason else 40.3,
                            "reason": f"{reason}; New" if reason else "New",
                        }
                    ],
                )
            sheet.with_user(self.env.user).unlink()

    def test_what_is_signed_for_merged_accounts_adds_up(self):
        double = self._create_account("Anchor Mills, Harbour", agreement=False)
        sheet = self._draw_up_sheet()
        self._grant(sheet, self.account_a, 50)
        self._grant(sheet, double, 7)
        self._sign_sheet(sheet)
        merging = self.env["base.partner.merge.automatic.wizard"]
        merging._merge((self.account_a | double).ids, self.account_a)
        self.env.invalidate_all()
        self.assertEqual(sheet.granted, 57)
        self.assertEqual(set(sheet.line_ids.mapped("granted_year")), {57})

    # === What a client may not write === #

    def test_figures_are_nobodys_to_write(self):
        sheet = self._prepare()
        line = self._get_line(sheet, self.account_a)
        other = self._create_account("Other")
        for vals in (
            *({"points": 9}, {"rate": 9}, {"proposed": 9}, {"tier_id": False}),
            *({"is_prepared": False}, {"account_id": other.id}, {"year": 2030}),
            *({"company_id": 1}, {"budget_id": self._draw_up_sheet(2030).id}),
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                line.write(vals)
            self.env.invalidate_all()
        for vals in ({"year": 2031}, {"number": 0}, {"prepared_at": False}):
            with self.subTest(vals), self.assertRaises(UserError):
                sheet.write(vals)
            self.env.invalidate_all()
        sheet.write({"year": YEAR, "program_id": self.program.id})
        self.assertEqual(sheet.number, 0)

    def test_what_a_rate_may_be(self):
        gold = self.tiers["gold"]
        for rate in (0, 1_000):
            gold.budget_rate = rate
        for rate in (-0.01, 1_000.01):
            with (
                self.subTest(rate=rate),
                self.assertRefused(psycopg2.IntegrityError, "budget_rate"),
            ):
                gold.budget_rate = rate
