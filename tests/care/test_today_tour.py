from datetime import date, timedelta

from odoo.tests import HttpCase, tagged

from ..record.test_tours import TIMEOUT
from .duty_case import DutyCase


class TodayTourCase(DutyCase, HttpCase):
    """A manager's morning: a late need, and what is owed to an account that joins."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = date.today()  # the browser knows no frozen clock

    def setUp(self):
        super().setUp()
        self.need = self.env["club.need"].create(
            {
                "name": "Cold storage",
                "account_id": self.account_a.id,
                "date_due": self.today - timedelta(days=2),
            }
        )
        self._join(self.account_a, "gold", self.today)

    def _begin_the_morning(self, url, tour):
        duty = self._get(self.account_a, "first_contact")
        self.assertEqual(duty.state, "open")
        self.start_tour(url, tour, login=self.manager.login, timeout=TIMEOUT)
        self.env.invalidate_all()
        self.assertEqual(duty.state, "done")
        self.assertEqual(duty.log_id.user_id, self.manager)
        self.assertEqual(duty.log_id.conversation, "Talked about parcels")


@tagged("post_install", "-at_install")
class TestTodayTour(TodayTourCase):
    """On a desk: the app opens with it, a tile filters, a row is done. D3, D4."""

    def test_a_managers_morning(self):
        self._begin_the_morning("/odoo", "club_morning")


@tagged("post_install", "-at_install")
class TestTodayPhoneTour(TodayTourCase):
    """On a phone, 390 × 844. D3, D4."""

    browser_size = "390x844"
    touch_enabled = True

    def test_a_managers_morning_on_the_way(self):
        self._begin_the_morning("/odoo/club-today", "club_morning_phone")
