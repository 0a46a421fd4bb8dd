from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .test_guests import GuestCase


@tagged("post_install", "-at_install")
class TestGuestRegistrations(GuestCase):
    """Rules C4 and C10: Odoo's Events registers nobody past the guest list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.activity = cls._create_activity(tier_id=cls.tiers["gold"].id)
        cls.event = cls.activity.event_id
        cls.plain = cls.env["event.event"].create(
            {
                "name": "Open day",
                "company_id": cls.company.id,
                "date_begin": cls.event.date_begin,
                "date_end": cls.event.date_end,
            }
        )
        cls.low = cls._create_member_contacts(1, "vip")
        cls.high = cls._create_member_contacts(1)
        cls.event_admin = new_test_user(
            cls.env,
            "event_admin",
            groups="event.group_event_manager,base.group_partner_manager,"
            "base.group_allow_export",
            company_id=cls.company.id,
        )
        cls.attackers = (
            cls.event_admin,
            cls.officer,
            cls._create_user("admin", "club_admin"),
            cls.env.ref("base.public_user"),
            cls.env.user,  # superuser
        )

    def _register_as(self, user, **values):
        """Register as somebody; the public as the event's page does, as superuser."""
        registrations = self.env["event.registration"].with_user(user)
        if user in (self.officer, self.env.ref("base.public_user")):
            registrations = registrations.sudo()
        if user == self.attackers[2]:
            registrations = registrations.sudo()
        return registrations.create({"event_id": self.event.id, **values})

    def test_nobody_is_registered_past_the_guest_list(self):
        invited = self._invite(self.activity, self.high)
        for user in self.attackers:
            for values in (
                {"partner_id": self.low.id},
                {"partner_id": self.high.id},
                {"name": "Walk-in"},
                {"partner_id": self.high.id, "state": "draft"},
                {"partner_id": self.high.id, "state": "done"},
                {"partner_id": self.high.id, "club_invitation_id": invited.id},
            ):
                with self.subTest(user=user.login, values=values):
                    with self.assertRefused(UserError, "can't be registered here"):
                        self._register_as(user, **values)
        self.assertFalse(self.event.registration_ids)

    def test_a_default_or_an_import_doesnt_either(self):
        registrations = self.env["event.registration"].with_user(self.event_admin)
        with self.assertRaises(UserError):
            registrations.with_context(
                default_event_id=self.event.id, club_lock=True
            ).create({"partner_id": self.low.id})
        result = registrations.load(
            ["event_id/.id", "partner_id/.id"],
            [[str(self.event.id), str(self.low.id)]],
        )
        self.assertIn("can't be registered here", result["messages"][0]["message"])
        self.assertFalse(self.event.registration_ids)

    def test_a_registration_for_something_else_stays_there(self):
        for user in self.attackers:
            with self.subTest(user=user.login):
                registration = self._register_as(
                    user, event_id=self.plain.id, partner_id=self.low.id
                )
                with self.assertRaises(UserError):
                    registration.event_id = self.event
                registration.invalidate_recordset()
                # What doesn't concern the club is as it was.
                registration.write({"name": "Other", "state": "cancel"})
                registration.unlink()

    def test_a_guests_registration_stays_his(self):
        guest = self._seat(self.activity, self.high)
        registration = guest.registration_id
        self.assertRecordValues(
            registration,
            [
                {
                    "partner_id": self.high.id,
                    "name": self.high.name,
                    "email": self.high.email,
                    "company_name": self.high.parent_id.name,
                    "state": "open",
                }
            ],
        )
        for user in (self.event_admin, self.env.user):
            mine = registration.with_user(user)
            for values in (
                {"partner_id": self.low.id},
                {"name": "Somebody else"},
                {"event_id": self.plain.id},
                {"active": False},
                {"state": "draft"},
                {"club_invitation_id": False},
                {"email": "somebody@example.com"},
                {"phone": "123"},
                {"state": "cancel"},
            ):
                with self.subTest(user=user.login, values=values):
                    with self.assertRefused(UserError, "through the guest list"):
                        mine.write(values)
            with self.assertRaises(UserError):
                mine.unlink()
            if not mine.env.su:
                with self.assertRaises(UserError):
                    mine.with_context(_force_unlink=True).unlink()

    def test_a_guest_is_cancelled_on_the_guest_list_and_for_good(self):
        activity = self._create_activity(headcount=1)
        guest = self._seat(activity, self.high)
        waiting = self._invite(activity, self._create_member_contacts(1))
        waiting.action_confirm()
        with self.assertRefused(UserError, activity.theme):
            guest.registration_id.with_user(self.event_admin).action_cancel()
        guest.with_user(self.officer).action_cancel()
        self.assertEqual(guest.state, "cancelled")
        self.assertEqual(waiting.state, "confirmed")
        for method in ("action_confirm", "action_set_done", "action_set_draft"):
            registration = guest.registration_id.with_user(self.event_admin)
            with self.assertRaises(UserError):
                getattr(registration, method)()

    def test_check_in_by_badge(self):
        guest = self._seat(self.activity, self.high)
        registration = guest.registration_id
        registrations = self.env["event.registration"].with_user(self.event_admin)
        with freeze_time(self.begin):
            found = registrations.register_attendee(registration.barcode, self.event.id)
        self.assertEqual(found["status"], "confirmed_registration")
        self.assertEqual(guest.state, "attended")
        found = registrations.register_attendee(registration.barcode, self.event.id)
        self.assertEqual(found["status"], "already_registered")
        registration.with_user(self.event_admin).action_confirm()
        self.assertEqual(guest.state, "confirmed")

    def test_once_closed_the_attendance_stays(self):
        guest = self._seat(self.activity, self.high)
        self._hold(self.activity)
        with self.assertRefused(UserError, "through the guest list"):
            guest.registration_id.action_cancel()
        self.activity._write_guarded({"stage": "closed"})
        for change in (
            guest.registration_id.action_set_done,
            guest.with_user(self.officer).action_attend,
        ):
            with self.assertRaises(UserError):
                change()
        self.assertEqual(guest.state, "absent")

    def test_whoever_refused_e_mails_gets_none(self):
        profile = self.env["club.contact.profile"].create({"contact_id": self.high.id})
        self.env["club.contact.consent"].create(
            {"profile_id": profile.id, "channel": "mail", "answer": "refused"}
        )
        guest = self._seat(self.activity, self.high)
        self.assertFalse(guest.registration_id.email)

    def test_merging_two_contacts_of_one_person(self):
        activity = self._create_activity(headcount=2)
        twin = self._create_contacts(self.high.parent_id, 1, "Twin")
        guests = self._seat(activity, self.high | twin)
        waiting = self._invite(activity, self._create_member_contacts(1))
        waiting.action_confirm()
        self._check_in(guests[0])
        merger = self.env["base.partner.merge.automatic.wizard"]
        merger._merge((self.high | twin).ids, twin, extra_checks=False)
        self.env.invalidate_all()
        self.assertEqual(guests.mapped("state"), ["attended", "cancelled"])
        self.assertEqual(guests.contact_id, twin)
        self.assertEqual(guests[1].registration_id.state, "cancel")
        self.assertEqual(waiting.state, "confirmed")
