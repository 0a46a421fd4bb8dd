from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .test_guests import GuestCase

EVENT = "event.group_event_"


@tagged("post_install", "-at_install")
class TestEventAttacks(GuestCase):
    """Rule C4: what the activity says of its event, and who is its guest, is changed on
    the activity alone; the desk checks people in.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.activity = cls._create_activity()
        cls.event = cls.activity.event_id
        cls.desk, cls.user, cls.event_manager = (
            cls._create_event_user(role)
            for role in ("registration_desk", "user", "manager")
        )
        cls.plain = cls.env["event.event"].create(
            {
                "name": "Open day",
                "company_id": cls.company.id,
                "date_begin": cls.event.date_begin,
                "date_end": cls.event.date_end,
                "date_tz": cls.event.date_tz,
            }
        )
        cls.ended = cls.env["event.stage"].search([("pipe_end", "=", True)], limit=1)

    @classmethod
    def _create_event_user(cls, role):
        user = cls._create_employee(f"event_{role}")
        user.group_ids |= cls.env.ref(f"{EVENT}{role}")
        return user

    def _assert_points_to_activity(self, act):
        with self.assertRaises(UserError) as caught:
            act()
        self.assertRegex(str(caught.exception), self.activity.theme)
        self.env.invalidate_all()

    def test_the_event_says_what_the_activity_says(self):
        for user in (self.user, self.event_manager, self.env.user):
            event = self.event.with_user(user)
            for values in (
                {"name": "Another lecture"},
                {"stage_id": self.ended.id},
                {"kanban_state": "cancel"},
                {"date_begin": "2026-05-07 06:00:00"},
                {"seats_max": 500},
                {"user_id": self.user.id},
                {"event_url": "http://example.com"},
                {"active": False},
                {"event_ticket_ids": [(0, 0, {"name": "VIP"})]},
                {"club_activity_id": False},
            ):
                with self.subTest(user=user.login, values=values):
                    with self.assertRaises(UserError):
                        with self.env.cr.savepoint():
                            event.write(values)
                    self.env.invalidate_all()
            with self.assertRaises(UserError):
                event.action_set_done()
        self.assertEqual(self.event.name, self.activity.theme)

    def test_it_has_no_tickets_and_slots_of_its_own(self):
        """Siblings: parts of the event, and those that move onto it."""
        tickets = self.env["event.event.ticket"].with_user(self.event_manager)
        slots = self.env["event.slot"].with_user(self.event_manager)
        slot = {"date": "2026-05-08", "start_hour": 14, "end_hour": 15}
        for records, values in ((tickets, {"name": "VIP"}), (slots, slot)):
            self._assert_points_to_activity(
                lambda r=records, v=values: r.create({"event_id": self.event.id, **v})
            )
            theirs = records.create({"event_id": self.plain.id, **values})
            self._assert_points_to_activity(
                lambda r=theirs: r.write({"event_id": self.event.id})
            )
            theirs.unlink()

    def test_what_events_adds_is_theirs(self):
        event = self.event.with_user(self.event_manager)
        event.write(
            {
                "note": "Bring the banner",
                "description": "<p>Tea</p>",
                "kanban_state": "done",
                "badge_format": "A6",
                "stage_id": self.env["event.stage"].search([])[1].id,
            }
        )
        self.assertIn("banner", self.event.note)
        # What is over is called ended, by Odoo's own job too.
        self.env.cr.execute(
            "UPDATE event_event SET date_begin = '2026-01-01', date_end = '2026-01-02'"
            " WHERE id = %s",
            [self.event.id],
        )
        self.env.invalidate_all()
        self.env["event.event"]._gc_mark_events_done()
        self.assertTrue(self.event.stage_id.pipe_end)

    def test_a_guest_is_changed_on_the_guest_list_only(self):
        guest = self._seat(self.activity, self._create_member_contacts(1))
        for user in (self.desk, self.user, self.event_manager, self.env.user):
            registration = guest.registration_id.with_user(user)
            for values in (
                {"email": "mine@example.com"},
                {"phone": "1"},
                {"barcode": "1"},
                {"state": "cancel"},
                {"state": "draft"},
                {"event_ticket_id": False},
                {"date_closed": "2020-01-01"},
            ):
                with self.subTest(user=user.login, values=values):
                    self._assert_points_to_activity(
                        lambda r=registration, v=values: r.write(v)
                    )
            self._assert_points_to_activity(registration.action_cancel)
            self._assert_points_to_activity(registration.action_set_draft)
        self.assertEqual(guest.state, "confirmed")

    def test_the_desk_checks_in_and_takes_that_back(self):
        guest = self._seat(self.activity, self._create_member_contacts(1))
        registration = guest.registration_id.with_user(self.desk)
        with freeze_time(self.begin):
            found = registration.register_attendee(registration.barcode, self.event.id)
            self.assertEqual(found["status"], "confirmed_registration")
            self.assertEqual(guest.state, "attended")
            registration.action_confirm()
            self.assertEqual(guest.state, "confirmed")
            registration.action_set_done()
            self.assertEqual(guest.state, "attended")
