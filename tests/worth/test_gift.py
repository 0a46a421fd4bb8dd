from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .gift_case import GiftCase
from .reward_case import SIGNATURE


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestGift(GiftCase):
    """Rule D17: gifts are promised by list, and given against a receipt."""

    def test_promised_and_given_in_person(self):
        gift = self._promise(item="Tea", user=self.manager)
        self.assertEqual(gift.state, "confirmed")
        with self.assertRaisesRegex(UserError, "enter who took it over"):
            gift.action_give()
        self._give(gift, receipt_signature=SIGNATURE)
        self.assertRecordValues(
            gift,
            [
                {
                    "state": "given",
                    "given_on": TODAY,
                    "given_by_id": self.manager.id,
                    "recorded_by_id": self.manager.id,
                    "year": 2026,
                }
            ],
        )

    def test_sent_against_a_number_or_a_paper(self):
        gift = self._promise(way="sent")
        gift.received_by = "Ms Lin"
        with self.assertRaisesRegex(UserError, "tracking number"):
            gift.action_give()
        gift.tracking_no = "EB 1"
        gift.action_give()
        other = self._promise(way="sent")
        other.receipt_file = SIGNATURE
        other.action_give()
        self.assertEqual((gift | other).mapped("state"), ["given"] * 2)

    def test_what_was_given_stays(self):
        gift = self._give(self._promise())
        for values in (
            {"value": 1},
            {"account_id": self.account_b.id},
            {"contact_id": self.person_a.id},
            {"given_on": "2026-01-01"},
            {"date": "2025-01-01"},
            {"received_by": "Mr Wu"},
            {"receipt_signature": False},
            {"way": "sent"},
            {"list_id": self._draw_up_list().id},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                gift.write(values)
        with self.assertRaises(UserError):
            gift.unlink()
        with self.assertRaises(UserError):
            gift.list_id.unlink()

    def test_undone_with_a_reason_only(self):
        gift = self._give(self._promise())
        with self.assertRaisesRegex(UserError, "say why"):
            gift.action_return()
        gift.undone_reason = "Not allowed to take it"
        gift.action_return()
        self.assertRecordValues(
            gift,
            [
                {
                    "state": "returned",
                    "undone_on": TODAY,
                    "undone_by_id": self.officer.id,
                }
            ],
        )
        with self.assertRaises(UserError):
            gift.undone_reason = "Another one"
        with self.assertRaises(UserError):
            gift.action_give()
        other = self._promise(400)
        other.undone_reason = "Sent back at the door"
        other.action_refuse()
        self.assertEqual(other.state, "not_accepted")

    def test_a_manager_takes_nothing_back(self):
        """What came back may be given again: a lead says that it did."""
        gift = self._give(self._promise(user=self.manager))
        gift.undone_reason = "Came back"
        with self.assertRaisesRegex(AccessError, "unit's lead"):
            gift.action_return()
        gift.with_user(self.lead).action_return()
        self.assertEqual(gift.state, "returned")

    def test_a_list_that_is_confirmed_stays(self):
        gift = self._promise()
        found = gift.list_id
        values = {"list_id": found.id, **self._prepare_gift()}
        with self.assertRaisesRegex(UserError, "draw up another list"):
            gift.create(values)
        draft = self._draw_up_list(self._prepare_gift())
        with self.assertRaisesRegex(UserError, "draw up another list"):
            draft.gift_ids.list_id = found
        for values in ({"purpose": "Else"}, {"date": TODAY}, {"company_id": 1}):
            with self.subTest(values=values), self.assertRaises(UserError):
                found.write(values)

    def test_closing_calls_off_what_was_not_given(self):
        found = self._draw_up_list(self._prepare_gift(), self._prepare_gift())
        found.action_confirm()
        given, left = found.gift_ids
        self._give(given)
        found.action_close()
        self.assertEqual((given | left).mapped("state"), ["given", "called_off"])
        with self.assertRaises(UserError):
            found.note = "Else"
        self._promise(400)  # what was called off counts no more

    def test_what_a_gift_needs(self):
        for values, told in (
            ({"item": False}, "say what it is"),
            ({"item": "…"}, "say what it is"),
            ({"value": 0}, "enter what it is worth"),
            ({"value_source": False}, "name the invoice"),
            ({"value_source": " - "}, "name the invoice"),
            ({"date": "2025-12-31"}, "a year that is over"),
        ):
            found = self._draw_up_list(self._prepare_gift(**values))
            with self.subTest(values=values), self.assertRaisesRegex(UserError, told):
                found.action_confirm()
        with self.assertRaisesRegex(UserError, "has no gifts"):
            self._draw_up_list().action_confirm()

    def test_from_the_catalogue(self):
        """It is worth what the catalogue says, and its pieces leave the stock."""
        reward = self._create_reward(stock=3, cost=60, is_cash_like=True)
        gift = self._promise(reward_id=reward.id, quantity=2, value=1, item="Stone")
        self.assertRecordValues(
            gift, [{"value": 120, "item": False, "is_cash_like": True}]
        )
        self.assertRecordValues(reward, [{"reserved": 2, "delivered": 0, "stock": 1}])
        with self.assertRaisesRegex(UserError, "there are 1 in stock"):
            self._promise(reward_id=reward.id, quantity=2)
        self._give(gift)
        self.assertRecordValues(reward, [{"reserved": 0, "delivered": 2, "stock": 1}])
        gift.undone_reason = "Came back"
        gift.action_return()
        self.assertEqual(reward.stock, 3)

    def test_two_gifts_of_a_list_see_each_other_in_stock(self):
        reward = self._create_reward(stock=1, cost=60)
        found = self._draw_up_list(
            *[self._prepare_gift(reward_id=reward.id) for _number in range(2)]
        )
        with self.assertRaisesRegex(UserError, "there are 1 in stock, and 2"):
            found.action_confirm()

    def test_the_cost_of_the_moment_in_which_it_is_promised(self):
        reward = self._create_reward(stock=9, cost=0)
        found = self._draw_up_list(self._prepare_gift(reward_id=reward.id))
        with self.assertRaisesRegex(UserError, "what a piece costs"):
            found.action_confirm()
        reward.cost = 501
        with self.assertRaisesRegex(UserError, "500.00 in 2026 at most"):
            found.action_confirm()
        reward.cost = 500
        found.action_confirm()
        reward.cost = 9
        self.assertEqual(found.gift_ids.value, 500)

    def test_a_deduction_is_no_gift(self):
        reward = self._create_reward(kind="deduction", amount=20)
        with self.assertRaisesRegex(ValidationError, "is no gift"):
            self._draw_up_list(self._prepare_gift(reward_id=reward.id))

    def test_for_one_of_the_accounts_people(self):
        with self.assertRaisesRegex(ValidationError, "isn't a contact of"):
            self._draw_up_list(self._prepare_gift(contact_id=self.person_b.id))
        gift = self._promise(contact_id=self.person_a.id)
        self.person_a.parent_id = self.account_b
        gift.received_by = "Li Ming"
        with self.assertRaisesRegex(ValidationError, "isn't a contact of"):
            gift.action_give()

    def test_owed_by_the_accounts_manager_from_a_week_before(self):
        gift = self._promise(date=TODAY + timedelta(10))
        self.env.flush_all()
        rows = self.env["club.today"].with_user(self.manager)
        rows = rows.with_context(allowed_company_ids=self.company.ids)
        domain = [("res_model", "=", "club.gift"), ("res_id", "=", gift.id)]
        self.assertFalse(rows.search(domain))
        with freeze_time(TODAY + timedelta(3)):
            found = rows.search(domain)
            self.assertEqual(found.user_id, self.manager)
            self.assertIn("Mid-Autumn", found.name)
            self._give(gift)
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertFalse(rows.search(domain))

    def test_what_it_cost(self):
        """Rule B8: what was given, on its day; nothing of what came back."""
        promised, given, back = (self._promise(100) for _number in range(3))
        self._give(given, given_on="2026-03-31")
        self._give(back)
        back.undone_reason = "Came back"
        back.action_return()
        self.env.flush_all()
        costs = self.env["club.account.cost"].search(
            [("account_id", "=", self.account_a.id), ("kind", "=", "gift")]
        )
        self.assertRecordValues(
            costs, [{"res_id": given.id, "date": date(2026, 3, 31), "amount": 100}]
        )

    def test_gifts_and_orders_of_merged_accounts_are_of_the_one_that_stays(self):
        self._promise(100)
        double = self._create_account("Anchor Mill", club_unit_id=self.unit.id)
        self._add_revenue(double, 1_000)
        self._post_run()
        gift = self._promise(200, account=double)
        order = self._order(self._create_reward(stock=1), account=double)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.account_a | double).ids, self.account_a
        )
        self.env.invalidate_all()
        self.assertEqual(gift.account_id, self.account_a)
        self.assertEqual(order.account_id, self.account_a)
        self.assertEqual(self.account_a.club_gift_given, 300)
        with self.assertRaisesRegex(UserError, "500"):
            self._promise(200.01)

    def test_what_a_person_signed_goes_with_him(self):
        """Rule A8: what was given stays, not who took it over."""
        his = self._promise(contact_id=self.person_a.id)
        self._give(his, receipt_signature=SIGNATURE, received_by="Mr Li Ming")
        other = self._give(self._promise(), receipt_signature=SIGNATURE)
        self.env["club.contact.anonymise"].with_user(self.officer).create(
            {
                "contact_id": self.person_a.id,
                "reference": "R-1",
                "is_understood": True,
            }
        ).action_anonymise()
        self.env.invalidate_all()
        self.assertFalse(his.receipt_signature)
        self.assertNotIn("Li Ming", his.received_by)
        self.assertEqual(his.value, 100)
        self.assertTrue(other.receipt_signature)

    # === Who === #

    def test_others_lists_are_read_only(self):
        """Rule E2: who hands over isn't who draws up."""
        found = self._draw_up_list(self._prepare_gift())
        as_manager = found.with_user(self.manager)
        self.assertTrue(as_manager.purpose)
        with self.assertRaises(AccessError):
            as_manager.action_confirm()
        with self.assertRaises(AccessError):
            as_manager.gift_ids.value = 1
        with self.assertRaises(AccessError):
            as_manager.gift_ids.unlink()
        with self.assertRaises(AccessError):
            as_manager.gift_ids.create({"list_id": found.id, **self._prepare_gift()})
        found.action_confirm()
        self._give(found.gift_ids.with_user(self.manager))
        self.assertEqual(found.gift_ids.given_by_id, self.manager)

    def test_for_others_accounts(self):
        with self.assertRaises(AccessError):
            self._draw_up_list(
                self._prepare_gift(account=self.account_b), user=self.manager
            )
        theirs = self._promise(account=self.account_b)
        with self.assertRaises(AccessError):
            theirs.with_user(self.manager).action_give()

    def test_an_account_that_went_to_somebody_else(self):
        found = self._draw_up_list(self._prepare_gift(), user=self.manager)
        self.account_a.club_manager_id = self.lead
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            found.action_confirm()
        self.assertEqual(found.sudo().gift_ids.state, "draft")

    def test_a_manager_moves_no_account_away_from_its_gifts(self):
        """What it was given would no longer count against it."""
        self._give(self._promise())
        creator = self.env.ref("base.group_partner_manager")
        self.manager.group_ids = [Command.link(creator.id)]
        account = self.account_a.with_user(self.manager)
        with self.assertRaises(AccessError):
            account.write({"parent_id": self.account_b.id, "is_company": False})
