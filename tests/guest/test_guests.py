from datetime import date, datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..common import ClubCommon
from .guest_case import GuestMixin


class GuestCase(GuestMixin, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_guests()


@tagged("post_install", "-at_install")
class TestGuests(GuestCase):
    """Rule C4: who is entitled, who has a seat, who waits."""

    # === Entitlement === #

    def test_the_tier_of_the_day_of_invitation_entitles(self):
        for tier, lowest, entitled in (
            ("vip", None, True),
            ("vip", "gold", False),
            ("gold", "gold", True),
            ("platinum", "gold", True),
            (None, None, False),
        ):
            with self.subTest(tier=tier, lowest=lowest):
                activity = self._create_activity(
                    tier_id=lowest and self.tiers[lowest].id
                )
                account = self._create_account("Account")
                if tier:
                    self._make_member(account, tier)
                contact = self._create_contacts(account)
                if entitled:
                    guest = self._invite(activity, contact)
                    self.assertRecordValues(
                        guest,
                        [
                            {
                                "state": "invited",
                                "account_id": account.id,
                                "tier_id": self.tiers[tier].id,
                                "tier_name": tier.title(),
                                "tier_rank": self.tiers[tier].sequence,
                                "judged_on": date(2026, 4, 10),
                                "invited_by_id": self.officer.id,
                            }
                        ],
                    )
                    continue
                with self.assertRefused(UserError, "request an exception"):
                    self._invite(activity, contact)

    def test_a_membership_that_ends_today_still_entitles(self):
        activity = self._create_activity(stage="preparing")
        activity._write_guarded({"stage": "inviting"})
        account = self._make_member(
            self._create_account("Account"), date_to=date(2026, 4, 10)
        )
        self.program.grace_days = 0
        self.env.cr.execute(
            "UPDATE club_membership SET date_grace = date_to WHERE account_id = %s",
            [account.id],
        )
        contacts = self._create_contacts(account, 2)
        self._invite(activity, contacts[0])
        with freeze_time("2026-04-11"), self.assertRaises(UserError):
            self._invite(activity, contacts[1])

    def test_who_was_proposed_in_time_is_judged_again_when_invited(self):
        activity = self._create_activity(tier_id=self.tiers["gold"].id)
        contact = self._create_member_contacts(1)
        guest = self.env["club.invitation"].create(
            {"activity_id": activity.id, "contact_id": contact.id}
        )
        self.env.cr.execute(
            "UPDATE club_membership SET tier_id = %s WHERE account_id = %s",
            [self.tiers["vip"].id, contact.parent_id.id],
        )
        self.env.invalidate_all()
        with self.assertRefused(UserError, "from Gold up"):
            guest.action_invite()

    def test_what_happens_later_doesnt_change_the_tier_noted(self):
        activity = self._create_activity()
        contact = self._create_member_contacts(1)
        guest = self._invite(activity, contact)
        self.tiers["gold"].name = "Golden"
        self.env.cr.execute(
            "UPDATE club_membership SET tier_id = %s WHERE account_id = %s",
            [self.tiers["vip"].id, contact.parent_id.id],
        )
        self.env.invalidate_all()
        guest.action_confirm()
        self.assertEqual(guest.tier_name, "Gold")
        self.assertEqual(guest.state, "confirmed")

    def test_a_person_is_on_the_list_once_but_again_after_a_cancellation(self):
        activity = self._create_activity()
        contact = self._create_member_contacts(1)
        guest = self._invite(activity, contact)
        guest.action_cancel()
        again = self._invite(activity, contact)
        self.assertNotEqual(again, guest)

    def test_companies_arent_guests(self):
        activity = self._create_activity()
        self._make_member(self.account_a)
        with self.assertRaises(ValidationError):
            self._invite(activity, self.account_a)

    # === Seats === #

    def test_who_finds_no_seat_waits_and_moves_up(self):
        activity = self._create_activity(headcount=2)
        guests = self._invite(activity, self._create_member_contacts(4))
        action = guests[:3].action_confirm()
        self.assertEqual(
            guests.mapped("state"), ["confirmed", "confirmed", "waiting", "invited"]
        )
        self.assertIn("All seats are taken", action["params"]["message"])
        self.assertEqual(guests[2].waiting_place, 1)
        guests[3].action_confirm()
        self.assertEqual(guests[3].waiting_place, 2)
        guests[0].action_decline()
        self.assertEqual(
            guests.mapped("state"), ["declined", "confirmed", "confirmed", "waiting"]
        )
        self.assertEqual(self._get_todos(guests[2], "mail_act_club_seat"), ["manager"])
        self.assertEqual(guests[0].registration_id.state, "cancel")
        self.assertEqual(guests[2].registration_id.state, "open")

    def test_the_waiting_list_goes_by_tier_then_by_time(self):
        activity = self._create_activity(headcount=1)
        first = self._seat(activity, self._create_member_contacts(1, "vip"))
        vip = self._invite(activity, self._create_member_contacts(2, "vip"))
        with freeze_time("2026-04-10 08:00"):
            vip[1].action_confirm()
        with freeze_time("2026-04-10 09:00"):
            vip[0].action_confirm()
        diamond = self._invite(activity, self._create_member_contacts(1, "diamond"))
        with freeze_time("2026-04-10 10:00"):
            diamond.action_confirm()
        self.assertEqual((diamond | vip[1] | vip[0]).mapped("waiting_place"), [1, 2, 3])
        # Confirming once more keeps one's place.
        with freeze_time("2026-04-10 11:00"):
            vip[1].action_confirm()
        self.assertEqual(vip[1].waiting_place, 2)
        first.action_decline()
        self.assertEqual(diamond.state, "confirmed")
        diamond.action_decline()
        self.assertEqual(vip.mapped("state"), ["waiting", "confirmed"])

    def test_tier_and_account_have_their_seats(self):
        activity = self._create_activity(
            headcount=3,
            seats_per_account=1,
            seat_ids=[(0, 0, {"tier_id": self.tiers["gold"].id, "seats": 1})],
        )
        gold = self._invite(activity, self._create_member_contacts(2))
        action = gold.action_confirm()
        self.assertEqual(gold.mapped("state"), ["confirmed", "waiting"])
        self.assertIn("seats of the tier", action["params"]["message"])
        account = self._create_member_contacts(1, "vip").parent_id
        people = self._create_contacts(account, 2, "More")
        vip = self._invite(activity, people)
        action = vip.action_confirm()
        self.assertEqual(vip.mapped("state"), ["confirmed", "waiting"])
        self.assertIn("as many seats as an account", action["params"]["message"])
        self.assertEqual(activity.seat_ids.taken, 1)
        # One more seat for the tier: who waits moves up.
        activity.seat_ids.seats = 2
        self.assertEqual(gold.mapped("state"), ["confirmed", "confirmed"])

    def test_seats_set_aside_fit(self):
        activity = self._create_activity(headcount=3, tier_id=self.tiers["gold"].id)
        seats = self.env["club.activity.seat"].with_user(self.officer)
        values = {"activity_id": activity.id, "tier_id": self.tiers["gold"].id}
        with self.assertRefused(ValidationError, "set aside fewer"):
            seats.create({**values, "seats": 4})
        with self.assertRefused(ValidationError, "isn't entitled"):
            seats.create({**values, "tier_id": self.tiers["vip"].id, "seats": 1})
        row = seats.create({**values, "seats": 3})
        self._seat(activity, self._create_member_contacts(2))
        with self.assertRefused(ValidationError, "as many at least"):
            row.seats = 1
        row.seats = 2
        with self.assertRaises(AccessError):
            row.with_user(self.manager).seats = 3
        self._hold(activity)
        for change in (lambda: row.write({"seats": 3}), row.unlink):
            with self.assertRefused(UserError, "is over"):
                change()

    # === Who may what === #

    def test_a_manager_answers_for_his_own_accounts_only(self):
        activity = self._create_activity()
        mine = self._invite(activity, self._create_member_contacts(1))
        other = self._invite(
            activity,
            self._create_member_contacts(
                1, club_manager_id=False, club_unit_id=self.other_unit.id
            ),
        )
        found = self.env["club.invitation"].with_user(self.manager).search([])
        self.assertEqual(found, mine)
        mine.with_user(self.manager).action_confirm()
        self.assertEqual(mine.state, "confirmed")
        self.assertEqual(mine.answered_by_id, self.manager)
        for method in ("action_confirm", "action_decline", "action_wait"):
            with self.assertRaises(AccessError):
                getattr(other.with_user(self.manager), method)()
        for method in (
            "action_invite",
            "action_cancel",
            "action_attend",
            "action_miss",
        ):
            with self.assertRaises(AccessError):
                getattr(mine.with_user(self.manager), method)()
        with self.assertRaises(AccessError):
            self.env["club.invitation"].with_user(self.manager).create(
                {"activity_id": activity.id, "contact_id": other.contact_id.id}
            )

    def test_nobody_writes_what_the_buttons_write(self):
        activity = self._create_activity()
        guest = self._invite(activity, self._create_member_contacts(1))
        other = self._create_activity()
        for user in (self.manager, self.officer, self.env.user):
            mine = guest.with_user(user)
            for name, value in (
                ("state", "attended"),
                ("tier_id", self.tiers["diamond"].id),
                ("tier_rank", 9),
                ("account_id", self.account_b.id),
                ("waiting_since", "2000-01-01"),
                ("exception_kind", "prospect"),
                ("consented_by_id", user.id),
                ("registration_id", False),
            ):
                with self.subTest(user=user.login, name=name):
                    with self.assertRaises(AccessError):
                        mine.write({name: value})
            with self.assertRaises(UserError):
                mine.activity_id = other
            mine.note = "No pork"
        with self.assertRaises(UserError):
            guest.with_user(self.officer).unlink()

    def test_guests_of_another_company_arent_touched(self):
        activity = self._create_activity()
        guest = self._invite(activity, self._create_member_contacts(1))
        stranger = self._create_user(
            "officer", "stranger", self._create_club_company("Other Post")
        )
        theirs = self.env["club.invitation"].with_user(stranger)
        theirs = theirs.with_context(allowed_company_ids=stranger.company_ids.ids)
        self.assertFalse(theirs.search([]))
        with self.assertRaises(AccessError):
            theirs.browse(guest.id).action_confirm()

    def test_only_while_invitations_are_open(self):
        activity = self._create_activity("preparing")
        contact = self._create_member_contacts(1)
        guest = self.env["club.invitation"].create(
            {"activity_id": activity.id, "contact_id": contact.id}
        )
        with self.assertRefused(UserError, "is at"):
            guest.action_invite()
        activity._write_guarded({"stage": "inviting"})
        activity.with_user(self.officer).action_invite_guests()
        self.assertEqual(guest.state, "invited")
        self._hold(activity)
        self.assertEqual(guest.state, "cancelled")
        for state in ("application", "held", "closed", "cancelled"):
            activity._write_guarded({"stage": state})
            with self.assertRaises(UserError):
                self._invite(activity, self._create_member_contacts(1))

    # === The activity's life === #

    def test_who_had_a_seat_and_wasnt_there_is_absent(self):
        activity = self._create_activity(headcount=2)
        guests = self._invite(activity, self._create_member_contacts(4))
        guests[:3].action_confirm()
        self._check_in(guests[0])
        self.assertEqual(guests[0].state, "attended")
        self._hold(activity)
        self.assertEqual(
            guests.mapped("state"), ["attended", "absent", "cancelled", "cancelled"]
        )
        self.assertFalse(self._get_todos(activity, "mail_act_club_guests"))
        # Put right afterwards, on the guest list or in Events.
        guests[1].action_attend()
        self.assertEqual(guests[1].registration_id.state, "done")
        guests[0].registration_id.action_confirm()
        self.assertEqual(guests[:2].mapped("state"), ["absent", "attended"])
        guests[1].action_miss()
        self.assertEqual(guests[1].registration_id.state, "open")

    def test_moving_and_cancelling_tell_the_managers(self):
        activity = self._create_activity(headcount=1)
        guests = self._invite(activity, self._create_member_contacts(3))
        guests[:2].action_confirm()
        self.assertEqual(activity.confirm_until, date(2026, 5, 5))
        activity._do_move(
            datetime(2026, 6, 8, 6), datetime(2026, 6, 8, 9), "Hall", "Rain"
        )
        self.assertEqual(activity.confirm_until, date(2026, 6, 5))
        told = self.env["mail.message"].search(
            [("partner_ids", "in", self.manager.partner_id.ids)],
            order="id desc",
            limit=1,
        )
        self.assertIn("Moved", told.subject)
        self.assertNotIn(guests[0].contact_id.name, f"{told.subject} {told.body}")
        activity._do_cancel("Flood")
        self.assertEqual(set(guests.mapped("state")), {"cancelled"})
        self.assertEqual(guests[0].registration_id.state, "cancel")
        told = self.env["mail.message"].search(
            [("partner_ids", "in", self.manager.partner_id.ids)],
            order="id desc",
            limit=1,
        )
        self.assertIn("Cancelled", told.subject)
        self.assertFalse(self._get_todos(activity, "mail_act_club_guests"))

    def test_managers_come_along_without_taking_a_seat(self):
        activity = self._create_activity(headcount=1)
        mine = activity.with_user(self.manager)
        with self.assertRefused(UserError, "accompanies guests"):
            mine.action_come_along()
        guest = self._seat(activity, self._create_member_contacts(1))
        mine.action_come_along()
        mine.action_come_along()
        escort = activity.escort_ids
        self.assertEqual(escort.user_id, self.manager)
        self.assertEqual(escort.registration_id.state, "open")
        self.assertTrue(mine.is_escorted_by_me)
        self.assertEqual(activity.event_id.seats_taken, 1)
        self.assertEqual(activity.event_id.seats_available, 0)
        self.assertEqual(guest.state, "confirmed")
        mine.action_stay_away()
        self.assertEqual(escort.registration_id.state, "cancel")
        mine.invalidate_recordset()
        self.assertFalse(mine.is_escorted_by_me)
        mine.action_come_along()
        self.assertEqual(escort.registration_id.state, "open")
        activity._do_cancel("Flood")
        self.assertEqual(escort.registration_id.state, "cancel")

    # === Smart buttons === #

    def test_account_and_contact_say_how_many_came(self):
        first, second = self._create_activity(), self._create_activity()
        contacts = self._create_member_contacts(1)
        account = contacts.parent_id
        contacts |= self._create_contacts(account, 1, "Second")
        guests = self._seat(first, contacts)
        self._seat(second, contacts[0])
        self._check_in(guests[0])
        for user, partner, counts in (
            (self.officer, account, (3, 1)),
            (self.manager, account, (3, 1)),
            (self.manager, contacts[0], (2, 1)),
            (self.manager, contacts[1], (1, 0)),
            (self.clerk, account, (0, 0)),
            (self.auditor, account, (3, 1)),
        ):
            with self.subTest(user=user.login, partner=partner.name):
                seen = partner.with_user(user)
                seen.invalidate_recordset()
                self.assertEqual(
                    (seen.club_invited_count, seen.club_came_count), counts
                )
        action = account.with_user(self.manager).action_open_club_invitations()
        self.assertEqual(self.env["club.invitation"].search_count(action["domain"]), 3)
