from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..approval.two_sessions import SessionsCase
from .benefit_case import BenefitMixin


@tagged("post_install", "-at_install")
class TestTwoBookers(BenefitMixin, SessionsCase):
    """Two at the same moment, committed, in real sessions. Rules C8, C9, D12."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_benefits()
        cls._renew()

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def _race(self, *calls):
        """Run calls at once; return the errors."""
        found = [result for result, _tries in self._at_once(*calls)]
        return [result for result in found if isinstance(result, Exception)]

    def _create_member(self, tier):
        today = self.program._today()
        account = self._create_account(
            "Account", club_unit_id=self.unit.id, club_manager_id=self.manager.id
        )
        year = (date(today.year, 1, 1), date(today.year, 12, 31))
        self._give_tier(account, tier, *year)
        return self._create_person("Li Ming", account)

    def _call(self, record, method, user=None):
        model, number = record._name, record.id

        def do(env):
            getattr(env[model].browse(number), method)()

        return user or self.officer, do

    def _draw_up_today(self, person, benefit=None, user=None):
        return self._draw_up(
            benefit,
            person,
            user,
            day=self.program._today(),
            **({"consent_on": self.program._today()} if benefit else {}),
        )

    def test_two_take_the_last_one(self):
        """The second starts anew and is told that none is left."""
        person = self._create_member("gold")
        calls = [
            self._call(self._draw_up_today(person, user=user), "action_book", user)
            for user in (self.manager, self.officer)
        ]
        [error] = self._race(*calls)
        self.assertIsInstance(error, UserError)
        self.assertIn("none of it is left", str(error))
        bookings = self.env["club.benefit.booking"].search(
            [("account_id", "=", person.commercial_partner_id.id)]
        )
        self.assertEqual(sorted(bookings.mapped("state")), ["booked", "draft"])
        self.assertEqual(sum(bookings.mapped("is_counted")), 1)

    def test_two_book_when_there_is_enough(self):
        person = self._create_member("platinum")
        calls = [
            self._call(self._draw_up_today(person, self.doctor), "action_book")
            for _number in range(2)
        ]
        self.assertFalse(self._race(*calls))

    def test_one_booking_is_used_or_cancelled(self):
        booking = self._draw_up_today(self._create_member("gold"))
        booking.action_book()
        [error] = self._race(
            self._call(booking, "action_use"), self._call(booking, "action_cancel")
        )
        self.assertIsInstance(error, UserError)
        self.assertIn("in the state", str(error))

    def test_two_take_the_same_room(self):
        """One gets it; the other is told so in one sentence."""
        room = self.env["club.venue"].create({"name": "Tea Room"})
        number = room.id

        def take(begin, end):
            def do(env):
                env["club.venue.booking"].create(
                    {
                        "venue_id": number,
                        "date_from": f"2026-04-10 {begin}",
                        "date_to": f"2026-04-10 {end}",
                        "purpose": "Tea",
                    }
                )

            return do

        [error] = self._race(
            (self.manager, take("10:00:00", "12:00:00")),
            (self.officer, take("11:00:00", "13:00:00")),
        )
        self.assertIsInstance(error, ValidationError)
        self.assertIn("The venue is taken at that time", str(error))
        touching = self._race(
            (self.manager, take("14:00:00", "15:00:00")),
            (self.officer, take("15:00:00", "16:00:00")),
        )
        self.assertFalse(touching)
