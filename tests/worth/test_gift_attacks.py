from odoo.tests import freeze_time, tagged

from ..approval.rpc_case import RpcCase
from ..benefit.benefit_case import BenefitMixin
from ..common import TODAY
from .gift_case import GiftMixin


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestGiftAttacks(GiftMixin, BenefitMixin, RpcCase):
    """Rules D17, E2: what the form forbids fails from outside, too.

    The limit follows from value, quantity, account, day and state of gifts, from the
    cost of rewards, and from classes.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_benefits()
        cls.limited = cls._classify(cls.account_a, 500)
        cls.reward = cls._create_reward(stock=9, cost=60)

    def _write(self, record, **values):
        self._assert_refused(
            (self.manager, self.lead), record._name, "write", record.ids, vals=values
        )

    def test_what_was_promised_stays(self):
        gift = self._promise(300, user=self.manager)
        other = self._draw_up_list(user=self.manager)
        for values in (
            {"value": 1},
            {"quantity": 2},
            {"reward_id": self.reward.id},
            {"item": "Stone"},
            {"value_source": "Else"},
            {"is_cash_like": True},
            {"account_id": self.account_b.id},
            {"contact_id": self.person_a.id},
            {"date": "2027-01-01"},
            {"list_id": other.id},
            {"benefit_id": self.doctor.id},
            {"state": "draft"},
            {"year": 2020},
            {"company_id": self.env.ref("base.main_company").id},
            {"confirmed_on": "2020-01-01"},
            {"recorded_by_id": self.lead.id},
            {"booking_id": 1},
            {"undone_on": "2026-01-01"},
        ):
            self._write(gift, **values)
        for values in (
            {"state": "draft"},
            {"date": "2027-01-01"},
            {"confirmed_on": "2020-01-01"},
            {"company_id": self.env.ref("base.main_company").id},
            {"gift_ids": [(1, gift.id, {"value": 1})]},
            {"gift_ids": [(2, gift.id)]},
            {"gift_ids": [(5,)]},
            {"gift_ids": [(0, 0, self._prepare_gift(1))]},
        ):
            self._write(gift.list_id, **values)
        for record in (gift, gift.list_id):
            self._assert_refused(
                (self.manager, self.lead), record._name, "unlink", record.ids
            )

    def test_a_form_shows_no_budget_of_others(self):
        """The account's page shows it to who reads its costs, and no form more."""
        self._set_up_seats()
        sheet = self.env["club.budget"].create(
            {"program_id": self.program.id, "year": TODAY.year}
        )
        self.env["club.marketing.budget"].create(
            {
                "budget_id": sheet.id,
                "account_id": self.account_a.id,
                "granted": 700,
                "reason": "Anniversary",
            }
        )
        sheet._set_opening("Test")
        colleague = self._create_user("user", "colleague")
        for user, left in ((colleague, 0), (self.clerk, 0), (self.officer, 700)):
            answer = self._call_ok(
                user,
                "club.gift",
                "onchange",
                [],
                values={"account_id": self.account_a.id},
                field_names=["account_id"],
                fields_spec={"budget_left": {}},
            )
            self.assertEqual(answer["value"].get("budget_left", 0), left, user.login)

    def test_what_was_given_stays(self):
        gift = self._give(self._promise(300, user=self.manager))
        for values in (
            {"given_on": "2026-01-01"},
            {"given_by_id": self.lead.id},
            {"received_by": "Else"},
            {"receipt_signature": False},
            {"receipt_file": False},
            {"tracking_no": "1"},
            {"way": "sent"},
        ):
            self._write(gift, **values)
        for method in ("action_refuse", "action_call_off", "action_give"):
            self._assert_refused((self.manager,), gift._name, method, gift.ids)
        self._assert_refused((self.manager,), gift._name, "action_return", gift.ids)

    def test_none_is_born_given(self):
        found = self._draw_up_list(user=self.manager)
        for values in (
            {"state": "given"},
            {"year": 2020},
            {"confirmed_on": "2026-01-01"},
            {"booking_id": 1},
        ):
            self._assert_refused(
                (self.manager, self.lead),
                "club.gift",
                "create",
                vals_list=[{"list_id": found.id, **self._prepare_gift(), **values}],
            )
            nested = {**self._prepare_gift(), **values}
            self._assert_refused(
                (self.manager,),
                "club.gift.list",
                "create",
                vals_list=[{"purpose": "Feast", "gift_ids": [(0, 0, nested)]}],
            )

    def test_what_is_entered_of_the_receipt_before_does_not_count(self):
        """It is asked once it was promised."""
        found = self._draw_up_list(
            self._prepare_gift(given_on="2020-01-01", received_by="Else"),
            user=self.manager,
        )
        self._call_ok(self.manager, found._name, "action_confirm", found.ids)
        self.assertFalse(found.gift_ids.given_on)
        self.assertFalse(found.gift_ids.received_by)
        self.assertEqual(found.gift_ids.year, TODAY.year)

    def test_the_catalogue_says_what_it_is_worth(self):
        found = self._draw_up_list(
            self._prepare_gift(reward_id=self.reward.id, quantity=9),
            user=self.manager,
        )
        gift = found.gift_ids
        for values in ({"value": 1}, {"value": 1, "quantity": 9}, {"item": "Stone"}):
            self._call_ok(self.manager, gift._name, "write", gift.ids, vals=values)
            self.assertEqual(gift.value, 540)
            self.assertFalse(gift.item)
        self._assert_refused((self.manager,), found._name, "action_confirm", found.ids)
        self._assert_refused(
            (self.manager,), "club.reward", "write", self.reward.ids, vals={"cost": 1}
        )

    def test_classes_and_limits_are_not_his(self):
        for record, values in (
            (self.limited.class_id, {"gift_limit": 9_999}),
            (self.limited.class_id, {"gift_is_limited": False}),
            (self.limited, {"date_to": "2026-01-01"}),
            (self.limited, {"account_id": self.account_b.id}),
        ):
            self._write(record, **values)

    def test_who_ended_a_class_alone_lifts_no_limit(self):
        given = self._classify(self.account_b, 0, "2026-01-01")
        self._call_ok(self.officer, given._name, "action_end", given.ids)
        for values in (
            {"ended_on": False},
            {"ended_on": "2025-01-01"},
            {"date_to": "2025-12-31"},
            {"date_from": "2027-01-01"},
        ):
            self._assert_refused(
                (self.officer,), given._name, "write", given.ids, vals=values
            )
        self._assert_refused((self.officer,), given._name, "unlink", given.ids)
        with freeze_time("2026-06-01"):
            found = self._draw_up_list(self._prepare_gift(1, self.account_b))
            self._assert_refused(
                (self.officer,), found._name, "action_confirm", found.ids
            )

    def test_no_reward_for_who_is_given_nothing(self):
        for account in (self.account_a, self.account_b):
            self._add_revenue(account, 60_000)
        self._post_run()
        cheap = self._create_reward(price=1, stock=9, cost=60)
        self._classify(self.account_a, 0)
        order = self._draw_up_order(cheap, user=self.manager)
        self._assert_refused(
            (self.manager, self.officer), order._name, "action_reserve", order.ids
        )
        for values in ({"account_id": self.account_b.id}, {"state": "reserved"}):
            self._assert_refused(
                (self.manager,), order._name, "write", order.ids, vals=values
            )

    def test_a_copy_is_a_draft(self):
        gift = self._give(self._promise(300, user=self.manager))
        self._assert_refused(
            (self.manager,), gift._name, "copy", gift.ids, default={"value": 1}
        )
        copied = self._call_ok(
            self.manager, gift.list_id._name, "copy", gift.list_id.ids
        )
        found = self.env["club.gift.list"].browse(copied)
        self.assertEqual(found.state, "draft")
        self.assertFalse(found.gift_ids)

    def test_no_form_tells_an_accounts_figures(self):
        """Whoever fills in a form names any account; he learns of his own alone."""
        for account in (self.account_a, self.account_b):
            self._add_revenue(account, 60_000)
        sheet = self.env["club.budget"].create(
            {"year": TODAY.year, "program_id": self.program.id}
        )
        sheet.action_prepare()
        sheet.line_ids.write({"granted": 777, "reason": "As agreed"})
        sheet._set_opening("Test")
        for user, account, is_told in (
            (self.manager, self.account_b, False),
            (self.clerk, self.account_b, False),
            (self.finance, self.account_b, True),
            (self.manager, self.account_a, True),
        ):
            for model, name in (
                ("club.gift", "budget_left"),
                ("club.account.plan", "revenue"),
            ):
                with self.subTest(user=user.login, model=model):
                    told = self._call_ok(
                        user,
                        model,
                        "onchange",
                        [],
                        values={"account_id": account.id},
                        field_names=[],
                        fields_spec={"account_id": {}, name: {}},
                    )["value"]
                    self.assertEqual(bool(told[name]), is_told)

    def test_bad_numbers(self):
        found = self._draw_up_list(user=self.manager)
        for values in (
            {"value": -1},
            {"value": 1e12},
            {"value": "NaN"},
            {"quantity": 0},
            {"quantity": 100_001},
        ):
            self._assert_refused(
                (self.manager,),
                "club.gift",
                "create",
                vals_list=[{"list_id": found.id, **self._prepare_gift(), **values}],
            )
        for limit in (-1, 1e12):
            self._assert_refused(
                (self.officer,),
                "club.account.class",
                "write",
                self.limited.class_id.ids,
                vals={"gift_limit": limit},
            )
