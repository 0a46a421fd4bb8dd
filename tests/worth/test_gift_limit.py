from datetime import date

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .gift_case import GiftCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestGiftLimit(GiftCase):
    """Rule D17: what an account may be given in a year, by its class."""

    def _assert_refused(self, told, *args, **values):
        with self.assertRaisesRegex(UserError, told):
            self._promise(*args, **values)

    def test_below_at_and_above(self):
        self._promise(499.99)
        self._assert_refused(r"0\.01 are left", 0.02)
        self._promise(0.01)
        self._assert_refused(r"0\.00 are left", 0.01)

    def test_the_refusal_names_what_stands_against_it(self):
        first = self._promise(300, item="Vase")
        self._assert_refused(
            r"Class 500.*200\.00.* are left.*201\.00.*Vase \(" + first.list_id.name, 201
        )

    def test_two_gifts_of_one_list_count_together(self):
        found = self._draw_up_list(self._prepare_gift(300), self._prepare_gift(201))
        with self.assertRaisesRegex(UserError, "200.00"):
            found.action_confirm()
        self.assertEqual(found.gift_ids.mapped("state"), ["draft"] * 2)

    def test_two_lists_in_one_call_count_together(self):
        lists = self._draw_up_list(self._prepare_gift(300))
        lists |= self._draw_up_list(self._prepare_gift(201))
        with self.assertRaisesRegex(UserError, "200.00"):
            lists.action_confirm()

    def test_none_at_all(self):
        """Party, government and military bodies."""
        party = self.env.ref("crm_club.club_account_class_party_municipal")
        self.assertTrue(party.gift_is_limited)
        self.assertEqual(party.gift_limit, 0)
        self._classify(self.account_b, 0, account_class=party)
        self._assert_refused("is given nothing", 0.01, account=self.account_b)

    def test_without_a_limit(self):
        self._classify(self.account_b, None)
        self._promise(100_000, account=self.account_b)

    def test_of_two_classes_the_stricter_one(self):
        self._classify(self.account_a, 200)
        self._classify(self.account_a, None, "2020-01-02")
        self._assert_refused("Class 200.*200.00", 201)
        self._promise(200)

    def test_a_class_that_is_not_signed_does_not_count(self):
        given = self._classify(self.account_b, 0)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE club_account_classification SET approval_state = 'draft'"
            " WHERE id = %s",
            [given.id],
        )
        self.env.invalidate_all()
        self._promise(100, account=self.account_b)

    def test_a_class_that_ends_in_the_year(self):
        """The class of the day decides; what was given before it began counts."""
        self._classify(self.account_b, 0, "2026-01-01", "2026-06-30")
        self._assert_refused("given nothing", account=self.account_b, date="2026-06-30")
        self._promise(100, account=self.account_b, date="2026-07-01")
        with freeze_time("2026-07-02"):
            self._promise(100, account=self.account_b)
            # Who enters it afterwards is judged by the day on which it was.
            self._assert_refused(
                "given nothing", account=self.account_b, date="2026-06-30"
            )

    def test_nobody_goes_back_to_before_a_class_began(self):
        self._classify(self.account_b, 0, "2026-04-01")
        self._assert_refused("given nothing", account=self.account_b, date="2026-03-31")

    def test_asked_again_when_it_is_given(self):
        """The class may have changed since it was promised."""
        gift = self._promise(account=self.account_b)
        self._classify(self.account_b, 0, TODAY)
        gift.received_by = "Ms Lin"
        with self.assertRaisesRegex(UserError, "given nothing"):
            gift.action_give()
        self.assertEqual(gift.state, "confirmed")
        gift.action_call_off()

    def test_given_earlier_than_it_was_promised_for(self):
        """It counts in the year in which it was given."""
        gift = self._promise(300, date="2027-01-10")
        self._promise(300)
        gift.received_by = "Ms Lin"
        with self.assertRaisesRegex(UserError, "200.00"), self.cr.savepoint():
            gift.action_give()
        with freeze_time("2027-01-05"):
            self._give(gift)
        self.assertEqual(gift.year, 2027)

    def test_each_calendar_year(self):
        self._promise(500)
        self._assert_refused("2026", 1)
        self._promise(500, date="2027-01-01")
        self._assert_refused("2027", 1, date="2027-12-31")

    def test_not_moved_into_a_year_that_is_over(self):
        with freeze_time("2027-01-02"):
            gift = self._promise(300)
            gift.write({"received_by": "Ms Lin", "given_on": "2026-12-31"})
            with self.assertRaisesRegex(UserError, "a year before that"):
                gift.action_give()
            gift.given_on = "2027-01-03"
            with self.assertRaisesRegex(UserError, "a day to come"):
                gift.action_give()
            self.assertEqual(gift.year, 2027, "as it was promised, until it is given")
            gift.given_on = "2027-01-01"
            gift.action_give()

    def test_what_came_back_may_be_given_again(self):
        gift = self._give(self._promise(500))
        self._assert_refused("2026", 1)
        gift.undone_reason = "Against their rules"
        gift.action_return()
        self._promise(500)

    def test_each_company_counts_for_itself(self):
        other = self._create_club_company("Other Post")
        self._create_program(other)
        self.officer.company_ids |= other
        self._promise(500)
        found = self._draw_up_list(self._prepare_gift(500), company=other)
        found.action_confirm()
        self.assertEqual(found.gift_ids.company_id, other)
        self._classify(
            self.account_a, 500, company_id=other.id, account_class=self._share()
        )
        more = self._draw_up_list(self._prepare_gift(1), company=other)
        with self.assertRaisesRegex(UserError, "at most"):
            more.action_confirm()

    def _share(self):
        kept = self.limited.class_id
        kept.company_id = False
        return kept

    def test_who_is_put_under_another_company_takes_class_and_gifts_along(self):
        self._classify(self.account_b, 300)
        self._promise(200, account=self.account_b)
        holding = self.env["res.partner"].create({"name": "Ring", "is_company": True})
        self._promise(900, account=holding)
        self.account_b.write({"is_company": False, "parent_id": holding.id})
        self._assert_refused("Class 300.*Fruit basket", 1, account=holding)
        self._assert_refused(
            "Class 300", 1, account=holding, contact_id=self.account_b.id
        )
        holding = holding.with_user(self.officer)
        holding = holding.with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(holding.club_gift_limit, 300)
        self.assertEqual(holding.club_gift_given, 1_100)

    def test_one_person_lifts_no_limit_by_ending_a_class(self):
        """It was signed: what an officer lets end alone limits gifts until New Year."""
        given = self._classify(self.account_b, 0, "2026-01-01")
        given.with_user(self.officer).action_end()
        with freeze_time("2026-07-01"):
            self._assert_refused("given nothing", account=self.account_b)
            self.env.invalidate_all()
            account = self.account_b.with_user(self.officer)
            account = account.with_context(allowed_company_ids=self.company.ids)
            self.assertTrue(account.club_gift_is_limited)
        with freeze_time("2027-01-01"):
            self._promise(account=self.account_b)

    def test_one_that_had_not_begun_ends_with_its_first_day(self):
        given = self._classify(self.account_b, 0, "2026-05-01")
        given.with_user(self.officer).action_end()
        self._promise(account=self.account_b, date="2026-05-02")

    def test_what_decides_how_much_is_owed_and_allowed_is_in_the_log(self):
        """Whoever changes it for a moment is told from who never did."""
        admin = self._create_user("admin")
        kept = self.limited.class_id
        tier = self.tiers["gold"]
        floor = self.env["club.account.class.floor"].create(
            {"class_id": kept.id, "group_id": tier.group_id.id, "tier_id": tier.id}
        )
        quota = self.fast_track.quota_ids[0]
        for user, record, name, value in (
            (admin, kept, "gift_limit", 9_999),
            (admin, kept, "gift_is_limited", False),
            (admin, floor, "tier_id", self.tiers["platinum"].id),
            (self.officer, quota, "times", 99),
            (self.officer, self.fast_track, "no_show_counts", False),
        ):
            with self.subTest(name):
                record.with_user(user).write({name: value})
                found = self.env["club.change"].search(
                    [("res_model", "=", record._name)], limit=1
                )
                self.assertRecordValues(
                    found,
                    [
                        {
                            "res_id": record.id,
                            "field_name": name,
                            "kind": "changed",
                            "create_uid": user.id,
                        }
                    ],
                )

    def test_who_gave_it_does_not_say_that_it_came_back(self):
        self.program.order_needs_second = True
        gift = self._give(self._promise(500, user=self.lead))
        gift.undone_reason = "Against their rules"
        with self.assertRaisesRegex(UserError, "somebody else"):
            gift.action_return()
        gift.with_user(self.officer).action_return()
        self.assertEqual(gift.state, "returned")

    def test_points_buy_nothing_for_who_is_given_nothing(self):
        """A reward is no gift by another name; a deduction is no gift at all."""
        self._add_points(self.account_b)
        reward = self._create_reward(stock=5, cost=60, price=1)
        order = self._order(reward, account=self.account_b)
        self._classify(self.account_b, 0)
        with self.assertRaisesRegex(UserError, "given nothing"):
            self._order(reward, account=self.account_b)
        with self.assertRaisesRegex(UserError, "given nothing"):
            self._deliver(order, self.officer)
        plain = order.copy({"reward_id": False, "points": 1, "reason": "A kettle"})
        with self.assertRaisesRegex(UserError, "given nothing.*A kettle"):
            plain.action_reserve()
        self.program.deduction_points = 1
        deduction = self._create_reward(kind="deduction", amount=1)
        self.assertEqual(
            self._order(deduction, account=self.account_b).state, "reserved"
        )

    def _add_points(self, account):
        self._add_revenue(account, 60_000)
        self._post_run()

    def test_what_the_account_says(self):
        account = self.account_a.with_user(self.manager)
        account = account.with_context(allowed_company_ids=self.company.ids)
        self._give(self._promise(120), given_on="2026-03-01")
        self._promise(80)
        self.env.invalidate_all()
        self.assertRecordValues(
            account,
            [
                {
                    "club_last_gift_on": date(2026, 3, 1),
                    "club_gift_is_limited": True,
                    "club_gift_limit": 500,
                    "club_gift_given": 200,
                    "club_gift_left": 300,
                }
            ],
        )
        theirs = self.account_b.with_user(self.manager)
        self._give(self._promise(120, account=self.account_b))
        self.assertFalse(theirs.club_gift_given, "an account that he can't read")
        theirs = theirs.with_user(self.officer)
        self.assertEqual(theirs.club_gift_given, 120)
        self.assertFalse(theirs.club_gift_is_limited)

    def test_a_hundred_gifts_are_judged_with_as_many_queries_as_ten(self):
        def confirm(count):
            accounts = self._create_accounts(
                [f"{count} {number}" for number in range(count)]
            )
            found = self._draw_up_list(
                *[self._prepare_gift(account=account) for account in accounts]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            found.action_confirm()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        confirm(1)
        self.assertLess(confirm(40) - confirm(10), 10)
