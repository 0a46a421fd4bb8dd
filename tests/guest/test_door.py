from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY, ClubCommon
from .guest_case import GuestMixin

DAY = datetime(2026, 5, 8, 5)


class DoorMixin(GuestMixin):
    @classmethod
    def _set_up_door(cls):
        cls._set_up_guests()
        cls._make_member(cls.account_a)
        cls.people = cls.env["res.partner"].create(
            [
                {"name": name, "parent_id": cls.account_a.id, "phone": phone}
                for name, phone in (
                    ("Fang Li", "+86 138 0013 1234"),
                    ("Ling Bo", "13800135678"),
                    ("Mao Jing", False),
                )
            ]
        )

    @classmethod
    def _seat_at_table(cls, activity, person):
        banquet = cls.env["club.banquet"].create(
            {
                "purpose": "Thank you",
                "activity_id": activity.id,
                "principal_id": person.id,
                "host_id": cls.lead.id,
                "unit_id": cls.unit.id,
                "date_begin": activity.date_begin,
                "table_ids": [Command.create({"name": "Table 1", "seats": 8})],
            }
        )
        seat = banquet.seat_ids.filtered(lambda seat: seat.contact_id == person)
        values = {"table_id": banquet.table_ids.id, "number": 3}
        if seat:
            seat.write(values)
        else:
            banquet.seat_ids.create(
                {"banquet_id": banquet.id, "contact_id": person.id, **values}
            )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDoor(DoorMixin, ClubCommon):
    """Rule C4: the screen at the door, on the day, for who fixes the guest list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_door()
        cls.activity = cls._create_activity(headcount=3)

    def _call(self, method, *args, user=None, at=DAY, activity=None):
        activity = self.activity if activity is None else activity
        with freeze_time(at):
            self.env.invalidate_all()
            return getattr(activity.with_user(user or self.officer), method)(*args)

    def _refuse(self, told, *args, error=UserError, **kwargs):
        before = self.activity.invitation_ids.mapped("state")
        with self.assertRefused(error, told):
            self._call(*args, **kwargs)
        self.env.invalidate_all()
        self.assertEqual(self.activity.invitation_ids.mapped("state"), before)

    # === What it shows === #

    def test_todays_activities_to_choose(self):
        """The day is the company's: 23:30 and 00:30 in China are two days."""
        late = self._create_activity(
            theme="Late",
            date_begin=datetime(2026, 5, 8, 15, 30),
            date_end=datetime(2026, 5, 8, 15, 59),
        )
        self._create_activity(
            theme="Tomorrow",
            date_begin=datetime(2026, 5, 8, 16),
            date_end=datetime(2026, 5, 8, 17),
        )
        self._create_activity(stage="preparing", theme="Not Yet")
        found = self._call("get_doors")
        self.assertEqual(
            [(each["id"], each["theme"], each["time"]) for each in found],
            [
                (self.activity.id, "Health lecture", "14:00–17:00"),
                (late.id, "Late", "23:30–23:59"),
            ],
        )
        self.assertEqual(self._call("get_doors", at=DAY - timedelta(days=1)), [])
        with freeze_time(DAY):
            activities = (self.activity | late).with_user(self.officer)
            self.assertEqual(activities.mapped("is_door_open"), [True, True])

    def test_its_guests(self):
        seated = self._seat(self.activity, self.people[:2])
        invited = self._invite(self.activity, self.people[2])
        door = self._call("get_door")
        self.assertEqual((door["came"], door["expected"]), (0, 2))
        self.assertEqual(
            [
                (row["id"], row["phone_end"], row["has_seat"], row["state"])
                for row in door["guests"]
            ],
            [
                (seated[0].id, "1234", True, "Confirmed"),
                (seated[1].id, "5678", True, "Confirmed"),
                (invited.id, "", False, "Invited"),
            ],
        )
        self.assertNotIn("1380", str(door), "only the end of a number")
        self._call("action_enter", seated[0].id)
        invited.with_user(self.officer).action_cancel()
        door = self._call("get_door")
        self.assertEqual((door["came"], door["expected"]), (1, 2))
        self.assertRegex(door["guests"][0]["at"], r"^\d\d:\d\d$")
        self.assertEqual(len(door["guests"]), 2)

    def test_a_tier_is_called_as_the_reader_calls_it(self):
        guest = self._seat(self.activity, self.people[0])
        self.env["res.lang"]._activate_lang("zh_CN")
        guest.tier_id.update_field_translations("name", {"zh_CN": "黄金"})
        door = self._call("get_door", activity=self.activity.with_context(lang="zh_CN"))
        self.assertEqual([row["tier"] for row in door["guests"]], ["黄金"])

    def test_what_it_costs(self):
        """As many queries for thirty guests as for three."""
        big = self._create_activity(headcount=40)
        self._seat(big, self._create_contacts(self.account_a, 30))
        self._seat(self.activity, self.people)
        counts = []
        for activity in (self.activity, big):
            self._call("get_door", activity=activity)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._call("get_door", activity=activity)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_where_a_guest_sits(self):
        self._seat(self.activity, self.people)
        self._seat_at_table(self.activity, self.people[0])
        rows = self._call("get_door")["guests"]
        self.assertEqual([row["seat"] for row in rows], ["Table 1, seat 3", "", ""])

    # === Pressed === #

    def test_checked_in_and_taken_back(self):
        guest = self._seat(self.activity, self.people[0])
        answer = self._call("action_enter", guest.id)
        self.assertEqual(answer["told"], "Fang Li of Anchor Mills has checked in.")
        self.assertEqual(answer["door"]["came"], 1)
        self.assertEqual(guest.state, "attended")
        self.assertEqual(guest.registration_id.state, "done")
        self._refuse("Fang Li has checked in already", "action_enter", guest.id)
        answer = self._call("action_take_back", guest.id)
        self.assertEqual(answer["told"], "Fang Li isn't checked in any more.")
        self.assertEqual(guest.state, "confirmed")
        self.assertEqual(guest.registration_id.state, "open")
        self._refuse("this step is for", "action_take_back", guest.id)

    def test_who_has_no_seat_gets_one_if_there_is_one(self):
        self._seat(self.activity, self.people[:2])
        third, fourth = self._create_contacts(self.account_a, 2)
        guests = self._invite(self.activity, third | fourth)
        self._call("action_enter", guests[0].id)
        self.assertEqual(guests[0].state, "attended")
        self._refuse("There is no seat for", "action_enter", guests[1].id)

    def test_guests_who_are_not_on_the_list(self):
        other = self._create_activity(theme="Other")
        foreign = self._seat(other, self.people[0])
        for guest_id in (foreign.id, 0, None, "1", [foreign.id], 2**40, True):
            with self.subTest(guest_id=guest_id):
                self._refuse("Nobody like this", "action_enter", guest_id)
                self._refuse("Nobody like this", "action_take_back", guest_id)
        self.assertEqual(foreign.state, "confirmed")

    # === Scanned === #

    def test_tickets(self):
        guest = self._seat(self.activity, self.people[0])
        invited = self._invite(self.activity, self.people[1])
        code = guest.registration_id.barcode
        answer = self._call("action_scan_at_door", f" {code}\0 ")
        self.assertEqual(answer["told"], "Fang Li of Anchor Mills has checked in.")
        self._refuse("has checked in already", "action_scan_at_door", code)
        self.assertFalse(invited.registration_id)

    def test_tickets_of_others(self):
        guest = self._seat(self._create_activity(theme="Other"), self.people[0])
        code = guest.registration_id.barcode
        self._refuse("for another event", "action_scan_at_door", code)
        self.assertEqual(guest.state, "confirmed")
        for odd in ("", "0", "%", "x" * 500, None, False, 7, [code], {}):
            with self.subTest(code=odd):
                self._refuse("look for the guest by name", "action_scan_at_door", odd)

    def test_the_ticket_of_who_declined_since(self):
        guest = self._seat(self.activity, self.people[0])
        guest.with_user(self.officer).action_decline()
        code = guest.registration_id.barcode
        self._refuse("says “Declined”", "action_scan_at_door", code)

    def test_an_account_manager_who_comes_along(self):
        self.account_a.write({"club_manager_id": self.manager.id})
        self._seat(self.activity, self.people[0])
        self.activity.with_user(self.manager).action_come_along()
        escort = self.activity.escort_ids
        answer = self._call("action_scan_at_door", escort.registration_id.barcode)
        self.assertIn("has come along", answer["told"])
        self.assertEqual(answer["door"]["expected"], 1)
        self.assertEqual(escort.state, "done")

    # === Refused === #

    def test_only_on_the_day(self):
        guest = self._seat(self.activity, self.people[0])
        calls = (
            ("get_door",),
            ("action_open_door",),
            ("action_enter", guest.id),
            ("action_take_back", guest.id),
            ("action_scan_at_door", guest.registration_id.barcode),
        )
        for at in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
            for call in calls:
                with self.subTest(at=at, call=call):
                    self._refuse("isn't today but on", *call, at=at)

    def test_only_who_fixes_the_guest_list(self):
        guest = self._seat(self.activity, self.people[0])
        calls = (
            ("get_doors",),
            ("get_door",),
            ("action_open_door",),
            ("action_enter", guest.id),
            ("action_take_back", guest.id),
            ("action_scan_at_door", guest.registration_id.barcode),
        )
        for user in (self.manager, self.lead, self.clerk, self.auditor):
            for call in calls:
                with self.subTest(user=user.login, call=call):
                    self._refuse(".", *call, user=user, error=AccessError)

    def test_of_another_company(self):
        guest = self._seat(self.activity, self.people[0])
        company = self._create_club_company("Other Post")
        other = self._create_user("officer", "officer_other", company)
        theirs = self.activity.with_context(allowed_company_ids=company.ids)
        nothing = theirs.browse()
        self.assertEqual(self._call("get_doors", user=other, activity=nothing), [])
        for call in (("get_door",), ("action_enter", guest.id)):
            self._refuse(".", *call, user=other, activity=theirs, error=AccessError)

    def test_before_it_invites_and_of_no_activity(self):
        draft = self._create_activity(stage="preparing")
        self._refuse("is at “Preparing”", "get_door", activity=draft)
        nothing = self.env["club.activity"]
        self._refuse("Choose one record", "get_door", activity=nothing)
        gone = nothing.browse(self.activity.id + 10**6)
        self._refuse(".", "get_door", activity=gone, error=MissingError)
