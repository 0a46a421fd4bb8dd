from datetime import date, datetime, timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY, ClubCommon
from ..guest.guest_case import GuestMixin
from .activity_case import ActivityMixin


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestActivityAgain(GuestMixin, ActivityMixin, ClubCommon):
    """Rules C2, C4: an activity is held again, as a draft of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_guests()
        cls._make_member(cls.account_a)
        cls.people = cls._create_contacts(cls.account_a, 4)
        cls.activity = cls._create_activity(
            place="Tea house",
            seats_per_account=4,
            cost_ids=[
                Command.create({"kind": "venue", "name": "Hall", "amount": 800}),
                Command.create({"kind": "gift", "amount": 200}),
            ],
            programme_ids=[
                Command.create(
                    {
                        "name": "Tea",
                        "time_from": cls.begin,
                        "time_to": cls.begin + timedelta(hours=1),
                        "user_id": cls.manager.id,
                    }
                )
            ],
        )

    def _open(self, user=None, activity=None, **values):
        dialogs = self.env["club.activity.copy"].with_user(user or self.officer)
        activity = activity or self.activity
        return dialogs.create({"activity_id": activity.id, **values})

    def _copy(self, *args, **values):
        action = self._open(*args, **values).action_copy()
        return self.env["club.activity"].browse(action["res_id"])

    def test_what_goes_along_and_what_does_not(self):
        """The programme keeps its hours on the new day."""
        self._seat(self.activity, self.people)
        self._hold(self.activity)
        draft = self._copy(date_begin=datetime(2026, 7, 3, 2))
        self.assertRecordValues(
            draft,
            [
                {
                    "theme": "Health lecture",
                    "type_id": self.type.id,
                    "place": "Tea house",
                    "date_end": datetime(2026, 7, 3, 5),
                    "user_id": self.officer.id,
                    "stage": "application",
                    "approval_state": "draft",
                    "plan_line_id": False,
                    "event_id": False,
                    "cost_estimate": 1000,
                    "guests_from_id": self.activity.id,
                }
            ],
        )
        self.assertNotEqual(draft.name, self.activity.name)
        self.assertRecordValues(
            draft.programme_ids,
            [
                {
                    "name": "Tea",
                    "time_from": datetime(2026, 7, 3, 2),
                    "time_to": datetime(2026, 7, 3, 3),
                    "user_id": self.manager.id,
                }
            ],
        )
        self.assertFalse(draft.invitation_ids)

    def test_what_is_left_out(self):
        draft = self._copy(
            with_costs=False, with_programme=False, with_guests=False, theme="Again"
        )
        self.assertEqual(draft.theme, "Again")
        self.assertFalse(draft.cost_ids)
        self.assertFalse(draft.programme_ids)
        self.assertFalse(draft.guests_from_id)

    def test_the_day_proposed(self):
        """The same weekday and hour, ahead."""
        dialog = self._open()
        begin, before = dialog.date_begin, self.activity.date_begin
        self.assertGreater(begin, before)
        self.assertEqual(begin.weekday(), before.weekday())
        self.assertEqual(begin.time(), before.time())
        with freeze_time("2027-03-01 00:00:00"):
            begin = self._open().date_begin
            self.assertGreater(begin, datetime(2027, 3, 1))
            self.assertEqual(begin.weekday(), before.weekday())

    def test_guests_who_may_come_again_are_proposed_first(self):
        """Not whose tier has ended, who refused every channel, or left no address."""
        guests = self._seat(self.activity, self.people)
        other = self._create_account("Lapsed Mills")
        self._make_member(other, date_to=date(2026, 5, 31))
        lapsed = self._create_contacts(other)
        self._seat(self.activity, lapsed)
        refused, silent, cancelled, kept = self.people
        profile = self.env["club.contact.profile"].create({"contact_id": refused.id})
        self.env["club.contact.consent"].create(
            {"profile_id": profile.id, "channel": "mail", "answer": "refused"}
        )
        silent.write({"email": False, "phone": False})
        guests[2].with_user(self.officer).action_cancel()
        with freeze_time("2026-12-20 02:00:00"):
            self.env.invalidate_all()
            self.assertEqual(self._open().guest_count, 1)
            draft = self._copy(date_begin=datetime(2027, 1, 8, 2))
            draft._set_opening("Test")
            action = draft.with_user(self.officer).action_propose_guests()
            self.assertEqual(action["context"].get("search_default_again"), 1)
            rows = self.env["club.guest.candidate"].with_user(self.officer)
            first = rows.search(
                [("activity_id", "=", draft.id), ("was_guest", "=", True)]
            )
            self.assertEqual(first.contact_id, kept)
            first.action_propose()
            self.assertEqual(draft.invitation_ids.contact_id, kept)
            self.assertEqual(draft.invitation_ids.state, "proposed")

    def test_refused(self):
        with self.assertRefused(ValidationError, "in the past"):
            self._copy(date_begin=datetime(2020, 1, 1))
        draft = self.activity.with_user(self.clerk).create(
            {
                "theme": "Secret",
                "type_id": self.type.id,
                "unit_id": self.unit.id,
                "reason": "Because",
                "date_begin": self.begin,
                "headcount": 10,
            }
        )
        count = self.activity.search_count([])
        stranger = self._create_user("user", "far_away")
        with self.assertRaises(AccessError):
            self._copy(user=stranger, activity=draft)
        for user in (self.auditor,):
            with self.assertRaises(AccessError):
                self._copy(user=user)
        self.assertEqual(self.activity.search_count([]), count)
        with self.assertRaises(AccessError):
            draft.with_user(self.clerk).write({"guests_from_id": self.activity.id})

    # === Submitted from a form that isn't saved === #

    def test_a_refusal_leaves_no_draft(self):
        """What is submitted at once is drawn up at once, or not at all. Rule C2."""
        activities = self.env["club.activity"].with_user(self.clerk)
        values = {
            "theme": "Tea",
            "type_id": self.type.id,
            "unit_id": self.unit.id,
            "reason": "They asked for it",
            "date_begin": self.begins,
            "headcount": 10,
        }
        count = activities.search_count([])
        with self.assertRaises(UserError) as caught:
            activities.create_and_submit(values)
        self.assertIn("lists no costs", str(caught.exception))
        self.assertEqual(activities.search_count([]), count)
        costs = [Command.create({"kind": "venue", "amount": 100})]
        key = activities.create_and_submit({**values, "cost_ids": costs})
        self.assertEqual(activities.browse(key).approval_state, "waiting")
        with self.assertRaises(AccessError):
            activities.with_user(self.auditor).create_and_submit(values)
        for odd in (None, 7, "x", [values]):
            with self.assertRaises(Exception):  # noqa: B017
                activities.create_and_submit(odd)
        self.assertEqual(activities.search_count([]), count + 1)

    # === What is proposed of a new one === #

    def test_the_end_is_proposed_and_the_unit(self):
        self.type.usual_hours = 3
        form = Form(self.env["club.activity"].with_user(self.clerk))
        form.type_id = self.type
        form.date_begin = datetime(2026, 7, 3, 2)
        self.assertEqual(form.date_end, datetime(2026, 7, 3, 5))
        self.assertEqual(form.unit_id, self.unit)
        form.date_end = datetime(2026, 7, 3, 9)
        form.date_begin = datetime(2026, 7, 3, 1)
        self.assertEqual(form.date_end, datetime(2026, 7, 3, 9), "what was chosen")
        form.date_begin = datetime(2026, 7, 4, 1)
        self.assertEqual(form.date_end, datetime(2026, 7, 4, 4))

    def test_hours_that_nothing_takes(self):
        for hours in (-1, 721):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
                self.type.usual_hours = hours
                self.type.flush_recordset()
