from datetime import timedelta

from odoo.tests import freeze_time, tagged

from ..common import TODAY
from ..contact.care_case import CareFixture
from .benefit_case import BenefitCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestBenefitAnonymise(CareFixture, BenefitCase):
    """What was used stays as a number, by whom doesn't. Rules A8, C9."""

    def test_the_count_stays_and_the_person_goes(self):
        used = self._book(self.doctor, place="Where Li Ming likes it")
        used.action_use()
        venue = self.env["club.venue"].create({"name": "Tea Room"})
        visit = self.env["club.venue.booking"].create(
            {
                "venue_id": venue.id,
                "contact_id": self.person_a.id,
                "date_from": f"{TODAY} 08:00:00",
                "date_to": f"{TODAY} 09:00:00",
                "purpose": "Tea with Li Ming",
            }
        )
        self._anonymise(self.person_a)
        self.assertFalse(used.contact_id)
        self.assertFalse(used.consent_on)
        self.assertEqual((used.state, used.is_counted), ("used", True))
        self.assertEqual(used.account_id, self.account_a)
        self.assertNotIn("Li Ming", used.place)
        self.assertFalse(visit.contact_id)
        self.assertNotIn("Li Ming", visit.purpose)
        self.assertEqual(visit.account_id, self.account_a)
        self.assertEqual(self._get_entitlement(self.doctor), (2, 0, 1, 1))

    def test_what_was_booked_for_later_is_given_back(self):
        later = self._book(self.doctor, day=TODAY + timedelta(days=1))
        draft = self._draw_up(day=TODAY + timedelta(days=1))
        self._anonymise(self.person_a)
        for booking in (later, draft):
            self.assertEqual((booking.state, booking.is_counted), ("cancelled", False))
            self.assertFalse(booking.contact_id)
        self.assertEqual(self._get_entitlement(self.doctor), (2, 0, 0, 2))

    def test_a_deleted_contact_leaves_the_count(self):
        used = self._book()
        used.action_use()
        self.person_a.unlink()
        self.env.invalidate_all()
        self.assertFalse(used.contact_id)
        self.assertEqual(self._get_entitlement(), (2, 0, 1, 1))
