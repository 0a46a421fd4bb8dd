from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import ClubFixture
from .card_case import CardMixin

TIMEOUT = 180  # seconds for a tour: machines that test are busy


@tagged("post_install", "-at_install")
class TestCardTour(CardMixin, ClubFixture, HttpCase):
    """Cards handed over, and scanned at an activity's door, in the browser. Rule A13.

    The browser knows no frozen clock: the activity is held now.
    """

    begin = fields.Datetime.now().replace(microsecond=0) - timedelta(minutes=5)
    end = begin + timedelta(hours=3)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_guests()
        today = cls.company._club_today()
        cls.gold = cls._enrol(
            cls.account_a, first=today, last=today + timedelta(days=30)
        )
        cls.holder = cls.env["res.partner"].create(
            {"name": "Lin Xiaomei", "parent_id": cls.account_a.id}
        )

    def test_a_printed_card_is_handed_over_in_two_clicks(self):
        card = self._create_card(self.gold, holder_id=self.holder.id, number="8018")
        card.with_user(self.officer).action_mark_printed()
        self._tour("club_hand_over_card", self.manager)
        self.assertRecordValues(
            card,
            [
                {
                    "state": "handed_over",
                    "received_by": "Lin Xiaomei",
                    "handed_over_on": self.company._club_today(),
                    "handed_over_by_id": self.manager.id,
                }
            ],
        )

    @mute_logger("odoo.http")
    def test_cards_are_scanned_at_an_activitys_door(self):
        lost = self._create_card(self.gold, holder_id=self.holder.id, number="8019")
        self._hand_over(lost)
        self._take_step(lost, "lost")
        self._hand_over(
            self._create_card(self.gold, holder_id=self.holder.id, number="8018")
        )
        activity = self._create_activity()
        guest = self._seat(activity, self.holder)
        self._tour("club_scan_cards", self.officer)
        self.assertEqual(guest.state, "attended")

    def _tour(self, name, user):
        self.env.flush_all()
        self.start_tour("/odoo", name, login=user.login, timeout=TIMEOUT)
        self.env.invalidate_all()
