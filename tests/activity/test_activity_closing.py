from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ...models.activity.cost_table import get_cost_rows
from ..common import TODAY
from ..invoicing_case import InvoicingCase
from .activity_case import ActivityCase, ActivityMixin


@tagged("post_install", "-at_install")
class TestActivityClosing(ActivityCase):
    """Costs, overspend, shares of units, closing. Rules C5, C6."""

    def _report(self, activity, reason="The bus"):
        activity.action_report_overspend(reason)
        return activity.overspend_ids[:1]

    def _close(self, activity):
        activity.summary = "Well"
        activity.action_close()

    # === What closing wants === #

    def test_closing_wants_a_held_activity_costs_and_a_summary(self):
        activity = self._approve(100)
        activity.summary = "Well"
        with self.assertRaisesRegex(UserError, "held first"):
            activity.action_close()
        activity = self._hold(100)
        with self.assertRaisesRegex(UserError, "write its summary"):
            activity.action_close()
        activity.summary = "<p><br></p>"
        with self.assertRaisesRegex(UserError, "write its summary"):
            activity.action_close()
        with self.assertRaisesRegex(UserError, "enter what it cost"):
            self._close(activity)
        activity.no_costs = True
        self._close(activity)
        self.assertRecordValues(
            activity,
            [{"stage": "closed", "cost_closed": 0, "closed_by_id": self.clerk.id}],
        )

    def test_that_it_cost_nothing_falls_with_the_first_cost(self):
        """Rule C5."""
        activity = self._hold(100)
        activity.no_costs = True
        self._spend(activity, 1)
        self.assertFalse(activity.no_costs)
        with self.assertRaises(ValidationError):
            activity.no_costs = True
        self._close(activity)
        self.assertEqual(activity.cost_closed, 1)

    def test_that_it_cost_nothing_isn_t_said_along_with_costs(self):
        """Rule C5."""
        activity = self._hold(100)
        with self.assertRaises(ValidationError):
            activity.write(
                {
                    "no_costs": True,
                    "expense_ids": [Command.create({"name": "x", "amount": 1})],
                }
            )

    def test_what_is_closed_stays(self):
        activity = self._hold(100)
        expense = self._spend(activity, 90)
        point = self.env["club.activity.programme"].create(
            {"activity_id": activity.id, "name": "Bus"}
        )
        self._close(activity)
        for record, values in (
            (expense, {"amount": 1}),
            (point, {"name": "Car"}),
            (activity, {"summary": "Badly"}),
            (activity, {"no_costs": True}),
            (activity, {"photo_ids": [Command.clear()]}),
            (activity, {"user_id": self.lead.id}),
            (activity, {"confirm_until": "2026-05-01"}),
            (activity, {"survey_id": False}),
            (activity, {"programme_ids": [Command.clear()]}),
            (activity, {"briefing_ids": [Command.clear()]}),
            (activity, {"seat_ids": [Command.clear()]}),
            (activity, {"invitation_ids": [Command.clear()]}),
            (activity, {"expense_ids": [Command.create({"name": "x", "amount": 1})]}),
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(UserError, "stays as it was"),
            ):
                record.write(values)
        for record in (expense, point):
            with self.assertRaisesRegex(UserError, "stays as it was"):
                record.unlink()
        open_one = self._hold(100)
        moved = self._spend(open_one, 5)
        with self.assertRaisesRegex(UserError, "stays as it was"):
            moved.activity_id = activity
        activity.message_post(body=activity.name)

    def test_who_may_not_write_closes_nothing(self):
        activity = self._hold(100)
        self._spend(activity, 100)
        activity.summary = "Well"
        for user in (self.manager, self.lead, self.finance):
            with self.assertRaises(AccessError):
                activity.with_user(user).action_close()
        with self.assertRaises(AccessError):
            self.env["club.activity.expense"].with_user(self.manager).create(
                {"activity_id": activity.id, "name": "x", "amount": 1}
            )
        activity.with_user(self.officer).action_close()

    # === Overspend === #

    def test_at_the_share_it_closes_above_it_goes_back(self):
        """10 % by default: 1,100 of 1,000 closes, a cent more doesn't."""
        for spent, over in ((1_099.99, False), (1_100, False), (1_100.01, True)):
            with self.subTest(spent):
                activity = self._hold(1_000)
                self._spend(activity, spent)
                self.assertEqual(activity.is_overspent, over)
                if over:
                    with self.assertRaisesRegex(UserError, "cost more than it may"):
                        self._close(activity)
                else:
                    self._close(activity)
                    with self.assertRaises(UserError):
                        self._report(activity)

    def test_share_is_the_programs_to_set(self):
        self.program.overspend_share = 0
        activity = self._hold(1_000)
        expense = self._spend(activity, 1_000)
        self.assertFalse(activity.is_overspent)
        expense.amount = 1_000.01
        activity.invalidate_recordset()
        self.assertTrue(activity.is_overspent)

    def test_overspend_is_signed_by_the_band_of_what_it_cost(self):
        activity = self._hold(9_000)
        self._spend(activity, 10_000.01)
        overspend = self._report(activity)
        self.assertRecordValues(
            overspend,
            [{"estimate": 9_000, "amount": 10_000.01, "approval_state": "waiting"}],
        )
        with self.assertRaisesRegex(UserError, "cost more than it may"):
            self._close(activity)
        self._sign(overspend, "unit", "key_accounts")
        self.assertEqual(overspend.approval_state, "waiting")
        self._sign(overspend, "office")
        self.assertEqual(overspend.approval_state, "done")
        self._close(activity)
        self.assertEqual(activity.cost_closed, 10_000.01)

    def test_more_costs_after_signing_go_back_again(self):
        activity = self._hold(1_000)
        self._spend(activity, 2_000)
        self._sign(self._report(activity), "unit", "key_accounts")
        more = self._spend(activity, 0.01)
        activity.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "cost more than it may"):
            self._close(activity)
        more.unlink()
        activity.invalidate_recordset()
        self._close(activity)

    def test_costs_that_change_while_it_waits_stop_it(self):
        activity = self._hold(1_000)
        expense = self._spend(activity, 2_000)
        overspend = self._report(activity)
        with self.assertRaises(UserError):
            self._report(activity)
        expense.amount = 3_000
        self._sign(overspend, "unit")
        with self.assertRaisesRegex(UserError, "cost something else by now"):
            self._sign(overspend, "key_accounts")
        overspend.with_user(self.clerk).action_withdraw()
        self.assertEqual(self._report(activity), overspend)
        self.assertEqual(overspend.amount, 3_000)
        self._sign(overspend, "unit", "key_accounts")
        self._close(activity)

    def test_overspend_by_hand_says_what_it_cost(self):
        activity = self._hold(1_000)
        self._spend(activity, 2_000)
        overspend = self.env["club.activity.overspend"].with_user(self.clerk)
        for amount, estimate in ((1, 1_000), (2_000, 1)):
            forged = overspend.create(
                {
                    "activity_id": activity.id,
                    "estimate": estimate,
                    "amount": amount,
                    "reason": "x",
                }
            )
            with self.assertRaisesRegex(UserError, "cost something else"):
                forged.action_submit()
        with self.assertRaises(AccessError):
            overspend.create(
                {
                    "activity_id": activity.id,
                    "estimate": 1_000,
                    "amount": 2_000,
                    "reason": "x",
                    "approval_state": "done",
                }
            )

    # === Split over units === #

    def test_shares_add_up_to_the_cent(self):
        activity = self._hold(100)
        self._spend(activity, 100)
        third = self.env["crm.team"].create(
            {"name": "Third", "company_id": self.company.id}
        )
        shares = self.env["club.activity.share"].create(
            [
                {"activity_id": activity.id, "unit_id": unit.id, "percent": percent}
                for unit, percent in (
                    (self.unit, 33.33),
                    (self.other_unit, 33.33),
                    (third, 33.33),
                )
            ]
        )
        with self.assertRaisesRegex(UserError, "make up the whole"):
            self._close(activity)
        shares[2].percent = 33.34
        self.assertEqual(shares.mapped("amount"), [33.33, 33.33, 33.34])
        self._spend(activity, 0.01)
        self.assertEqual(round(sum(shares.mapped("amount")), 2), 100.01)
        with self.assertRaisesRegex(ValidationError, "more than 100 %"):
            shares[0].percent = 33.34
        shares.invalidate_recordset()

    def test_budget_against_actual_by_kind(self):
        activity = self._hold(100)
        self._spend(activity, 30, kind="venue")
        self._spend(activity, 50, kind="gift")
        self.assertEqual(
            [row[0::2] for row in get_cost_rows(activity)[activity]],
            [("venue", 100), ("gift", 0)],
        )
        self.assertEqual(activity.cost_difference, -20)
        self.assertIn("Gifts", activity.cost_table)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestActivityBills(ActivityMixin, InvoicingCase):
    """Actual costs from vendor bills. Rule C5."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_activities()

    def _bill(self, activity, amount, kind="in_invoice", post=True, **values):
        bill = self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": self.partner_a.id,
                "invoice_date": TODAY,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Hall",
                            "price_unit": amount,
                            "tax_ids": [Command.set(self.tax_purchase_a.ids)],
                            "club_activity_id": activity.id,
                            "club_cost_kind": "venue",
                            **values,
                        }
                    )
                ],
            }
        )
        if post:
            bill.action_post()
        self.env.invalidate_all()
        return bill

    def test_posted_bills_count_net_of_tax_credit_notes_against(self):
        activity = self._approve(1_000)
        bill = self._bill(activity, 600, post=False)
        self.assertEqual(activity.cost_actual, 0)
        bill.action_post()
        self._bill(activity, 100, club_cost_kind=False)
        self._bill(activity, 50, kind="in_refund")
        self._spend(activity, 5.5, kind="venue")
        self.assertEqual(activity.cost_bills, 650)
        self.assertEqual(activity.cost_actual, 655.5)
        self.assertEqual(activity.cost_difference, -344.5)
        self.assertEqual(
            [row[0::3] for row in get_cost_rows(activity)[activity]],
            [("venue", 555.5), ("other", 100)],
        )
        bill.button_draft()
        self.assertEqual(activity.cost_actual, 55.5)

    def test_bills_in_another_currency_count_in_the_companys(self):
        activity = self._approve(1_000)
        currency = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        bill = self._bill(activity, 100, post=False)
        bill.currency_id = currency
        bill.invoice_line_ids.price_unit = 100
        bill.action_post()
        self.assertEqual(activity.cost_actual, 200)

    def test_reversing_a_bill_takes_its_cost_back(self):
        activity = self._approve(1_000)
        bill = self._bill(activity, 600)
        refund = bill._reverse_moves([{"invoice_date": TODAY}])
        self.assertEqual(refund.invoice_line_ids.club_activity_id, activity)
        refund.action_post()
        self.assertEqual(activity.cost_actual, 0)
        self.assertFalse(bill.copy().invoice_line_ids.club_activity_id)

    def test_only_costs_of_what_is_open_are_taken(self):
        draft, activity = self._draw_up(1_000), self._approve(1_000)
        with self.assertRaisesRegex(ValidationError, "takes no costs"):
            self._bill(draft, 10)
        with self.assertRaisesRegex(ValidationError, "vendor bills"):
            self._bill(activity, 10, kind="out_invoice", tax_ids=[])
        bill = self._bill(activity, 10, post=False)
        tax = bill.line_ids.filtered("tax_line_id")
        with self.assertRaisesRegex(ValidationError, "vendor bills"):
            tax.club_activity_id = activity

    def test_books_go_on_after_closing_and_it_says_so(self):
        activity = self._hold(1_000)
        bill = self._bill(activity, 600)
        activity.summary = "Well"
        activity.action_close()
        with self.assertRaisesRegex(ValidationError, "takes no costs"):
            self._bill(activity, 10)
        self.assertFalse(activity.has_drifted)
        bill._reverse_moves([{"invoice_date": TODAY}]).action_post()
        self.env.invalidate_all()
        self.assertEqual((activity.cost_closed, activity.cost_actual), (600, 0))
        self.assertTrue(activity.has_drifted)

    def test_that_it_cost_nothing_falls_with_the_first_bill(self):
        """Rule C5: also when Finance posts it."""
        activity = self._hold(100)
        activity.no_costs = True
        self._bill(activity, 10)
        self.assertFalse(activity.no_costs)
        activity.summary = "Well"
        activity.action_close()

    def test_bookkeepers_without_a_role_in_the_club_assign_no_costs(self):
        activity = self._approve(1_000)
        bill = self._bill(activity.browse(), 10, post=False)
        keeper = self._create_employee("keeper")
        keeper.group_ids |= self.env.ref("account.group_account_invoice")
        line = bill.invoice_line_ids.with_user(keeper)
        with self.assertRaises(AccessError):
            line.club_activity_id = activity.id
        mine = self._bill(activity, 10)
        refund = mine.with_user(keeper)._reverse_moves([{"invoice_date": TODAY}])
        self.assertEqual(refund.sudo().invoice_line_ids.club_activity_id, activity)
        keeper.group_ids |= self.env.ref("crm_club.crm_club_group_user")
        line.club_activity_id = activity.id
