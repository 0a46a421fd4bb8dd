from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .card_case import LAST, CardCase

DAY = datetime(2026, 5, 8, 5)


@tagged("post_install", "-at_install")
class TestCardScan(CardCase):
    """Rules A13, C4: a card at the door of an activity finds its guest."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.activity = cls._create_activity()
        cls.card = cls._hand_over(
            cls._create_card(cls.gold, holder_id=cls.holder.id, number="8018")
        )

    def _scan(self, code="8018", user=None, at=DAY, activity=None):
        activity = activity or self.activity
        with freeze_time(at):
            self.env.invalidate_all()
            return activity.with_user(user or self.officer).action_scan_card(code)

    def _refuse(self, told, *args, **kwargs):
        with self.assertRefused(UserError, told):
            self._scan(*args, **kwargs)

    # === Found === #

    def test_the_holder_is_checked_in(self):
        guest = self._seat(self.activity, self.holder)
        told = self._scan(" 8018 ")
        self.assertEqual(
            told,
            {
                "guest": "Lin Xiaomei",
                "account": "Anchor Mills",
                "tier": "Gold",
                "card": "8018",
            },
        )
        self.assertEqual(guest.state, "attended")
        self.assertEqual(guest.registration_id.state, "done")
        self.assertIn("8018", guest.message_ids[0].body)
        self._refuse("has checked in already")

    def test_its_code_finds_it_and_tells_nothing(self):
        self._seat(self.activity, self.holder)
        code = self.card.sudo().code
        self.assertEqual(len(code), 24)
        for word in ("8018", str(self.card.id), "Anchor"):
            self.assertNotEqual(code, word)
        self.assertEqual(self._scan(code.lower())["card"], "8018")

    def test_the_accounts_only_guest_is_meant_else_nobody(self):
        """The holder stays at home: who came with the card is clear, or it isn't."""
        other, third = self._create_contacts(self.account_a, 2)
        guest = self._seat(self.activity, other)
        self.assertEqual(self._scan()["guest"], other.name)
        self.assertEqual(guest.state, "attended")
        two = self._create_activity(seats_per_account=2)
        self._seat(two, other | third)
        self._refuse("2 guests of Anchor Mills are on the list", activity=two)

    def test_the_holder_is_meant_among_several(self):
        activity = self._create_activity(seats_per_account=2)
        self._seat(activity, self.holder | self._create_contacts(self.account_a))
        self.assertEqual(self._scan(activity=activity)["guest"], "Lin Xiaomei")

    # === Refused, in one sentence each === #

    def test_unknown_codes(self):
        self._seat(self.activity, self.holder)
        for code in ("", "8019", "8018' OR 1=1", "x" * 500, None, 7, ["8018"], {}):
            with self.subTest(code=code):
                self._refuse("No membership card says this", code)

    def test_cards_out_of_use(self):
        self._seat(self.activity, self.holder)
        self._take_step(self.card, "lost")
        self._refuse("was reported lost on")
        self._take_step(self.card, "returned")
        self._refuse("was returned on")
        new = self._create_card(self.gold, holder_id=self.holder.id, number="9")
        self._refuse("wasn't handed over yet", "9")
        self._take_step(new, "replace")
        self._refuse("was replaced by card", "9")

    def test_a_membership_that_is_over_on_the_activitys_day(self):
        """The last day still counts."""
        for last, valid in ((date(2026, 5, 8), True), (date(2026, 5, 7), False)):
            account = self._create_account(f"Until {last}")
            member = self._enrol(account, last=last)
            contact = self._create_contacts(account)
            card = self._hand_over(self._create_card(member, holder_id=contact.id))
            self._seat(self.activity, contact)
            if valid:
                self.assertEqual(self._scan(card.number)["guest"], contact.name)
            else:
                self._refuse("has no membership as Gold then", card.number)

    def test_it_is_the_activitys_day_that_counts(self):
        """Who came on the last day of the year is noted in the new one."""
        new_year = datetime(2027, 1, 2, 6)
        activity = self._create_activity(
            date_begin=datetime(2026, 12, 31, 6), date_end=datetime(2026, 12, 31, 9)
        )
        self._seat(activity, self.holder)
        self.assertEqual(
            self._scan(at=new_year, activity=activity)["guest"], "Lin Xiaomei"
        )
        late = self._create_activity(
            date_begin=datetime(2027, 1, 1, 6), date_end=datetime(2027, 1, 1, 9)
        )
        self._seat(late, self.holder)
        self._refuse("isn't valid on.*2027", at=new_year, activity=late)

    def test_guests_who_arent_listed_or_have_no_seat(self):
        self._refuse("nobody of Anchor Mills is on the guest list")
        guest = self._invite(self.activity, self.holder)
        self._refuse("has no seat, the guest list says “Invited”")
        guest.with_user(self.officer).action_cancel()
        self._refuse("nobody of Anchor Mills is on the guest list")

    def test_before_the_day_and_after_closing(self):
        self._seat(self.activity, self.holder)
        with self.assertRaises(UserError):
            self._scan(at=DAY - timedelta(days=1))
        self.activity._write_guarded({"stage": "closed"})
        self._refuse("this is done while it is at")

    def test_only_officers_scan(self):
        self._seat(self.activity, self.holder)
        for user in (self.manager, self.lead, self.auditor):
            with self.assertRaises(AccessError):
                self._scan(user=user)
            with self.assertRaises(AccessError):
                self.activity.with_user(user).action_open_door()

    def test_another_companys_card_is_unknown(self):
        company = self._create_club_company("Other Post")
        program = self._create_program(company)
        group = program.group_ids.filtered(lambda each: each.code == "membership")
        [number] = self.env["club.membership"]._insert(
            program,
            [
                {
                    "account_id": self.account_a.id,
                    "group_id": group.id,
                    "tier_id": group.tier_ids[1].id,
                    "date_from": date(2026, 1, 1),
                    "date_to": LAST,
                    "origin": "opening",
                }
            ],
        )
        self.env["club.card"]._take_on([(self.account_a.id, number, "X-1")])
        self._seat(self.activity, self.holder)
        self._refuse("No membership card says this", "X-1")

    def test_the_door_takes_cards_too(self):
        """One screen for tickets and cards: what refuses the one refuses the other."""
        guest = self._seat(self.activity, self.holder)
        with freeze_time(DAY):
            activity = self.activity.with_user(self.officer)
            action = activity.action_open_door()
            self.assertEqual(action["tag"], "crm_club.door")
            self.assertEqual(action["params"]["activity_id"], self.activity.id)
            self.assertEqual(
                activity.action_scan_at_door("8018")["told"],
                "Lin Xiaomei of Anchor Mills has checked in.",
            )
            with self.assertRefused(UserError, "has checked in already"):
                activity.action_scan_at_door("8018")
        self.assertEqual(guest.state, "attended")
        self.assertIn("8018", guest.message_ids[0].body)
