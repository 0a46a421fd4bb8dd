from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import ClubFixture
from .test_door import DoorMixin

TIMEOUT = 180  # seconds for a tour: machines that test are busy


@tagged("post_install", "-at_install")
class TestDoorTour(DoorMixin, ClubFixture, HttpCase):
    """Guests found by name, number and ticket at the door, in the browser. Rule C4.

    The browser knows no frozen clock: the activities are held now.
    """

    begin = fields.Datetime.now().replace(microsecond=0) - timedelta(minutes=5)
    end = begin + timedelta(hours=3)

    @mute_logger("odoo.http")
    def test_guests_come(self):
        self._set_up_club()
        self._set_up_door()
        self._create_activity(theme="Another one")
        activity = self._create_activity(headcount=3)
        guests = self._seat(activity, self.people)
        guests[2].registration_id._write_guarded({"barcode": "900150983"})
        self._seat_at_table(activity, self.people[0])
        self.env.flush_all()
        self.start_tour("/odoo", "club_door", login=self.officer.login, timeout=TIMEOUT)
        self.env.invalidate_all()
        self.assertEqual(guests.mapped("state"), ["attended", "confirmed", "attended"])
