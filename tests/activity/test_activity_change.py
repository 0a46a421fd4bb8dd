"""What hangs on an activity follows when it is moved or cancelled. Rule C4."""

from datetime import datetime, timedelta

from odoo import Command
from odoo.tests import tagged

from ...models.record.lock import opened
from ..cooperation.cooperation_case import CooperationCase
from ..guest.guest_case import GuestMixin

BEGIN, END = datetime(2026, 5, 8, 6), datetime(2026, 5, 8, 9)
WEEK = timedelta(days=7)


@tagged("post_install", "-at_install")
class TestActivityChange(GuestMixin, CooperationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_guests()
        cls.helper = cls._create_employee("helper")
        cls.host = cls._create_employee("host")
        cls.venue = cls.env["club.venue"].create(
            {"name": "Salon", "company_id": cls.company.id, "capacity": 40}
        )
        cls.activity = cls._create_activity(
            user_id=cls.clerk.id, place="Tea house", headcount=1
        )

    def _move(self, by=WEEK, place="Tea house", user=None):
        mover = self.activity.with_user(user or self.officer)
        mover._do_move(BEGIN + by, END + by, place, "Rain")
        self.env.invalidate_all()

    def _cancel(self):
        self.activity.with_user(self.officer)._do_cancel("Flood")
        self.env.invalidate_all()

    def _book(self, begin=BEGIN, end=END, **values):
        return self.env["club.venue.booking"].create(
            {
                "venue_id": self.venue.id,
                "activity_id": self.activity.id,
                "date_from": begin,
                "date_to": end,
                "purpose": "Lecture",
                **values,
            }
        )

    def _dine(self, **values):
        return self.env["club.banquet"].create(
            {
                "purpose": "Dinner",
                "principal_id": self.account_a.child_ids[:1].id
                or self._create_contacts(self.account_a).id,
                "host_id": self.host.id,
                "date_begin": END,
                "place": "Tea house",
                "unit_id": self.unit.id,
                "activity_id": self.activity.id,
                **values,
            }
        )

    def _get_told(self, user):
        """Return the subjects of what a user was told."""
        found = self.env["mail.message"].search(
            [
                ("partner_ids", "in", user.partner_id.ids),
                ("message_type", "=", "user_notification"),
            ],
            order="id",
        )
        return found.mapped("subject")

    def _get_last_note(self):
        return str(self.activity.message_ids.sorted("id")[-1:].body)

    # === Rooms === #

    def test_a_room_follows(self):
        """Rule C4."""
        booking = self._book(BEGIN - timedelta(hours=1), END)
        self._move()
        self.assertEqual(booking.date_from, BEGIN - timedelta(hours=1) + WEEK)
        self.assertEqual(booking.date_to, END + WEEK)
        self.assertIn("Salon", self._get_last_note())

    def test_rooms_one_after_the_other_follow_without_meeting(self):
        """Rule C4."""
        first = self._book(BEGIN, END)
        second = self._book(END, END + timedelta(hours=2))
        for hours in (1, -1):
            begin = self.activity.date_begin + timedelta(hours=hours)
            end = self.activity.date_end + timedelta(hours=hours)
            self.activity._do_move(begin, end, "Tea house", "Rain")
            self.assertEqual((first.date_from, first.date_to), (begin, end))
            self.assertEqual(second.date_from, end)

    def test_a_room_that_is_taken_then_stays_and_says_why(self):
        """Rule C4."""
        booking = self._book()
        self._book(BEGIN + WEEK, END + WEEK, activity_id=False)
        self._move()
        self.assertEqual(booking.date_from, BEGIN)
        self.assertEqual(self.activity.date_begin, BEGIN + WEEK)
        self.assertIn("taken from", self._get_last_note())

    def test_a_room_whose_contract_ends_before_stays_and_says_why(self):
        """Rule C4."""
        booking = self._book()
        self.venue.date_to = "2026-05-10"
        self._move()
        self.assertEqual(booking.date_from, BEGIN)
        self.assertIn("contract with Salon", self._get_last_note())

    def test_a_room_of_another_place_stays_and_is_named(self):
        """Rule C4."""
        booking = self._book()
        self._move(timedelta(), "Park")
        self.assertEqual(booking.state, "booked")
        self.assertIn("stays booked", self._get_last_note())

    def test_a_room_is_free_once_it_is_cancelled(self):
        """Rule C4."""
        booking, used = self._book(), self._book(END, END + timedelta(hours=1))
        opened(used).state = "done"
        self._cancel()
        self.assertEqual((booking.state, used.state), ("cancelled", "done"))

    # === Banquets === #

    def test_a_banquet_follows_in_time_and_place(self):
        """Rule C4."""
        banquet = self._dine(date_end=END + timedelta(hours=2))
        elsewhere, held = self._dine(place="Hall"), self._dine()
        opened(held).state = "held"
        self._move(place="Park")
        self.assertEqual(banquet.date_begin, END + WEEK)
        self.assertEqual(banquet.date_end, END + timedelta(hours=2) + WEEK)
        self.assertEqual(banquet.place, "Park")
        self.assertEqual(elsewhere.place, "Hall")
        self.assertEqual((held.date_begin, held.place), (END, "Tea house"))
        self._cancel()
        self.assertEqual(
            (banquet | held).mapped("state"),
            ["cancelled", "held"],
        )

    # === Call-offs === #

    def test_call_offs_follow_within_their_contract(self):
        """Rule C4."""
        contract = self._take_effect(date_to="2026-05-31")
        calloff = self._call_off(
            contract, 100, activity_id=self.activity.id, date="2026-05-08"
        )
        calloff.action_confirm()
        self._move()
        self.assertEqual(str(calloff.date), "2026-05-15")
        self.assertIn("tell Supplier 0", self._get_last_note())
        later = datetime(2026, 6, 8, 6)
        self.activity._do_move(later, later, "Tea house", "Rain")
        self.assertEqual(str(calloff.date), "2026-05-15")
        self.assertIn("isn't in it", self._get_last_note().replace("&#39;", "'"))
        self._cancel()
        self.assertEqual(calloff.state, "cancelled")

    def test_a_settled_call_off_stays_ordered(self):
        """Rule C6."""
        calloff = self._call_off(self._take_effect(), 100, activity_id=self.activity.id)
        calloff.action_confirm()
        settlement = opened(self.env["club.settlement"]).create(
            {
                "cooperation_id": calloff.cooperation_id.id,
                "unit_id": self.unit.id,
                "subject": "Hall",
                "line_ids": [Command.create({"calloff_id": calloff.id})],
            }
        )
        opened(settlement).approval_state = "done"
        self.env.flush_all()
        self._cancel()
        self.assertEqual(calloff.state, "confirmed")
        self.assertIn("settled already", self._get_last_note())

    # === Reminders === #

    def test_guests_who_were_reminded_are_reminded_again(self):
        """Rule C4."""
        mails = self.activity.event_id.event_mail_ids
        reminder = mails.filtered(lambda mail: mail.interval_type != "after_sub")
        self.assertTrue(reminder)
        reminder.write({"mail_done": True, "mail_count_done": 3})
        self._move(timedelta(), "Park")
        self.assertTrue(all(reminder.mapped("mail_done")))
        self._move()
        self.assertEqual(set(reminder.mapped("mail_state")), {"scheduled"})
        self.assertEqual(set(reminder.mapped("mail_count_done")), {0})

    # === Whoever has a duty hears of it once === #

    def test_each_one_with_a_duty_hears_of_it_once(self):
        """Rule C4."""
        activity = self.activity
        activity.programme_ids = [
            Command.create({"name": what, "user_id": self.helper.id})
            for what in ("Welcome", "Farewell")
        ]
        activity.action_schedule_briefing()
        self._dine()
        self._book()
        self._seat(activity, self._create_member_contacts(1))
        activity.with_user(self.manager).action_come_along()
        people = (self.helper, self.clerk, self.host, self.manager)
        told = {user: self._get_told(user) for user in people}
        self._move()
        for user in people:
            with self.subTest(user=user.login):
                self.assertEqual(
                    self._get_told(user), [*told[user], "Moved: Health lecture"]
                )
        self.assertFalse(self._get_told(self.officer), "who moved it")
        self._cancel()
        for user in people:
            with self.subTest(user=user.login):
                self.assertEqual(
                    self._get_told(user),
                    [*told[user], "Moved: Health lecture", "Cancelled: Health lecture"],
                )

    def test_who_is_responsible_isnt_told_so_at_every_change(self):
        """Rule C4."""
        events = self.env["mail.message"]
        domain = [
            ("model", "=", "event.event"),
            ("res_id", "=", self.activity.event_id.id),
            ("partner_ids", "in", self.clerk.partner_id.ids),
        ]
        before = events.search_count(domain)
        # What the tests switch off for speed.
        self.activity = self.activity.with_context(tracking_disable=False)
        self._move()
        self.assertEqual(events.search_count(domain), before)
        self.activity.user_id = self.lead
        said = events.search(domain[:2], order="id desc", limit=1)
        self.assertEqual(said.partner_ids, self.lead.partner_id)

    def test_each_one_reads_it_in_his_language(self):
        """Rule C4."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.manager.lang = "zh_CN"
        self.company.partner_id.lang = "zh_CN"
        self._seat(self.activity, self._create_member_contacts(1))
        self._move()
        said = self.env["mail.message"].search(
            [("partner_ids", "in", self.manager.partner_id.ids)], order="id", limit=1
        )
        self.assertIn("2026/05/12", said.body)
        self.assertIn("改期", self._get_last_note())

    # === The dialog === #

    def test_the_dialog_shows_what_follows_and_what_doesnt(self):
        """Rule C4."""
        booking = self._book()
        self._book(BEGIN + WEEK, END + WEEK, activity_id=False)
        self._dine()
        dialogs = self.env["club.activity.change"].with_user(self.officer)
        dialog = dialogs.create(
            {"activity_id": self.activity.id, "kind": "move", "reason": "Rain"}
        )
        dialog.write({"date_begin": BEGIN + WEEK, "date_end": END + WEEK})
        self.assertIn("Dinner", dialog.consequences)
        self.assertIn("taken from", dialog.consequences)
        dialog.kind = "cancel"
        self.assertIn("is free again", dialog.consequences)
        self.assertEqual(booking.state, "booked", "nothing was done yet")
        stranger = (
            dialogs.with_user(self.helper)
            .sudo()
            .new({"activity_id": self.activity.id, "kind": "cancel"})
        )
        self.assertFalse(stranger.sudo(False).consequences)
