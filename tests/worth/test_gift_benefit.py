from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, TransactionCase, freeze_time, tagged

from ..care.greeting_case import GreetingFixture
from ..common import TODAY
from .gift_case import GiftCase, GiftMixin


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestGiftBenefit(GiftCase):
    """Rules D12, D17: what an account is owed is given out as a gift, and counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.birthday = cls._create_benefit("birthday", form="birthday", platinum=1)
        cls.surprise = cls._create_benefit(
            "surprise", form="dedicated", kind="surprise", platinum=2
        )

    def _get(self, benefit):
        return self._get_entitlement(benefit)

    def test_a_birthday_gift_is_booked_and_used(self):
        self.assertEqual(self._get(self.birthday), (1, 0, 0, 1))
        gift = self._promise(
            contact_id=self.person_a.id, benefit_id=self.birthday.id, user=self.manager
        )
        self.assertEqual(self._get(self.birthday), (1, 1, 0, 0))
        self.assertEqual(gift.booking_id.booked_by_id, self.manager)
        self._give(gift)
        self.assertEqual(self._get(self.birthday), (1, 0, 1, 0))
        self.assertEqual(gift.booking_id.state, "used")

    def test_no_more_than_is_owed(self):
        values = {"contact_id": self.person_a.id, "benefit_id": self.birthday.id}
        self._promise(**values)
        with self.assertRaisesRegex(UserError, "none of it is left"):
            self._promise(**values)

    def test_who_is_not_owed_one(self):
        with self.assertRaisesRegex(UserError, "isn't entitled"):
            self._promise(
                account=self.account_b,
                contact_id=self.person_b.id,
                benefit_id=self.birthday.id,
            )

    def test_a_birthday_gift_is_for_a_person(self):
        with self.assertRaisesRegex(UserError, "choose who comes"):
            self._promise(benefit_id=self.birthday.id)

    def test_a_booking_alone_does_not_go_past_the_limit(self):
        """Whose gifts are limited gets a birthday gift by a list, with its value."""
        booking = self._book(self.birthday)
        with self.assertRaisesRegex(UserError, "put Birthday on a gift list"):
            booking.action_use()
        free = self._create_benefit("wishes", form="birthday", gold=1)
        booking = self._book(free, self.person_b)
        booking.action_use()
        self.assertEqual(booking.state, "used", "nothing limits what it is given")

    def test_a_surprise_is_for_the_account(self):
        self._give(self._promise(benefit_id=self.surprise.id))
        self.assertEqual(self._get(self.surprise), (2, 0, 1, 1))

    def test_what_was_not_given_is_owed_again(self):
        values = {"benefit_id": self.surprise.id}
        called_off, refused = (self._promise(10, **values) for _number in range(2))
        called_off.action_call_off()
        refused.undone_reason = "Not wanted"
        refused.action_refuse()
        self.assertEqual(self._get(self.surprise), (2, 0, 0, 2))
        back = self._give(self._promise(10, **values))
        self.assertEqual(self._get(self.surprise), (2, 0, 1, 1))
        back.undone_reason = "Came back"
        back.action_return()
        self.assertEqual(self._get(self.surprise), (2, 0, 0, 2))

    def test_given_on_another_day_of_another_year(self):
        self._give_tier(
            self.account_a, "platinum", date(2027, 1, 1), date(2027, 12, 31)
        )
        gift = self._promise(benefit_id=self.surprise.id, date="2026-12-30")
        first = gift.booking_id
        with freeze_time("2027-01-04"):
            self._give(gift)
            self.assertEqual(first.state, "cancelled")
            self.assertEqual(gift.booking_id.year, 2027)
        self.assertEqual(self._get_entitlement(self.surprise, year=2027), (2, 0, 1, 1))

    def test_other_benefits_are_not_given_as_gifts(self):
        for benefit in (self.fast_track, self.doctor):
            with self.assertRaisesRegex(ValidationError, "isn't given as a gift"):
                self._draw_up_list(self._prepare_gift(benefit_id=benefit.id))

    def test_coupons_by_their_code(self):
        coupon = self._create_benefit("coupon", form="coupon", platinum=2)
        booking = self._book(
            coupon,
            coupon_code="MOON-1",
            contact_id=False,
            account_id=self.account_a.id,
        )

        def redeem(code, user=self.manager):
            dialogs = self.env["club.coupon.redeem"].with_user(user)
            dialogs = dialogs.with_context(allowed_company_ids=self.company.ids)
            return dialogs.create({"code": code}).action_redeem()

        for code in ("MOON", "MOON-%", "moon-1", " "):
            with (
                self.subTest(code=code),
                self.assertRaisesRegex(UserError, "No coupon"),
            ):
                redeem(code)
        self.assertEqual(redeem(" MOON-1 ")["res_id"], booking.id)
        self.assertEqual(booking.state, "used")
        self.assertEqual(self._get(coupon), (2, 0, 1, 1))
        with self.assertRaisesRegex(UserError, "was redeemed on"):
            redeem("MOON-1")

    def test_nothing_is_given_out_of_a_year_that_is_over(self):
        """What was left of its quota buys nothing in the next one."""
        coupon = self._create_benefit("coupon", form="coupon", platinum=2)
        with freeze_time("2027-01-05"):
            for benefit in (coupon, self.birthday):
                with self.assertRaisesRegex(UserError, "a year that is over"):
                    self._book(
                        benefit, day=date(2026, 12, 30), coupon_code=benefit.code
                    )

    def test_a_gift_of_december_is_recorded_in_january(self):
        with freeze_time("2026-12-20"):
            gift = self._promise(
                contact_id=self.person_a.id,
                benefit_id=self.birthday.id,
                date="2026-12-31",
            )
        with freeze_time("2027-01-05"):
            self._give(gift, given_on="2026-12-30")
        self.assertEqual(gift.booking_id.service_date, date(2026, 12, 30))

    def test_no_coupon_for_who_is_given_nothing(self):
        coupon = self._create_benefit("coupon", form="coupon", platinum=2)
        given = self._book(coupon, coupon_code="MOON-7")
        self._classify(self.account_a, 0)
        with self.assertRaisesRegex(UserError, "given nothing"):
            self._book(coupon, coupon_code="MOON-8")
        with self.assertRaisesRegex(UserError, "given nothing"):
            given.action_use()

    def test_a_coupon_of_somebody_elses_account(self):
        coupon = self._create_benefit("coupon", form="coupon", gold=2)
        self._book(
            coupon, self.person_b, coupon_code="MOON-2", account_id=self.account_b.id
        )
        dialogs = self.env["club.coupon.redeem"].with_user(self.manager)
        with self.assertRaisesRegex(UserError, "No coupon of an account of yours"):
            dialogs.create({"code": "MOON-2"}).action_redeem()

    def test_a_coupon_that_was_not_given_out(self):
        coupon = self._create_benefit("coupon", form="coupon", platinum=2)
        self._draw_up(
            coupon,
            coupon_code="MOON-3",
            contact_id=False,
            account_id=self.account_a.id,
        )
        with self.assertRaisesRegex(UserError, "is in the state “Draft”"):
            self.env["club.benefit.booking"].with_user(self.officer)._redeem("MOON-3")


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestGiftGreeting(GiftMixin, GreetingFixture, TransactionCase):
    """Rule D17: a list for those who are greeted."""

    def _join(self):
        """Let Anchor Mills be a member; return its tier."""
        gold = self.membership.tier_ids.filtered(lambda tier: tier.code == "gold")
        self.env["club.membership"]._insert(
            self.program,
            [
                {
                    "account_id": self.account_a.id,
                    "group_id": self.membership.id,
                    "tier_id": gold.id,
                    "date_from": TODAY,
                    "date_to": date(2026, 12, 31),
                    "origin": "opening",
                }
            ],
        )
        return gold

    def _make(self, greeting, user=None):
        found = greeting.with_user(user or self.officer)
        action = found.action_make_gift_list()
        return self.env["club.gift.list"].browse(action["res_id"])

    def test_a_gift_for_each_who_is_greeted(self):
        greeting = self._prepare()
        lines = greeting.line_ids.filtered(lambda line: line.state != "left_out")
        found = self._make(greeting)
        self.assertTrue(found.gift_ids)
        self.assertEqual(found.gift_ids.contact_id, lines.contact_id)
        self.assertEqual(found.purpose, "Feast")
        self.assertEqual(found.greeting_id, greeting)
        with self.assertRaisesRegex(UserError, "is left without a gift"):
            self._make(greeting)

    def test_a_manager_puts_down_his_own(self):
        """Of head office's greeting; head office then puts down the others."""
        greeting = self._prepare()
        mine = self._make(greeting, self.manager)
        self.assertEqual(mine.user_id, self.manager)
        self.assertEqual(mine.gift_ids.account_id, self.account_a)
        others = self._make(greeting)
        self.assertNotIn(self.account_a, others.gift_ids.account_id)

    def test_who_was_called_off_is_put_down_again(self):
        greeting = self._prepare()
        found = self._make(greeting)
        found.gift_ids.write({"item": "Tea", "value": 5, "value_source": "Invoice 7"})
        found.action_confirm()
        found.gift_ids[0].action_call_off()
        again = self._make(greeting)
        self.assertEqual(again.gift_ids.contact_id, found.gift_ids[0].contact_id)

    def test_from_the_duty_of_a_birthday(self):
        profile = self.env["club.contact.profile"].search(
            [("contact_id", "=", self.mailed.id)]
        )
        self._join()
        profile.write({"birthday_month": "04", "birthday_day": TODAY.day + 1})
        self.env["club.duty"]._refresh(self.account_a)
        duty = self.env["club.duty"].search(
            [("contact_id", "=", self.mailed.id), ("kind", "=", "birthday")]
        )
        action = duty.with_user(self.manager).action_make_gift_list()
        context = {**action["context"], "allowed_company_ids": self.company.ids}
        lists = self.env["club.gift.list"].with_user(self.manager)
        form = Form(lists.with_context(**context))
        found = form.save()
        self.assertEqual(found.gift_ids.contact_id, self.mailed)
        self.assertEqual(found.gift_ids.account_id, self.account_a)

    def test_of_birthdays_it_is_the_gift_that_is_owed(self):
        gold = self._join()
        benefit = self.env["club.benefit"].create(
            {
                "name": "Birthday gift",
                "code": "birthday_test",
                "form": "birthday",
                "company_id": self.company.id,
                "quota_ids": [Command.create({"tier_id": gold.id, "times": 1})],
            }
        )
        self.env["club.benefit"].search(
            [
                ("form", "=", "birthday"),
                ("company_id", "=", self.company.id),
                ("id", "!=", benefit.id),
            ]
        ).active = False
        greeting = self._prepare()
        lines = greeting.line_ids.filtered(
            lambda line: line.account_id == self.account_a and line.contact_id
        )
        self.assertGreater(len(lines), 1)
        self.env.cr.execute(
            "UPDATE club_occasion SET kind = 'birthday' WHERE id = %s",
            [greeting.occasion_id.id],
        )
        self.env.invalidate_all()
        owed = greeting._get_birthday_benefits(lines, TODAY)
        self.assertEqual(list(owed.values()), [benefit.id], "one is owed, to the first")
