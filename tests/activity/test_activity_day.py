"""Nobody is checked in before the day; afterwards, who came is noted. Rule C4."""

from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged

from ..common import ClubCommon
from ..guest.guest_case import GuestMixin

# 8 May in China begins at 16:00 of the 7th in Greenwich.
EVE, DAY = datetime(2026, 5, 7, 15, 59), datetime(2026, 5, 7, 16, 1)


@tagged("post_install", "-at_install")
class TestActivityDay(GuestMixin, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_guests()
        cls.event_user = new_test_user(
            cls.env,
            "event_desk",
            groups="event.group_event_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.prospect = cls.env["res.partner"].create({"name": "Prospect"})

    def _admit(self, activity, contact=None, kind="prospect", **values):
        """Record somebody at the door, whatever the clock says."""
        dialog = (
            self.env["club.guest.exception"]
            .with_user(self.officer)
            .create(
                {
                    "activity_id": activity.id,
                    "contact_id": (contact or self.prospect).id,
                    "kind": kind,
                    "reason": "Came along",
                    "requested_by_id": self.manager.id,
                    "is_at_door": True,
                    **values,
                }
            )
        )
        dialog.action_request()
        return activity.invitation_ids.filtered(
            lambda guest: guest.contact_id == dialog.contact_id
        )

    # === Before the day === #

    def test_check_in_waits_for_the_day_by_the_clubs_clock(self):
        """Rule C4: on the guest list, in Events, at the desk, at the door."""
        activity = self._create_activity()
        guests = self._seat(activity, self._create_member_contacts(2))
        activity.with_user(self.manager).action_come_along()
        desk = self.env["event.registration"].with_user(self.event_user)
        registration = desk.browse(guests[0].registration_id.id)
        escort = desk.browse(activity.escort_ids.registration_id.id)
        for refused in (
            guests[0].with_user(self.officer).action_attend,
            registration.action_set_done,
            escort.action_set_done,
            lambda: registration.write({"state": "done"}),
            lambda: registration.sudo().write({"state": "done"}),
            lambda: desk.register_attendee(
                registration.barcode, registration.event_id.id
            ),
            lambda: self._admit(activity),
        ):
            with (
                freeze_time(EVE),
                self.assertRefused(UserError, "say on the day"),
                self.env.cr.savepoint(),
            ):
                refused()
            self.env.invalidate_all()
        self.assertEqual(activity.guest_came, 0)
        with freeze_time(DAY):
            guests[0].with_user(self.officer).action_attend()
            desk.browse(guests[1].registration_id.id).action_set_done()
            escort.action_set_done()
            self._admit(activity)
        self.env.invalidate_all()
        self.assertEqual(activity.guest_came, 3)
        self.assertEqual(activity.escort_ids.state, "done")

    def test_attendance_of_the_briefing_waits_for_its_day(self):
        """Rule C4."""
        activity = self._create_activity(user_id=self.clerk.id)
        activity.action_schedule_briefing()
        row = activity.briefing_ids
        rows = row.browse()
        with self.assertRefused(UserError, "say on the day"):
            row.state = "present"
        with self.assertRefused(UserError, "say on the day"):
            rows.create(
                {
                    "activity_id": activity.id,
                    "user_id": self.lead.id,
                    "state": "absent",
                }
            )
        row.state = "excused"
        with freeze_time(activity.briefing_at - timedelta(hours=1)):
            row.state = "present"
        self.assertEqual(row.state, "present")

    def test_what_guests_have_come_to_is_neither_moved_nor_cancelled(self):
        """Rule C4."""
        activity = self._create_activity()
        guest = self._seat(activity, self._create_member_contacts(1))
        self._check_in(guest)
        later = self.end + timedelta(days=1)
        for refused in (
            lambda: activity._do_move(later, later, "Hall", "Rain"),
            lambda: activity._do_cancel("Rain"),
        ):
            with self.assertRefused(UserError, "guests who have checked in: 1"):
                refused()
        with freeze_time(self.begin):
            guest.with_user(self.officer).action_miss()
        activity._do_cancel("Rain")
        self.assertEqual(activity.stage, "cancelled")

    # === After the doors have closed === #

    def test_walk_ins_are_noted_while_no_shows_hold_the_seats(self):
        """Rules C4, C10: once it is over, and once it was held."""
        for is_held in (False, True):
            with self.subTest(is_held=is_held):
                activity = self._create_activity(headcount=1)
                no_show = self._seat(activity, self._create_member_contacts(1))
                if is_held:
                    self._hold(activity)
                with freeze_time(self.end), self.env.cr.savepoint():
                    guest = self._admit(activity)
                self.assertEqual(guest.state, "attended")
                self.assertEqual(guest.exception_reason, "Came along")
                self.assertEqual(guest.registration_id.state, "done")
                self.assertEqual(no_show.state, "absent" if is_held else "confirmed")

    def test_a_member_who_wasn_t_on_the_list_is_noted_as_one(self):
        """Rules C4, C10: he needs no exception, and earns what members earn."""
        activity = self._create_activity()
        member = self._create_member_contacts(1)
        with freeze_time(self.begin), self.assertRefused(UserError, "propose the"):
            self._admit(activity, member)
        self.env.invalidate_all()
        self._hold(activity)
        with freeze_time(self.end):
            guest = self._admit(activity, member)
        self.assertEqual((guest.state, guest.exception_kind), ("attended", False))

    def test_before_the_doors_close_there_has_to_be_a_seat(self):
        """Rule C4."""
        self.program.guest_exception_share = 100
        activity = self._create_activity(headcount=1)
        self._seat(activity, self._create_member_contacts(1))
        with freeze_time(self.begin), self.assertRefused(UserError, "no seat for"):
            self._admit(activity)

    def test_who_waited_and_came_is_noted_afterwards(self):
        """Rule C4: a no-show's seat was his."""
        activity = self._create_activity(headcount=1)
        self._seat(activity, self._create_member_contacts(1))
        waiting = self._invite(activity, self._create_member_contacts(2))
        waiting.action_confirm()
        listed = waiting.with_user(self.officer)
        with freeze_time(self.begin), self.assertRefused(UserError, "Waiting List"):
            listed[0].action_attend()
        with freeze_time(self.end):
            self.env.invalidate_all()
            self.assertTrue(listed[0].may_attend)
            listed[0].action_attend()
        self._hold(activity)
        self.env.invalidate_all()
        self.assertEqual(waiting[1].state, "cancelled")
        listed[1].action_attend()
        self.assertEqual(waiting.mapped("state"), ["attended", "attended"])
        self.assertEqual(
            waiting.registration_id.mapped("state"),
            ["done", "done"],
        )
        self.assertEqual(activity.guest_came, 2)
