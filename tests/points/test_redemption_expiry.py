from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .redemption_case import EARLY, LATE, RedemptionCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRedemptionExpiry(RedemptionCase):
    """What is held or given back, and the last day of points. Rules B7, B13."""

    def test_last_day_and_the_day_after(self):
        with freeze_time(EARLY):
            self.assertEqual(self._get_available(), 1_400)
            last = self._reserve(1_000)
        with freeze_time(date(2027, 5, 1)):
            # Before the expiry run as after it.
            last.action_cancel()
            self.assertEqual(self._get_available(), 400)
            with self.assertRaises(UserError):
                self._reserve(400.01)
            redemption = self._debit(400)
            self.assertEqual(self._get_redeemed(redemption), [(LATE, -400)])
        self.assertEqual(self._expire("2027-04", "2027-05-02").points, -1_000)
        self.assertEqual(self._get_points(self.account_a), 0)

    def test_reserved_points_do_not_expire(self):
        redemption = self._reserve(300)
        self.assertEqual(self._expire("2027-04", "2027-05-02").points, -700)
        with freeze_time("2027-05-03"):
            redemption.action_debit()
        self.assertEqual(self._get_redeemed(redemption), [(EARLY, -300)])
        self.assertEqual(self._get_points(self.account_a), 400)
        self.assertEqual(self._expire("2027-05", "2027-06-02").points, -400)
        self.assertEqual(self._get_points(self.account_a), 0)
        self.assertFalse(self.program._find_broken_run())

    def test_freed_after_their_last_day_they_go_with_the_next_run(self):
        redemption = self._reserve(300)
        self._expire("2027-04", "2027-05-02")
        with freeze_time("2027-05-03"):
            redemption.action_cancel()
            self.assertEqual(self._get_available(), 400)
        self.assertEqual(self._expire("2027-04", "2027-05-04").points, -300)
        self.assertEqual(self._get_points(self.account_a), 400)

    def test_returned_after_their_last_day_they_go_with_the_next_run(self):
        """The old expiry holds: the closed form takes what comes back too late."""
        redemption = self._debit(300)
        self.assertEqual(self._expire("2027-04", "2027-05-02").points, -700)
        with freeze_time("2027-05-03"):
            redemption.action_return()
            self.assertEqual(self._get_points(self.account_a), 700)
            self.assertEqual(self._get_available(), 400)
            with self.assertRaises(UserError):
                self._reserve(400.01)
        self.assertEqual(self._expire("2027-05", "2027-06-02").points, -700)
        self.assertEqual(self._get_points(self.account_a), 0)

    def test_what_was_reserved_after_computing_does_not_expire(self):
        with freeze_time("2027-05-01"):
            run = self._create_run("2027-04", kind="expiry")
            with freeze_time("2027-04-30"):
                redemption = self._reserve(300)
            redemption.action_cancel()
            run.action_compute()
            self.assertEqual(run.points, -1_000)
            with freeze_time("2027-04-30"):
                redemption = self._reserve(600)
            run.action_post()
        self.assertEqual(run.points, -400)
        self.assertEqual(self._get_points(self.account_a), 1_000)
        redemption.action_debit()
        self.assertEqual(self._get_points(self.account_a), 400)

    # === One function for all. Rule B7 === #

    def _get_figures(self, on, redemption):
        """Return what form, statement and redemption say on a day, which must agree."""
        names = ("earned", "spent", "expired", "reserved", "available")
        with freeze_time(on):
            self.env.invalidate_all()
            form = [self.account_a[f"club_{name}"] for name in names]
            paper = [redemption[name] for name in names]
            statement = self.env["club.points.statement"]._get_statement_data(
                self.account_a, self.program, date(2020, 1, 1), on
            )[0]
        self.assertEqual(form, paper)
        self.assertEqual(form, [getattr(statement, name) for name in names])
        self.assertEqual(statement.closing, form[3] + form[4])
        return tuple(form)

    def test_two_lots_that_no_run_has_expired_are_both_expired(self):
        """Rule B7: on the last day of each lot, and on the day after."""
        held = self._reserve(150)
        self._debit(250)
        for on, expected in (
            (EARLY, (1_400, 250, 0, 150, 1_000)),
            (date(2027, 5, 1), (1_400, 250, 600, 150, 400)),
            (LATE, (1_400, 250, 600, 150, 400)),
            (date(2027, 6, 1), (1_400, 250, 1_000, 150, 0)),
        ):
            with self.subTest(on=on):
                self.assertEqual(self._get_figures(on, held), expected)
        # What a run takes off was expired before: no figure changes.
        self._expire("2027-05", "2027-06-02")
        self.assertEqual(
            self._get_figures(date(2027, 6, 3), held), (1_400, 250, 1_000, 150, 0)
        )

    def test_what_has_expired_cannot_be_taken_by_hand(self):
        """A sibling: the adjustment judged by all that was ever posted."""
        line = self.env["club.points.adjustment"].new({"program_id": self.program.id})
        line.line_ids = [
            Command.create({"account_id": self.account_a.id, "points": -500})
        ]
        with freeze_time(LATE):
            with self.assertRaisesRegex(UserError, "has 400.00 points to spend"):
                line._check_deductions()
        with freeze_time(EARLY):
            line._check_deductions()

    def test_a_correction_below_what_was_spent_is_a_debt(self):
        """PEERS: a reversal may leave a debt, which every figure shows."""
        redemption = self._debit(1_300)
        self._add_revenue(self.account_a, -700, "2026-01")
        self._add_revenue(self.account_a, 10, "2026-03")
        self._post_run("2026-03")
        self.assertEqual(self._get_figures(TODAY, redemption), (710, 1_300, 0, 0, -590))

    def test_a_month_expires_once_it_is_over(self):
        """B7: on its last day it can still be spent."""
        for day in ("2027-04-29", "2027-04-30"):
            with freeze_time(day), self.assertRaises(ValidationError):
                self._create_run("2027-04", kind="expiry")

    def test_expiry_never_makes_a_debt(self):
        """A credit note on later points is paid by the oldest."""
        self._add_revenue(self.account_a, -900, "2026-02")
        self._post_run("2026-03")
        self.assertEqual(self._get_lots(), {EARLY: 500})
        self.assertEqual(self._expire("2027-04", "2027-05-02").points, -500)
        self.assertEqual(self._get_points(self.account_a), 0)
