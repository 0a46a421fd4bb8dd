from datetime import datetime, timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ..activity.activity_case import AFTERWARDS, BEGINS, ENDS, ActivityCase
from ..common import TODAY

LATER = BEGINS + timedelta(days=3)


@tagged("post_install", "-at_install")
class TestActivityEvent(ActivityCase):
    """Activity and event are in step, and so is its day. Rule C4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.event_manager = new_test_user(
            cls.env,
            "event_manager",
            groups="event.group_event_manager",
            company_id=cls.company.id,
        )

    def _move(self, activity, begins=LATER, reason="Rain", **values):
        change = self.env["club.activity.change"].with_user(activity.env.user)
        change = change.create(
            {"activity_id": activity.id, "kind": "move", "reason": reason}
        )
        change.write(
            {"date_begin": begins, "date_end": begins + timedelta(hours=2), **values}
        )
        change.action_apply()
        self.env.invalidate_all()

    def _cancel(self, activity, reason="Typhoon"):
        change = self.env["club.activity.change"].with_user(activity.env.user)
        change.create(
            {"activity_id": activity.id, "kind": "cancel", "reason": reason}
        ).action_apply()
        self.env.invalidate_all()

    # === The event === #

    def test_event_repeats_the_activity(self):
        event = self._approve(10).sudo().event_id
        self.assertRecordValues(
            event,
            [
                {
                    "name": "Tea",
                    "company_id": self.company.id,
                    "organizer_id": self.company.partner_id.id,
                    "user_id": self.clerk.id,
                    "date_begin": BEGINS,
                    "date_end": ENDS,
                    "date_tz": "Asia/Shanghai",
                    "seats_limited": True,
                    "seats_max": 30,
                    "address_inline": "Tea house",
                }
            ],
        )
        self.assertEqual(event.club_activity_id.sudo().event_id, event)

    def test_events_of_the_club_are_changed_in_the_club_only(self):
        activity = self._approve(10)
        event = activity.sudo().event_id.with_user(self.event_manager)
        for values in (
            {"date_begin": BEGINS - timedelta(days=1)},
            {"date_end": LATER},
            {"date_tz": "Europe/Paris"},
            {"seats_max": 9},
            {"seats_limited": False},
            {"is_multi_slots": True},
            {"event_type_id": self.env["event.type"].create({"name": "T"}).id},
            {"company_id": False},
            {"active": False},
            {"kanban_state": "cancel"},
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, activity.name):
                event.write(values)
            with self.subTest(values, su=True), self.assertRaises(UserError):
                event.sudo().write(values)
        with self.assertRaises(UserError):
            event.unlink()
        with self.assertRaises(AccessError):
            event.write({"club_activity_id": False})
        event.write({"note": "Tea for all", "kanban_state": "done", "lang": False})
        self.assertIn("Tea for all", event.note)

    def test_events_of_nobody_are_everybodys(self):
        event = self.env["event.event"].with_user(self.event_manager)
        event = event.create({"name": "Own", "date_begin": BEGINS, "date_end": ENDS})
        event.write({"seats_max": 3, "kanban_state": "cancel", "active": False})
        event.unlink()
        with self.assertRaises(AccessError):
            event.create(
                {
                    "name": "Own",
                    "date_begin": BEGINS,
                    "date_end": ENDS,
                    "club_activity_id": self._approve(10).id,
                }
            )

    def test_one_event_per_activity(self):
        one, two = self._approve(10).sudo(), self._approve(10).sudo()
        for table, column, record, value in (
            ("event_event", "club_activity_id", one.event_id, two.id),
            ("club_activity", "event_id", one, two.event_id.id),
        ):
            self.env.flush_all()
            with (
                self.subTest(table),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.IntegrityError),
            ):
                self.env.cr.execute(
                    f"UPDATE {table} SET {column} = %s WHERE id = %s",
                    [value, record.id],
                )

    def test_address_and_responsible_follow(self):
        activity = self._approve(10)
        hall = self.env["res.partner"].create({"name": "Hall", "city": "Ningbo"})
        activity.write({"address_id": hall.id, "user_id": self.lead.id})
        event = activity.sudo().event_id
        self.assertEqual((event.address_id, event.user_id), (hall, self.lead))

    def test_copy_of_an_event_is_nobodys(self):
        event = self._approve(10).sudo().event_id
        copied = event.copy()
        self.assertFalse(copied.club_activity_id)
        copied.seats_max = 3

    # === Moving and cancelling === #

    def test_moving_takes_event_programme_and_briefing_along(self):
        activity = self._approve(10)
        point = self.env["club.activity.programme"].create(
            {"activity_id": activity.id, "name": "Welcome", "user_id": self.lead.id}
        )
        activity.action_schedule_briefing()
        self.assertEqual(activity.briefing_at, BEGINS - timedelta(days=1))
        self._move(activity, place="Library")
        self.assertRecordValues(
            activity.sudo().event_id,
            [{"date_begin": LATER, "date_end": LATER + timedelta(hours=2)}],
        )
        self.assertEqual(activity.place, "Library")
        self.assertEqual(activity.briefing_at, LATER - timedelta(days=1))
        self.assertEqual(point.time_from, LATER)
        self.assertIn("Rain", activity.sudo().message_ids[0].body)

    def test_briefing_stays_where_it_can_not_follow(self):
        """It was held already, or would come to lie in the past."""
        activity = self._approve(10)
        activity.action_schedule_briefing()
        was = activity.briefing_at
        with freeze_time(BEGINS - timedelta(hours=5)):
            self._move(activity)
            self.assertEqual(activity.briefing_at, was)
        activity = self._approve(10)
        activity.action_schedule_briefing()
        early = datetime(2026, 4, 10, 6)
        self._move(activity, begins=early)
        self.assertEqual(activity.briefing_at, was)
        self.assertIn("past", activity.sudo().message_ids[0].body)

    def test_move_is_refused(self):
        line = self._create_plan(1_000)
        activity = self._approve(10, plan_line_id=line.id)
        for begins, words in (
            (datetime(2026, 4, 9), "in the future"),
            (datetime(2027, 5, 8), "another year than its plan"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                self._move(activity, begins=begins)
        with self.assertRaisesRegex(ValidationError, "says nothing"):
            self._move(activity, reason="\u200b")
        with self.assertRaises(ValidationError):
            self._move(activity, date_end=LATER - timedelta(days=1))
        with self.assertRaisesRegex(UserError, "Application"):
            self._move(self._draw_up(10))
        with self.assertRaisesRegex(UserError, "Held"):
            self._move(self._hold(10))
        self.assertEqual(activity.date_begin, BEGINS)

    def test_cancelling_cancels_the_event(self):
        activity = self._approve(10)
        activity.action_schedule_briefing()
        self._cancel(activity)
        self.assertEqual(activity.stage, "cancelled")
        self.assertEqual(activity.sudo().event_id.kanban_state, "cancel")
        self.assertFalse(activity.sudo().briefing_id.active)
        with self.assertRaises(UserError):
            activity.sudo().event_id.kanban_state = "normal"
        for again in (self._cancel, self._move):
            with self.assertRaises(UserError):
                again(activity)

    def test_who_may_not_write_changes_nothing(self):
        activity = self._approve(10)
        for user in (self.manager, self.lead, self.finance):
            for method in (self._move, self._cancel):
                with self.assertRaises(AccessError):
                    method(activity.with_user(user))
        activity.user_id = self.manager
        self._move(activity.with_user(self.manager))
        self.assertEqual(activity.date_begin, LATER)

    # === Stages === #

    def test_invitations_then_held(self):
        activity = self._approve(10)
        with self.assertRaisesRegex(UserError, "isn't over yet"):
            activity.action_hold()
        activity.action_start_inviting()
        self.assertEqual(activity.stage, "inviting")
        with self.assertRaises(UserError):
            activity.action_start_inviting()
        with freeze_time(ENDS):
            activity.invalidate_recordset()
            activity.action_hold()
        self.assertEqual(activity.stage, "held")
        with self.assertRaises(UserError):
            activity.action_hold()
        with self.assertRaises(UserError):
            self._draw_up(10).action_start_inviting()

    def test_responsible_is_asked_once_whether_it_was_held(self):
        activity = self._approve(10)
        self._approve(10, date_begin=LATER, date_end=LATER)
        crons = self.env.ref("crm_club.ir_cron_club_activity_held")
        for day, count in ((TODAY, 0), (AFTERWARDS, 1), (AFTERWARDS, 1)):
            with freeze_time(day), self.enter_registry_test_mode():
                crons.method_direct_trigger()
            todos = self.env["mail.activity"].search(
                [("res_model", "=", "club.activity"), ("user_id", "=", self.clerk.id)]
            )
            self.assertEqual(len(todos), count)
        self.assertEqual(todos.res_id, activity.id)
        with freeze_time(AFTERWARDS):
            activity.invalidate_recordset()
            activity.action_hold()
        self.assertFalse(todos.exists().filtered("active"))

    # === Programme and briefing === #

    def test_duties_show_to_the_person(self):
        activity, other = self._approve(10), self._approve(10)
        self.env["club.activity.programme"].create(
            {"activity_id": activity.id, "name": "Bus", "user_id": self.manager.id}
        )
        activities = self.env["club.activity"].with_user(self.manager)
        mine = activities.search([("has_my_duty", "=", True)])
        self.assertEqual(mine, activity)
        self.assertTrue(activity.with_user(self.manager).has_my_duty)
        self.assertFalse(other.with_user(self.manager).has_my_duty)
        self.assertIn(other, activities.search([("has_my_duty", "!=", True)]))

    def test_programme_stays_open_until_it_is_closed(self):
        activity = self._approve(10)
        point = self.env["club.activity.programme"].with_user(self.clerk)
        point = point.create({"activity_id": activity.id, "name": "Bus"})
        self.assertEqual(point.time_from, BEGINS)
        point.duty = "Count them"
        with self.assertRaises(AccessError):
            point.with_user(self.manager).duty = "None"
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            point.time_to = BEGINS - timedelta(hours=1)
            point.flush_recordset()

    def test_briefing_asks_whoever_has_a_duty(self):
        activity = self._approve(10)
        points = self.env["club.activity.programme"]
        points.create(
            [
                {
                    "activity_id": activity.id,
                    "name": "Bus",
                    "duty": duty,
                    "user_id": self.lead.id,
                }
                for duty in ("Count", "Drive")
            ]
        )
        activity.action_schedule_briefing()
        self.assertEqual(activity.briefing_ids.user_id, self.lead | self.clerk)
        row = activity.briefing_ids.filtered(lambda r: r.user_id == self.lead)
        self.assertEqual(row.duties, "Count, Drive")
        with freeze_time(activity.briefing_at):
            row.state = "present"
        points.create(
            {"activity_id": activity.id, "name": "Door", "user_id": self.manager.id}
        )
        activity.action_schedule_briefing()  # once more: nobody is asked twice
        self.assertEqual(len(activity.briefing_ids), 3)
        meeting = activity.sudo().briefing_id
        self.assertEqual(
            meeting.partner_ids, (self.lead | self.clerk | self.manager).partner_id
        )
        self.assertEqual(row.state, "present")
