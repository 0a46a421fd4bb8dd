from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .test_guests import GuestCase


@tagged("post_install", "-at_install")
class TestGuestExceptions(GuestCase):
    """Rule C10: recorded, with a reason and an officer's consent, within a share."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.activity = cls._create_activity(tier_id=cls.tiers["gold"].id)
        cls.prospect, cls.other, cls.spouse = cls.env["res.partner"].create(
            [{"name": name} for name in ("Prospect", "Other", "Spouse")]
        )
        cls.low = cls._create_member_contacts(1, "vip")
        cls.high = cls._create_member_contacts(1)
        cls.second = cls._create_user("officer", "second_officer")

    def test_requested_by_a_manager_consented_by_an_officer(self):
        guest = self._request(self.manager, self.activity, self.low, "below_tier")
        self.assertRecordValues(
            guest,
            [
                {
                    "state": "proposed",
                    "exception_kind": "below_tier",
                    "exception_reason": "Decides next year",
                    "requested_by_id": self.manager.id,
                    "consented_by_id": False,
                    "tier_id": self.tiers["vip"].id,
                    "registration_id": False,
                }
            ],
        )
        self.assertEqual(
            self._get_todos(guest, "mail_act_club_exception"),
            ["club_officer", "second_officer"],
        )
        for user in (self.manager, self.lead, self.clerk):
            with self.assertRaises(AccessError):
                guest.with_user(user).action_consent()
        with self.assertRefused(UserError, "consents to first"):
            guest.with_user(self.officer).action_invite()
        with self.assertRaises(UserError):
            guest.with_user(self.manager).action_confirm()
        guest.with_user(self.officer).action_consent()
        self.assertRecordValues(
            guest, [{"state": "invited", "consented_by_id": self.officer.id}]
        )
        self.assertFalse(self._get_todos(guest, "mail_act_club_exception"))
        guest.with_user(self.manager).action_confirm()
        self.assertEqual(guest.state, "confirmed")
        bodies = " ".join(guest.message_ids.mapped("body"))
        for said in ("Decides next year", self.manager.name, self.officer.name):
            self.assertIn(said, bodies)

    def test_an_officer_never_consents_to_his_own(self):
        guest = self._request(self.officer, self.activity, self.prospect)
        self.assertEqual(guest.state, "proposed")
        with self.assertRefused(UserError, "yourself"):
            guest.with_user(self.officer).action_consent()
        guest.with_user(self.second).action_consent()
        self.assertEqual(guest.state, "invited")
        with self.assertRaises(UserError):
            guest.with_user(self.second).action_consent()

    def test_an_officer_records_what_somebody_asks_for(self):
        guest = self._request(
            self.officer,
            self.activity,
            self.prospect,
            requested_by_id=self.manager.id,
        )
        self.assertEqual(guest.state, "invited")
        self.assertEqual(guest.consented_by_id, self.officer)
        told = self.env["mail.message"].search(
            [("partner_ids", "in", self.manager.partner_id.ids)],
            order="id desc",
            limit=1,
        )
        self.assertIn(self.officer.name, told.body)
        with self.assertRaises(AccessError):
            self._request(
                self.manager, self.activity, self.other, requested_by_id=self.lead.id
            )
        stranger = self._create_employee("stranger")
        with self.assertRefused(UserError, "is none"):
            self._request(
                self.officer, self.activity, self.other, requested_by_id=stranger.id
            )

    def test_the_share_of_seats(self):
        for headcount, share, allowed in ((9, 10, 0), (10, 10, 1), (10, 20, 2)):
            with self.subTest(headcount=headcount, share=share):
                self.program.guest_exception_share = share
                activity = self._create_activity(headcount=headcount)
                self.assertEqual(activity.exception_seats, allowed)
                people = self.env["res.partner"].create(
                    [{"name": f"P{n}"} for n in range(allowed + 1)]
                )
                guests = self.env["club.invitation"]
                for person in people:
                    guests |= self._request(self.manager, activity, person)
                guests[:allowed].with_user(self.officer).action_consent()
                with self.assertRefused(UserError, "are for exceptions"):
                    guests[allowed].with_user(self.officer).action_consent()
                self.assertEqual(guests[allowed].state, "proposed")
                if allowed:
                    # One that is given back can be given again.
                    guests[0].with_user(self.officer).action_cancel()
                    guests[allowed].with_user(self.officer).action_consent()

    def test_a_companion_comes_and_goes_with_his_host(self):
        host = self._seat(self.activity, self.high)
        with self.assertRaises(ValidationError):
            self._request(self.manager, self.activity, self.spouse, "companion")
        guest = self._request(
            self.manager, self.activity, self.spouse, "companion", host_id=host.id
        )
        self.assertEqual(guest.account_id, self.high.parent_id)
        guest.with_user(self.officer).action_consent()
        guest.with_user(self.manager).action_confirm()
        self.assertEqual(guest.state, "confirmed")
        host.with_user(self.manager).action_decline()
        self.assertEqual(guest.state, "cancelled")
        self.assertEqual(guest.registration_id.state, "cancel")

    def test_the_host_is_a_guest_of_ones_own(self):
        foreign = self._seat(
            self.activity,
            self._create_member_contacts(1, club_manager_id=False, club_unit_id=False),
        )
        with self.assertRaises(AccessError):
            self._request(
                self.manager,
                self.activity,
                self.spouse,
                "companion",
                host_id=foreign.id,
            )
        elsewhere = self._seat(self._create_activity(), self.high)
        with self.assertRaises(ValidationError):
            self._request(
                self.manager,
                self.activity,
                self.spouse,
                "companion",
                host_id=elsewhere.id,
            )

    def test_what_is_no_exception(self):
        foreign = self._create_member_contacts(1, "vip", club_manager_id=False)
        for person, kind, message in (
            (self.high, "prospect", "entitled by tier"),
            (self.high, "below_tier", "entitled by tier"),
            (self.low, "prospect", "no prospect"),
            (self.prospect, "below_tier", "don't look after"),
            (foreign, "below_tier", "don't look after"),
        ):
            with self.subTest(person=person.name, kind=kind):
                with self.assertRefused(UserError, message):
                    self._request(self.manager, self.activity, person, kind)
        with self.assertRefused(UserError, "request a prospect"):
            self._request(self.officer, self.activity, self.prospect, "below_tier")
        with self.assertRaises(ValidationError):
            self._request(self.manager, self.activity, self.prospect, reason="  ")
        with self.assertRaises(ValidationError):
            self._request(self.manager, self.activity, self.account_a)

    def test_at_the_door(self):
        guest = self._request(
            self.officer,
            self.activity,
            self.prospect,
            requested_by_id=self.manager.id,
            is_at_door=True,
        )
        self.assertEqual(guest.state, "attended")
        self.assertEqual(guest.registration_id.state, "done")
        with self.assertRefused(UserError, "name who asks"):
            self._request(self.officer, self.activity, self.other, is_at_door=True)
        with self.assertRefused(UserError, "are for exceptions"):
            self._request(
                self.officer,
                self.activity,
                self.other,
                requested_by_id=self.manager.id,
                is_at_door=True,
            )
        self.program.guest_exception_share = 100
        full = self._create_activity(headcount=1)
        self._seat(full, self.high)
        with self.assertRefused(UserError, "no seat for Other"):
            self._request(
                self.officer,
                full,
                self.other,
                requested_by_id=self.manager.id,
                is_at_door=True,
            )

    def test_exceptions_wait_behind_members(self):
        activity = self._create_activity(headcount=10)
        members = self._seat(activity, self._create_member_contacts(10, "vip"))
        guest = self._request(self.manager, activity, self.prospect)
        guest.with_user(self.officer).action_consent()
        guest.with_user(self.manager).action_confirm()
        late = self._invite(activity, self._create_member_contacts(1, "vip"))
        late.action_confirm()
        self.assertEqual((late | guest).mapped("waiting_place"), [1, 2])
        members[0].action_decline()
        self.assertEqual(late.state, "confirmed")
        members[1].action_decline()
        self.assertEqual(guest.state, "confirmed")

    def test_the_requester_sees_his_request_and_no_other(self):
        guest = self._request(self.manager, self.activity, self.prospect)
        other = self._create_user("user", "other_manager")
        found = self.env["club.invitation"]
        self.assertEqual(found.with_user(self.manager).search([]), guest)
        self.assertFalse(found.with_user(other).search([]))

    def test_whoever_is_anonymised_is_a_guest_without_a_name(self):
        """Rule A8: counts stay, what was said of the person goes."""
        guest = self._request(
            self.officer,
            self.activity,
            self.low,
            "below_tier",
            reason=f"{self.low.name} decides",
            requested_by_id=self.manager.id,
        )
        guest.action_confirm()
        guest.note = "Vegetarian"
        name, email = self.low.name, self.low.email
        self.env["club.contact.anonymise"].create(
            {"contact_id": self.low.id, "reference": "R-1", "is_understood": True}
        ).action_anonymise()
        self.env.invalidate_all()
        self.assertEqual(guest.state, "confirmed")
        self.assertFalse(guest.note)
        self.assertIn("decides", guest.exception_reason)
        registration = guest.registration_id
        said = " ".join(guest.message_ids.mapped("body"))
        for text in (
            guest.exception_reason,
            said,
            registration.name,
            registration.email,
        ):
            self.assertNotIn(name, text or "")
            self.assertNotIn(email, text or "")
