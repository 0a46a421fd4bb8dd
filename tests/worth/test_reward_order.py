from contextlib import suppress
from datetime import timedelta

from lxml import etree
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from ..common import TODAY
from ..points.redemption_case import EARLY, LATE
from .reward_case import SIGNATURE, RewardCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRewardOrder(RewardCase):
    """Rule B13: an order holds points and pieces, and is delivered or cancelled."""

    # === Ordering === #

    def test_an_order_holds_points_and_pieces(self):
        order = self._order(self.reward, 3)
        self.assertRecordValues(
            order,
            [
                {
                    "state": "reserved",
                    "points": 300,
                    "cost": 180,
                    "reason": "Tea set × 3",
                    "is_to_sign": False,
                    "approval_state": "draft",
                }
            ],
        )
        self.assertRecordValues(
            self.reward, [{"received": 5, "reserved": 3, "delivered": 0, "stock": 2}]
        )
        self.assertEqual(self._get_available(), 1_100)

    def test_all_there_are_and_one_more(self):
        with self.assertRaisesRegex(UserError, "there are 5 in stock, and 6 are asked"):
            self._order(self.reward, 6)
        self._order(self.reward, 5)
        with self.assertRaisesRegex(UserError, "there are 0 in stock"):
            self._order(self.reward)

    def test_two_orders_in_one_call_see_each_other(self):
        both = self._draw_up_order(self.reward, 3) | self._draw_up_order(self.reward, 3)
        with self.assertRaisesRegex(UserError, "there are 2 in stock"):
            both.action_reserve()

    def test_services_are_not_counted(self):
        service = self._create_reward(kind="service", name="Driver")
        self.assertEqual(self._order(service, 10).state, "reserved")

    def test_more_than_the_account_has(self):
        dear = self._create_reward(1_400.01, 1, name="Vase")
        with self.assertRaisesRegex(UserError, "1,400.00 points to spend"):
            self._order(dear)

    def test_the_period(self):
        day = timedelta(1)
        for values, refused in (
            ({"date_from": TODAY}, None),
            ({"date_to": TODAY}, None),
            ({"date_from": TODAY + day}, f"from {TODAY + day}"),
            ({"date_to": TODAY - day}, f"until {TODAY - day}"),
        ):
            with self.subTest(values=values):
                reward = self._create_reward(1, 1, **values)
                if refused:
                    with self.assertRaisesRegex(UserError, refused):
                        self._order(reward)
                else:
                    self._order(reward)

    def test_the_tier(self):
        gold = self.membership.tier_ids.filtered(lambda tier: tier.code == "gold")
        reward = self._create_reward(1, 2, tier_ids=[Command.set(gold.ids)])
        with self.assertRaisesRegex(UserError, f"is for {gold.name}, and "):
            self._order(reward)
        self.env["club.membership"]._insert(
            self.program,
            [
                {
                    "account_id": self.account_a.id,
                    "group_id": gold.group_id.id,
                    "tier_id": gold.id,
                    "date_from": TODAY,
                    "date_to": TODAY,
                    "origin": "opening",
                    "outcome": "renewed",
                }
            ],
        )
        self.env.invalidate_all()
        self.assertEqual(self._order(reward).state, "reserved")

    def test_an_archived_reward(self):
        self.reward.active = False
        with self.assertRaisesRegex(UserError, "isn't in the catalogue any more"):
            self._order(self.reward)

    # === Deductions === #

    def test_deductions_are_off_by_default(self):
        reward = self._create_reward(kind="deduction", name="Postage", amount=20)
        with self.assertRaisesRegex(UserError, "gives no deductions"):
            self._order(reward)

    def test_a_deduction_costs_so_many_points_per_yuan(self):
        self.program.deduction_points = 12.5
        reward = self._create_reward(kind="deduction", name="Postage", amount=20)
        order = self._order(reward, 2)
        self.assertEqual((reward.price, order.points), (250, 500))
        self.program.deduction_points = 0
        with self.assertRaisesRegex(UserError, "gives no deductions"):
            self._order(reward)

    # === The price is that of the moment === #

    def test_the_price_is_fixed_when_it_is_reserved(self):
        draft = self._draw_up_order(self.reward)
        self.reward.price = 150
        order = self._order(self.reward)
        draft.action_reserve()
        self.assertEqual((draft.points, order.points), (150, 150))
        self.reward.price = 1
        self.assertEqual((draft.points, order.points), (150, 150))
        with self.assertRaises(UserError):
            order.points = 1

    def test_a_clients_price_counts_for_nothing(self):
        order = self._draw_up_order(self.reward, 2, points=1)
        self.assertEqual(order.points, 200)
        order.points = 5
        self.assertEqual(order.points, 200)
        order.quantity = 3
        self.assertEqual(order.points, 300)

    # === Signing === #

    def test_above_the_limit_it_is_signed_before_it_is_delivered(self):
        self.program.order_limit = 300
        below = self._order(self.reward, 3)
        self.assertEqual((below.is_to_sign, below.approval_state), (False, "draft"))
        self._receive(self.reward, 10)
        order = self._order(self.reward, 4, user=self.manager)
        self.assertEqual((order.is_to_sign, order.approval_state), (True, "waiting"))
        self.assertEqual(order.sudo().approval_request_id.document_type, "reward_order")
        with self.assertRaisesRegex(UserError, "is signed before it is delivered"):
            self._deliver(order)
        self._sign_all(order)
        self.assertEqual((order.state, order.approval_state), ("reserved", "approved"))
        delivered = self._deliver(order)
        self.assertRecordValues(
            delivered.with_user(self.officer),
            [
                {
                    "state": "debited",
                    "approval_state": "done",
                    "debited_by_id": self.lead.id,
                }
            ],
        )
        self.assertEqual(self._get_points(self.account_a), 1_000)

    def test_splitting_an_order_spares_no_signature(self):
        self.program.order_limit = 300
        service = self._create_reward(kind="service", name="Driver")
        first = self._order(service, 2, user=self.manager)
        exactly = self._order(service, 1, user=self.officer)
        self.assertFalse(first.is_to_sign or exactly.is_to_sign)
        cent = self._create_reward(0.01, 1, name="Card")
        above = self._order(cent, user=self.manager)
        self.assertRecordValues(
            above, [{"is_to_sign": True, "points_before": 300, "days_before": 30}]
        )
        request = above.sudo().approval_request_id
        self.assertEqual(request.amount_total, 300.01)
        self.assertEqual(
            request.subject,
            "Card × 1 (0.01 points, and 300.00 that the account ordered in the 30 days "
            "before)",
        )
        with self.assertRaisesRegex(UserError, "300.00 more were ordered in the 30 d"):
            self._deliver(above)

    def test_what_names_no_reward_is_signed_above_the_limit(self):
        self.program.order_limit = 300
        exactly = self._reserve(300)
        self.assertRecordValues(
            exactly, [{"is_to_sign": False, "approval_state": "draft", "cost": 0}]
        )
        exactly.action_cancel()
        above = self._reserve(300.01, user=self.manager)
        self.assertRecordValues(
            above, [{"is_to_sign": True, "approval_state": "waiting"}]
        )
        request = above.sudo().approval_request_id
        self.assertEqual((request.subject, request.amount_total), ("Tea set", 300.01))
        with self.assertRaisesRegex(UserError, "is signed before it is delivered"):
            above.with_user(self.lead).action_debit()
        self._sign_all(above)
        above.with_user(self.lead).action_debit()
        self.assertRecordValues(
            above.with_user(self.officer),
            [{"state": "debited", "approval_state": "done"}],
        )
        self.assertEqual(self._get_points(self.account_a), 1_099.99)

    def test_splitting_with_what_names_no_reward_spares_no_signature(self):
        self.program.order_limit = 300
        self._order(self.reward, 2)
        plain = self._reserve(100.01, user=self.manager)
        self.assertRecordValues(plain, [{"is_to_sign": True, "points_before": 200}])
        self._reserve(100)
        order = self._order(self.reward, 1, user=self.manager)
        self.assertRecordValues(order, [{"is_to_sign": True, "points_before": 400.01}])

    def test_what_names_no_reward_needs_a_second_one_too(self):
        self.program.order_needs_second = True
        own = self._reserve(10, user=self.lead)
        with self.assertRaisesRegex(UserError, "somebody else confirms"):
            own.action_debit()
        own.with_user(self.officer).action_debit()
        self.assertEqual(own.state, "debited")

    def test_what_was_cancelled_or_came_back_counts_no_more(self):
        self.program.order_limit = 300
        self._order(self.reward, 2).action_cancel()
        returned = self._deliver(self._order(self.reward, 3))
        returned.action_return()
        self.assertFalse(self._order(self.reward, 3).is_to_sign)
        self.assertTrue(self._order(self.reward).is_to_sign)

    def test_two_in_one_call_count_with_each_other(self):
        self.program.order_limit = 300
        both = self._draw_up_order(self.reward, 2) | self._draw_up_order(self.reward, 2)
        both.action_reserve()
        self.assertEqual(sorted(both.mapped("is_to_sign")), [False, True])

    def test_orders_of_two_accounts_are_two(self):
        self.program.order_limit = 300
        other = self._create_account("Belt Works", club_unit_id=self.unit.id)
        self._add_revenue(other, 50_000)
        self._post_run()
        self._order(self.reward, 3)
        order = self._order(self.reward, 1, account=other)
        self.assertRecordValues(order, [{"is_to_sign": False, "points_before": 0}])

    def test_the_window_is_the_policys(self):
        self.program.order_limit = 300
        policy = self.env["club.approval.policy"]._get_for("reward_order", self.company)
        policy.window_days = 7
        self._order(self.reward, 3)
        for days, is_to_sign in ((7, True), (8, False)):
            with self.subTest(days=days), freeze_time(TODAY + timedelta(days)):
                order = self._order(self.reward)
                self.assertEqual(order.is_to_sign, is_to_sign)
                order.action_cancel()

    def test_signed_orders_count_for_the_band(self):
        self.program.order_limit = 300
        self._order(self.reward, 4, user=self.manager)
        small = self._order(self.reward, 1, user=self.manager)
        self.assertRecordValues(small, [{"is_to_sign": False, "points_before": 400}])
        service = self._create_reward(kind="service", name="Driver")
        large = self._order(service, 3, user=self.manager)
        self.assertEqual(large.sudo().approval_request_id.amount_total, 800)

    def test_the_form_offers_no_delivery_while_it_is_being_signed(self):
        found = self.env["club.redemption"].get_view(
            self.env.ref("crm_club.club_redemption_view_form_order").id, "form"
        )
        [button] = etree.fromstring(found["arch"]).xpath("//*[@name='action_debit']")
        for state, is_to_sign, approval_state, is_hidden in (
            ("reserved", True, "waiting", True),
            ("reserved", True, "rejected", True),
            ("reserved", True, "approved", False),
            ("reserved", False, "draft", False),
            ("draft", False, "draft", True),
        ):
            values = {
                "state": state,
                "is_to_sign": is_to_sign,
                "approval_state": approval_state,
            }
            with self.subTest(**values):
                self.assertEqual(
                    bool(safe_eval(button.get("invisible"), values)), is_hidden
                )

    def test_cancelling_takes_it_from_who_is_to_sign(self):
        self.program.order_limit = 0
        order = self._order(self.reward, user=self.manager)
        order.action_cancel()
        self.assertEqual(
            (order.state, order.approval_state), ("cancelled", "withdrawn")
        )
        with self.assertRaisesRegex(UserError, "isn't signed"):
            order.action_submit()
        self.assertEqual(self.reward.stock, 5)

    def test_what_needs_no_signature_is_not_submitted(self):
        order = self._order(self.reward)
        with self.assertRaisesRegex(UserError, "isn't signed"):
            order.action_submit()
        with self.assertRaisesRegex(UserError, "isn't signed"):
            self._reserve(10).action_submit()

    # === Delivering === #

    def test_no_delivery_without_a_signature(self):
        order = self._order(self.reward)
        for values in (
            {},
            {"received_by": "Ms Lin"},
            {"received_by": " ", "receipt_signature": SIGNATURE},
        ):
            with self.subTest(values=values):
                order.write({"received_by": False, "receipt_signature": False} | values)
                with self.assertRaisesRegex(UserError, "against a signature"):
                    order.action_debit()
        with self.assertRaisesRegex(UserError, "a day to come"):
            order.received_on = TODAY + timedelta(1)
            self._deliver(order)
        order.received_on = False
        delivered = self._deliver(order)
        self.assertEqual(delivered.received_on, TODAY)
        self.assertRecordValues(
            self.reward, [{"received": 5, "reserved": 0, "delivered": 1, "stock": 4}]
        )
        for values in ({"received_by": "X"}, {"receipt_signature": False}):
            with self.assertRaisesRegex(UserError, "waits to be delivered"):
                delivered.write(values)

    def test_who_delivers(self):
        order = self._order(self.reward, user=self.manager)
        with self.assertRaisesRegex(AccessError, "unit's lead"):
            self._deliver(order, self.manager)
        self.program.order_needs_second = True
        own = self._order(self.reward, user=self.lead)
        with self.assertRaisesRegex(UserError, "somebody else confirms"):
            self._deliver(own, self.lead)
        self.assertEqual(self._deliver(own, self.officer).state, "debited")
        self.assertEqual(self._deliver(order, self.lead).state, "debited")

    def test_what_was_signed_before_the_order_counts_for_nothing(self):
        order = self._draw_up_order(
            self.reward, received_by="X", receipt_signature=SIGNATURE
        )
        order.action_reserve()
        self.assertFalse(order.received_by or order.receipt_signature)

    def test_returned_points_keep_their_old_expiry_and_pieces_come_back(self):
        self._receive(self.reward, 10)
        order = self._deliver(self._order(self.reward, 12))
        self.assertEqual(self._get_lots(), {LATE: 200})
        order.action_return(300)
        self.assertEqual(self._get_lots(), {EARLY: 100, LATE: 400})
        self.assertRecordValues(self.reward, [{"delivered": 9, "stock": 6}])
        order.action_return()
        self.assertEqual(self._get_lots(), {EARLY: 1_000, LATE: 400})
        self.assertEqual(self.reward.stock, 15)

    def test_pieces_come_back_whole(self):
        order = self._deliver(self._order(self.reward, 3))
        for points in (50, 100.01, 299.99):
            with self.subTest(points=points):
                with self.assertRaisesRegex(UserError, "pieces of 100.00 points"):
                    order.action_return(points)
                order.points_to_return = points
                with self.assertRaisesRegex(UserError, "pieces of 100.00 points"):
                    order.action_return_part()
        order.action_return(100)
        self.assertEqual(self.reward.stock, 3)
        order.action_return(200)
        self.assertEqual((order.state, self.reward.stock), ("returned", 5))
        service = self._create_reward(kind="service", name="Driver")
        driven = self._deliver(self._order(service))
        driven.action_return(50)
        self.assertEqual(driven.points_returned, 50)

    # === People === #

    def test_a_persons_signature_goes_with_the_person(self):
        person, other = self.env["res.partner"].create(
            [
                {"name": name, "parent_id": self.account_a.id}
                for name in ("Lin Mei", "Lin Meiyu")
            ]
        )
        orders = {}
        for name in ("Ms Lin Mei, porter", "Lin Meiyu"):
            orders[name] = self._order(self.reward)
            orders[name].write({"received_by": name, "receipt_signature": SIGNATURE})
        orders["Ms Lin Mei, porter"].with_user(self.lead).action_debit()
        his, hers = orders.values()
        self.env["club.contact.anonymise"].with_user(self.officer).create(
            {
                "contact_id": person.id,
                "reference": "R-1",
                "is_understood": True,
            }
        ).action_anonymise()
        self.env.invalidate_all()
        self.assertFalse(his.receipt_signature)
        self.assertEqual(his.received_by, f"Ms Anonymised contact {person.id}, porter")
        self.assertTrue(hers.receipt_signature)
        self.assertEqual(hers.received_by, other.name)
        # Whose number begins with the other one's is somebody else.
        self.env.cr.execute(
            "UPDATE club_redemption SET received_by = %s WHERE id = %s",
            [f"Anonymised contact {person.id}7", hers.id],
        )
        self.env["club.redemption"]._forget_persons(person.ids)
        self.assertTrue(hers.receipt_signature)

    # === Receipts and stock === #

    def test_receipts_stay_and_never_take_what_is_ordered(self):
        receipts = self.env["club.reward.receipt"].with_user(self.officer)
        self._order(self.reward, 4)
        with self.assertRaisesRegex(UserError, "there are -1 in stock"):
            receipts.create(
                {
                    "reward_id": self.reward.id,
                    "quantity": -2,
                    "document": "Count",
                    "note": "Broken",
                }
            )
        self.env.invalidate_all()
        with self.assertRaisesRegex(ValidationError, "Say in the note why"):
            receipts.create(
                {"reward_id": self.reward.id, "quantity": -1, "document": "Count"}
            )
        receipt = self.reward.receipt_ids.with_user(self.officer)
        for act in (lambda: receipt.write({"quantity": 900}), receipt.unlink):
            with self.assertRaisesRegex(UserError, "stays as it was entered"):
                act()
        with self.assertRaisesRegex(ValidationError, "a day to come"):
            self._receive(self.reward, 1, date=TODAY + timedelta(1))

    # === The catalogue === #

    def test_can_afford_goes_by_the_account_one_came_from(self):
        self._create_reward(1_400, 1, name="Exactly")
        self._create_reward(1_400.01, 1, name="A cent more")
        action = self.account_a.with_user(self.manager).action_open_club_rewards()
        rewards = (
            self.env["club.reward"]
            .with_user(self.manager)
            .with_context(default_account_id=action["context"]["default_account_id"])
        )
        own = ("program_id", "=", self.program.id)
        found = rewards.search([own, ("can_afford", "=", True)])
        self.assertEqual(set(found.mapped("name")), {"Tea set", "Exactly"})
        self.assertEqual(
            {reward.name: reward.can_afford for reward in rewards.search([own])},
            {"Tea set": True, "Exactly": True, "A cent more": False},
        )
        nobody = rewards.with_context(default_account_id=None)
        self.assertFalse(nobody.search([own, ("can_afford", "=", True)]))
        order = found[:1].action_order()
        self.assertEqual(order["context"]["default_account_id"], self.account_a.id)

    def test_in_stock(self):
        own = ("program_id", "=", self.program.id)
        self._create_reward(name="None left")
        found = self.env["club.reward"].search([own, ("stock", ">", 0)])
        self.assertEqual(found, self.reward)
        five = self.env["club.reward"].search([own, ("stock", "=", 5)])
        self.assertEqual(five, self.reward)

    def test_kind_and_program_stay_once_it_was_received(self):
        for values in ({"kind": "service"}, {"program_id": self.program.id}):
            with self.assertRaisesRegex(UserError, "keeps its kind and program"):
                self.reward.write(values)
        self._create_reward(name="New").kind = "service"

    # === Papers === #

    def test_picking_list_and_delivery_note(self):
        order = self._order(self.reward, 2)
        picking = self.env["report.crm_club.club_reward_picking"]
        (sheet,) = picking._get_papers(order | self._order(self.reward), {})
        self.assertEqual(sheet.totals, (("Tea set", 3),))
        for name in ("club_reward_picking", "club_reward_delivery"):
            html = self.env["ir.actions.report"]._render_qweb_html(
                f"crm_club.{name}", order.ids
            )[0]
            self.assertIn(order.name, html.decode())
        with self.assertRaisesRegex(UserError, "nothing to pick"):
            picking._get_papers(self._deliver(order), {})
        with self.assertRaisesRegex(UserError, "delivery note"):
            self.env["report.crm_club.club_reward_delivery"]._get_papers(
                self._debit(10), {}
            )


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRewardAttacks(RewardCase):
    """Rule B13: whatever the form forbids fails over RPC, too."""

    def test_no_less_than_a_piece(self):
        for quantity in (0, -1, 100_001):
            with (
                self.subTest(quantity=quantity),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self._draw_up_order(self.reward, quantity)
                self.env.flush_all()
            self.env.invalidate_all(flush=False)
        self.assertEqual(self._get_available(), 1_400)

    def test_what_follows_from_the_order_is_nobodys_to_write(self):
        order = self._order(self.reward)
        for values in (
            {"is_to_sign": False},
            {"cost": 0},
            {"points_before": 0},
            {"days_before": 0},
            {"lots": False},
            {"points_returned": 300},
            {"reserved_by_id": self.lead.id},
            {"state": "debited"},
            {"approval_state": "approved"},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                order.write(values)
        for values in ({"quantity": 2}, {"reward_id": False}, {"points": 1}):
            with self.subTest(values=values), self.assertRaises(UserError):
                order.write(values)

    def test_what_a_client_calls_it_hides_nothing_from_who_signs(self):
        self.program.order_limit = 0
        order = self._order(self.reward, user=self.manager, reason="Charity")
        self.assertEqual(
            order.sudo().approval_request_id.subject, "Tea set × 1: Charity"
        )

    def test_no_default_makes_an_order_that_is_signed(self):
        self.program.order_limit = 0
        order = (
            self.env["club.redemption"]
            .with_user(self.manager)
            .with_context(
                default_state="reserved",
                default_approval_state="approved",
                default_is_to_sign=False,
                default_reserved_on=TODAY,
            )
            .create(
                {
                    "program_id": self.program.id,
                    "account_id": self.account_a.id,
                    "reward_id": self.reward.id,
                }
            )
        )
        self.assertEqual((order.state, order.approval_state), ("draft", "draft"))
        order.action_reserve()
        self.assertEqual((order.is_to_sign, order.approval_state), (True, "waiting"))

    def test_what_changed_of_a_reward_is_in_the_log(self):
        gold = self.membership.tier_ids.filtered(lambda tier: tier.code == "gold")
        values = {"name": "Vase", "price": 7, "cost": 9, "tier_ids": gold.ids}
        self.reward.with_user(self.officer).with_context(tracking_disable=True).write(
            values
        )
        found = self.env["club.change"].search(
            [
                *(("res_model", "=", "club.reward"), ("kind", "=", "changed")),
                ("res_id", "=", self.reward.id),
            ]
        )
        self.assertEqual(set(found.mapped("field_name")), set(values))

    def test_a_signature_is_replaced_nowhere(self):
        """Neither past the order, nor once it was delivered or given back."""
        order = self._deliver(self._order(self.reward))
        file = self.env["ir.attachment"].search(
            [
                *(("res_model", "=", order._name), ("res_id", "=", order.id)),
                ("res_field", "=", "receipt_signature"),
            ]
        )
        before = file.raw
        for user in (self.manager, self.lead, self.officer):
            mine = file.with_user(user)
            for act in (
                lambda mine=mine: mine.write({"raw": b"x"}),
                lambda mine=mine: mine.write({"res_field": False}),
                lambda mine=mine: mine.write({"res_id": 0}),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.copy({"raw": b"x"}),
                lambda user=user: order.with_user(user).write(
                    {"receipt_signature": False}
                ),
            ):
                with (
                    self.subTest(user=user.login),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    act()
                    self.env.flush_all()
                self.env.invalidate_all(flush=False)
        order.action_return()
        with self.assertRaises(UserError):
            order.with_user(self.lead).write({"receipt_signature": False})
        self.assertEqual(file.exists().raw, before)

    def test_stock_is_nobodys_to_write(self):
        for user in (self.manager, self.officer):
            reward = self.reward.with_user(user)
            for values in ({"stock": 99}, {"received": 99}, {"delivered": -5}):
                with self.subTest(user=user.login, values=values):
                    with suppress(AccessError, UserError):
                        reward.write(values)
                    self.env.invalidate_all()
                    self.assertEqual(self.reward.stock, 5)
        with self.assertRaises(AccessError):
            self.reward.with_user(self.manager).price = 1
        with self.assertRaises(AccessError):
            self.env["club.reward.receipt"].with_user(self.manager).create(
                {"reward_id": self.reward.id, "quantity": 9, "document": "X"}
            )

    def test_an_order_for_anothers_account(self):
        other = self._create_account("Stranger", club_unit_id=self.other_unit.id)
        with self.assertRaises(AccessError):
            self._draw_up_order(self.reward, user=self.manager, account=other)

    def test_a_reward_of_another_company(self):
        other, program = self._create_other_program()
        foreign = (
            self.env["club.reward"]
            .with_company(other)
            .create({"name": "Foreign", "program_id": program.id, "price": 1})
        )
        with self.assertRaises(AccessError):
            self._draw_up_order(foreign, user=self.manager, program_id=self.program.id)
        rewards = self.env["club.reward"].with_user(self.officer)
        self.assertNotIn(foreign, rewards.search([]))

    def test_a_reward_of_another_program(self):
        second = self._create_program(self.company, name="Second")
        reward = self._create_reward(program_id=second.id)
        with self.assertRaisesRegex(UserError, "belongs to another program"):
            self._draw_up_order(reward, program_id=self.program.id)

    def test_prices_that_are_none(self):
        for values in ({"price": 0}, {"kind": "deduction", "amount": 0}):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._create_reward(**values)
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._create_reward(price=-1)
