from datetime import date

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
