"""How active accounts are: one statement, the same as counted one by one."""

import random
from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...kernel import windows
from ..common import month
from .pulse_case import PulseCase


@tagged("post_install", "-at_install")
class TestPulse(PulseCase):
    """Rows D1, D5, D6, E10."""

    def test_level_by_months_with_revenue(self):
        """Row D6: 0, 1, 2 and 3 months of the last three."""
        cases = {
            "dormant": [()],
            "occasional": [("01",), ("01", "03")],
            "active": [("01", "02", "03")],
        }
        for level, found in cases.items():
            for months in found:
                account = self._create_account(f"Level {level} {len(months)}")
                for number in months:
                    self._add_revenue(account, 100, f"2026-{number}")
                account.club_unit_id = self.unit
                self._refresh(account)
                pulse = self._get_pulse(account)
                self.assertEqual(
                    (pulse.level, pulse.active_months), (level, len(months))
                )
                self.assertEqual(account.club_pulse_level, level)

    def test_a_month_that_was_credited_does_not_count(self):
        self._book(self.account_a, m2026_01=100, m2026_02=100, m2026_03=100)
        self._add_revenue(self.account_a, -100, "2026-03")
        self._refresh()
        self.assertEqual(self._get_pulse(self.account_a).level, "occasional")

    def test_the_month_that_is_not_over_counts_for_nothing_but_the_last_day(self):
        self._book(self.account_a, m2026_04=100)
        self._refresh()
        pulse = self._get_pulse(self.account_a)
        self.assertEqual((pulse.level, pulse.value), ("dormant", 0))
        self.assertEqual(pulse.date_last, date(2026, 4, 10))

    def test_figures_end_with_the_last_posted_month(self):
        self._book(self.account_a, m2026_01=100, m2026_02=100)
        self._post_run("2026-02")
        pulse = self._get_pulse(self.account_a)
        self.assertEqual(pulse.month, month("2026-02"))
        self.assertEqual(pulse.active_months, 2)
        self._add_revenue(self.account_a, 100, "2026-03")
        self._post_run("2026-03")
        pulse.invalidate_recordset()
        self.assertEqual((pulse.month, pulse.level), (month("2026-03"), "active"))

    def test_the_same_as_counted_one_by_one(self):
        draw = random.Random(6)
        accounts = self._create_accounts([f"Random {n}" for n in range(12)])
        accounts.club_unit_id = self.unit
        for back in range(26):
            in_month = windows.add_months(month("2026-04"), -back)
            for category in (self.categ_letters, self.categ_parcels):
                chosen = accounts.filtered(lambda _: draw.random() < 0.4)
                if chosen:
                    self._add_revenue(
                        chosen,
                        draw.choice((-40, 33.33, 250.1, 1000)),
                        f"{in_month:%Y-%m}",
                        category,
                    )
        self._refresh()
        for account in accounts:
            self.assertRecordValues(self._get_pulse(account), [self._recount(account)])

    def test_one_account_alone_gives_the_same_as_all(self):
        self._book(self.account_a, m2026_01=100, m2025_03=400)
        self._book(self.account_b, m2026_01=100)
        self._refresh(self.account_a)
        alone = self._get_pulse(self.account_a).read()
        self.assertFalse(self._get_pulse(self.account_b))
        self._refresh()
        self.assertEqual(self._get_pulse(self.account_a).read(), alone)
        self.assertTrue(self._get_pulse(self.account_b))

    def test_a_second_time_nothing_is_written(self):
        self._book(self.account_a, m2026_01=100)
        self._refresh()
        self.env.cr.execute("SELECT id, xmin::text FROM club_account_pulse ORDER BY id")
        before = self.env.cr.fetchall()
        self.env.cr.execute("SAVEPOINT again")  # its writes would have another number
        self._refresh()
        self.env.cr.execute("SELECT id, xmin::text FROM club_account_pulse ORDER BY id")
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_who_left_the_club_has_no_pulse(self):
        account = self._create_account("Leaver", club_unit_id=self.unit.id)
        self._refresh()
        self.assertTrue(self._get_pulse(account))
        account.club_unit_id = False
        self._refresh()
        self.assertFalse(self._get_pulse(account))

    def test_cross_line_from_two_business_lines_on(self):
        """Row D1: the nearest line at or above a category, those with revenue."""
        letters, parcels = self.env["club.business.line"].create(
            [
                {"name": name, "code": name, "category_id": category.id}
                for name, category in (
                    ("t-letters", self.categ_letters),
                    ("t-parcels", self.categ_parcels),
                )
            ]
        )
        below = self.env["product.category"].create(
            {"name": "Below", "parent_id": self.categ_letters.id}
        )
        self._add_revenue(self.account_a, 100, category=self.categ_letters)
        self._add_revenue(self.account_a, 100, category=below)
        self._refresh()
        pulse = self._get_pulse(self.account_a)
        self.assertEqual((pulse.lines_used, pulse.is_cross_line), (1, False))
        self._add_revenue(self.account_a, 100, category=self.categ_parcels)
        self._refresh()
        self.assertEqual((pulse.lines_used, pulse.is_cross_line), (2, True))
        self.assertTrue(self.account_a.club_is_cross_line)
        found = self.env["res.partner"].search([("club_is_cross_line", "=", True)])
        self.assertEqual(found, self.account_a)
        self.assertTrue(letters and parcels)

    def test_a_regular_buyer_has_a_day_until_when(self):
        """Row D5: five month-ends, 28 to 31 days apart: late after one and a half."""
        self._book(
            self.account_a,
            **dict.fromkeys(
                ("m2025_11", "m2025_12", "m2026_01", "m2026_02", "m2026_03"), 100
            ),
        )
        self._book(
            self.account_b,
            **dict.fromkeys(("m2025_12", "m2026_01", "m2026_02", "m2026_03"), 100),
        )
        self._refresh()
        pulse = self._get_pulse(self.account_a)
        # 31, 31, 28, 31 days: the usual gap is 31, and 46.5 days are late.
        self.assertEqual((pulse.gap_days, pulse.rhythm_due), (31, date(2026, 5, 17)))
        self.assertIn("31", pulse.reasons)
        self.assertFalse(self._get_pulse(self.account_b).rhythm_due)

    def test_an_irregular_buyer_has_none(self):
        self._book(
            self.account_a,
            **dict.fromkeys(
                ("m2025_05", "m2025_06", "m2025_10", "m2025_11", "m2026_03"), 100
            ),
        )
        self._refresh()
        self.assertFalse(self._get_pulse(self.account_a).rhythm_due)

    def test_bounds_are_the_program_s(self):
        self._book(self.account_a, m2026_01=100, m2026_02=100)
        self.program.pulse_active_months = 2
        self._refresh()
        self.assertEqual(self._get_pulse(self.account_a).level, "active")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.program.pulse_occasional_months = 2
            self.env.flush_all()

    def test_reasons_are_told_in_the_reader_s_language_with_figures(self):
        self._book(self.account_a, m2026_03=70, m2025_03=100)
        self._refresh()
        reasons = self._get_pulse(self.account_a).reasons
        self.assertIn("30.00", reasons)
        self.assertIn("1 of the 3 months up to 2026-03", reasons)

    def test_each_reads_the_pulse_of_his_accounts(self):
        self._book(self.account_a, m2026_03=70)
        self._book(self.account_b, m2026_03=70)
        self._refresh()
        model = self.env["club.account.pulse"]
        read = {
            user: set(model.with_user(user).search([]).account_id)
            for user in (self.manager, self.lead, self.officer, self.auditor)
        }
        mine, both = {self.account_a}, {self.account_a, self.account_b}
        self.assertEqual(read[self.manager], mine)
        self.assertEqual(read[self.lead], mine)
        self.assertEqual(read[self.officer], both)
        self.assertEqual(read[self.auditor], both)
        beacon = self.account_b.with_user(self.manager)
        self.assertFalse(beacon.club_pulse_level)
        self.assertFalse(
            beacon.search([("club_pulse_level", "=", "occasional")]) & beacon
        )

    def test_nobody_writes_it(self):
        self._refresh()
        pulse = self._get_pulse(self.account_a)
        for user in (self.manager, self.officer):
            with self.assertRaises(UserError):
                pulse.with_user(user).write({"level": "active"})
            with self.assertRaises(UserError):
                pulse.with_user(user).unlink()

    def test_each_company_has_its_own(self):
        other = self._create_club_company("Inland Post")
        self.env.user.company_ids |= other
        self._create_program(other)
        self._book(self.account_a, m2026_03=70)
        self.account_a.with_company(other).club_unit_id = self.env["crm.team"].create(
            {"name": "Inland", "company_id": other.id, "club_level": "branch"}
        )
        self._refresh()
        here, there = (
            self._get_pulse(self.account_a, company)
            for company in (self.company, other)
        )
        self.assertEqual((here.level, there.level), ("occasional", "dormant"))
        self.assertEqual(self.account_a.with_company(other).club_pulse_level, "dormant")
