"""Two sessions that want the same seat at the same moment. Rule C4."""

from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..approval.two_sessions import SessionsCase
from .guest_case import GuestMixin


@tagged("post_install", "-at_install")
class TestTwoGuests(GuestMixin, SessionsCase):
    """Committed, in real sessions, which no clock is frozen for."""

    begin, end = datetime(2098, 5, 8, 6), datetime(2098, 5, 8, 9)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_guests()
        cls._renew()
        cls.addClassCleanup(cls._part)

    @classmethod
    def _part(cls):
        """Undo what points both ways, so that the tables can be emptied."""
        for table, column in (
            ("club_activity", "event_id"),
            ("club_invitation", "registration_id"),
        ):
            cls.cr.execute(
                f"UPDATE {table} SET {column} = NULL WHERE id > %s", [cls.tide[table]]
            )
        cls.cr.commit()

    def _do(self, record, method, user=None):
        number, model = record.id, record._name

        def do(env):
            return getattr(env[model].browse(number), method)()

        return user or self.officer, do

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def _race(self, *calls):
        return [result for result, _tries in self._at_once(*calls)]

    def test_the_last_seat_is_given_once(self):
        activity = self._create_activity(headcount=2)
        self._seat(activity, self._create_member_contacts(1))
        guests = self._invite(activity, self._create_member_contacts(2))
        told = self._race(
            *(self._do(g, "action_confirm", self.manager) for g in guests)
        )
        self.assertEqual(sorted(guests.mapped("state")), ["confirmed", "waiting"])
        self.assertEqual(len(guests.registration_id), 1)
        self.assertEqual(activity.event_id.seats_taken, 2)
        for guest, action in zip(guests, told, strict=True):
            message = action["params"]["message"]
            seated = guest.state == "confirmed"
            self.assertIn(
                "Seat confirmed" if seated else "On the waiting list", message
            )

    def test_who_answers_at_the_same_moment_waits_his_turn(self):
        """Odoo starts nobody anew, before which it would sleep up to two seconds."""
        activity = self._create_activity(headcount=4)
        guests = self._invite(activity, self._create_member_contacts(6))
        found = self._at_once(
            *(self._do(guest, "action_confirm", self.manager) for guest in guests)
        )
        self.assertEqual([tries for _result, tries in found], [1] * 6)
        self.assertEqual(
            sorted(guests.mapped("state")), ["confirmed"] * 4 + ["waiting"] * 2
        )
        found = self._at_once(
            *(
                self._do(guest, method)
                for guest, method in zip(
                    guests.sorted("state"),
                    ["action_decline"] * 2 + ["action_cancel"] + ["action_wait"],
                    strict=False,
                )
            )
        )
        self.assertEqual([tries for _result, tries in found], [1] * 4)
        # Who steps back to wait moves up again where somebody else leaves after him.
        states = guests.mapped("state")
        left = [states.count(state) for state in ("declined", "cancelled")]
        self.assertEqual(left, [2, 1])
        self.assertGreaterEqual(states.count("confirmed"), 2)

    def test_what_is_judged_is_what_the_one_before_left(self):
        """Two answer for one guest: the second is told what became of him."""
        activity = self._create_activity(headcount=4)
        guest = self._invite(activity, self._create_member_contacts(1))
        found = self._at_once(*[self._do(guest, "action_confirm")] * 2)
        self.assertEqual([tries for _result, tries in found], [1, 1])
        errors = [error for error, _tries in found if isinstance(error, Exception)]
        self.assertEqual(len(errors), 1)
        self.assertIsInstance(errors[0], UserError)

    def test_what_was_written_before_is_kept(self):
        """A transaction that has written can't begin anew: it isn't taken back."""
        activity = self._create_activity(headcount=4)
        guest = self._invite(activity, self._create_member_contacts(1))
        guest_id, activity_id = guest.id, activity.id

        def do(env):
            env.cr.execute(
                "UPDATE club_activity SET place = 'Kept' WHERE id = %s", [activity_id]
            )
            env["club.invitation"].browse(guest_id).action_confirm()

        self._at_once((self.officer, do))
        self.assertEqual(guest.state, "confirmed")
        self.assertEqual(activity.place, "Kept")

    def test_the_last_seat_of_tier_and_account(self):
        for values in (
            {"seat_ids": [(0, 0, {"tier_id": self.tiers["gold"].id, "seats": 1})]},
            {"seats_per_account": 1},
        ):
            with self.subTest(**values):
                activity = self._create_activity(**values)
                account = self._create_member_contacts(1).parent_id
                people = self._create_contacts(account, 2, "Racing")
                guests = self._invite(activity, people)
                self._race(*(self._do(guest, "action_confirm") for guest in guests))
                self.assertEqual(
                    sorted(guests.mapped("state")), ["confirmed", "waiting"]
                )

    def test_one_gives_back_what_the_other_wants(self):
        activity = self._create_activity(headcount=1)
        seated = self._seat(activity, self._create_member_contacts(1))
        guest = self._invite(activity, self._create_member_contacts(1))
        self._race(
            self._do(seated, "action_decline"), self._do(guest, "action_confirm")
        )
        # Whoever came first, nobody waits for a seat that is free.
        self.assertEqual((seated | guest).mapped("state"), ["declined", "confirmed"])

    def test_the_last_seat_for_exceptions(self):
        activity = self._create_activity()
        people = self.env["res.partner"].create([{"name": "One"}, {"name": "Two"}])
        guests = self.env["club.invitation"]
        for person in people:
            guests |= self._request(self.manager, activity, person)
        results = self._race(*(self._do(guest, "action_consent") for guest in guests))
        errors = [found for found in results if isinstance(found, Exception)]
        self.assertEqual(len(errors), 1)
        self.assertIsInstance(errors[0], UserError)
        self.assertEqual(sorted(guests.mapped("state")), ["invited", "proposed"])

    def _create_of_today(self):
        now = fields.Datetime.now()
        return self._create_activity(
            date_begin=now - timedelta(minutes=1), date_end=now + timedelta(hours=3)
        )

    def test_attendance_is_posted_once(self):
        activity = self._create_of_today()
        guest = self._seat(activity, self._create_member_contacts(1))
        self._check_in(guest)
        self._hold(activity)
        post = self._do(activity, "action_post_attendance")
        errors = [found for found in self._race(post, post) if found is not True]
        self.assertEqual(len(errors), 1)
        self.assertIsInstance(errors[0], UserError)
        self.assertEqual(self._get_points(guest.account_id), 50)
        self.assertEqual(len(activity.attendance_run_ids), 1)
        self.assertFalse(self.program._find_broken_run())

    def test_check_in_while_it_is_held(self):
        activity = self._create_of_today()
        guests = self._seat(activity, self._create_member_contacts(2))
        number = activity.id

        def hold(env):
            activity = env["club.activity"].browse(number)
            activity._write_guarded({"stage": "held"})
            activity._on_held()

        registration = guests[0].registration_id
        self._race(
            (self.env.user, hold),
            self._do(registration, "action_set_done", self.env.user),
        )
        self.assertEqual(guests.mapped("state"), ["attended", "absent"])
