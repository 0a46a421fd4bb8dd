"""Account managers who come along: their attendance, and the briefing. Rule C4."""

from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY, ClubCommon
from ..record.outsiders_case import OutsidersMixin
from .guest_case import GuestMixin

DAY = datetime(2026, 5, 8, 6)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestEscorts(OutsidersMixin, GuestMixin, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_guests()
        cls.activity = cls._create_activity()
        cls._invite(cls.activity, cls._create_member_contacts(1))
        cls.activity.with_user(cls.manager).action_come_along()
        cls.escort = cls.activity.escort_ids

    def test_an_officer_notes_who_came_along(self):
        noted = self.escort.with_user(self.officer)
        self.assertTrue(noted.can_note)
        with self.assertRaises(UserError):
            noted.action_check_in()  # not before the day
        with freeze_time(DAY):
            noted.action_check_in()
            self.assertEqual(self.escort.state, "done")
            self.assertEqual(self.activity.guest_came, 0)
            with self.assertRaises(UserError):
                noted.action_check_in()
            noted.action_undo_check_in()
            self.assertEqual(self.escort.state, "open")

    def test_who_may_not_change_the_activity_notes_nobody(self):
        for user in (self.manager, self.clerk, self.auditor, self.finance):
            seen = self.escort.with_user(user)
            self.assertFalse(seen.can_note)
            with freeze_time(DAY), self.assertRaises(AccessError):
                seen.action_check_in()
        self.assertEqual(self.escort.state, "open")

    def test_who_looks_after_the_activity_does(self):
        self.activity.sudo().user_id = self.clerk
        with freeze_time(DAY):
            self.escort.with_user(self.clerk).action_check_in()
        self.assertEqual(self.escort.state, "done")

    def test_who_stays_away_is_not_noted(self):
        self.activity.with_user(self.manager).action_stay_away()
        with freeze_time(DAY), self.assertRaises(UserError):
            self.escort.with_user(self.officer).action_check_in()

    def test_who_missed_the_briefing_shows(self):
        escorts = self.env["club.activity.escort"].with_user(self.officer)
        missed = [
            ("activity_id", "=", self.activity.id),
            ("has_missed_briefing", "=", True),
        ]
        activities = self.env["club.activity"].with_user(self.officer)
        found = [("escort_ids.has_missed_briefing", "=", True)]
        self.assertFalse(self.escort.briefing_state)
        self.assertFalse(escorts.search(missed))
        row = self.env["club.activity.briefing"].create(
            {"activity_id": self.activity.id, "user_id": self.manager.id}
        )
        self.assertFalse(escorts.search(missed))
        for state, is_missed in (
            ("absent", True),
            ("excused", True),
            ("present", False),
        ):
            with self.subTest(state), freeze_time(DAY):
                row.state = state
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(self.escort.briefing_state, state)
                self.assertEqual(self.escort.has_missed_briefing, is_missed)
                self.assertEqual(bool(escorts.search(missed)), is_missed)
                self.assertEqual(bool(activities.search(found)), is_missed)
        # Somebody else's absence isn't his.
        with freeze_time(DAY):
            self.env["club.activity.briefing"].create(
                {
                    "activity_id": self.activity.id,
                    "user_id": self.clerk.id,
                    "state": "absent",
                }
            )
        self.assertFalse(escorts.search(missed))
