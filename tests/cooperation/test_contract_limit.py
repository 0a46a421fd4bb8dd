from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from ..invoicing_case import InvoicingCase
from .cooperation_case import CooperationMixin

LIMIT = 10_000


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestContractLimit(CooperationMixin, InvoicingCase):
    """Call-offs and vendor bills add up against the contract. Rule C6."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_cooperation()
        cls.dollar = cls.setup_other_currency(
            "EUR", rates=[("2020-01-01", 2.0), ("2026-04-05", 4.0)]
        )
        cls.contract = cls._take_effect(LIMIT, amount_basis="net")

    def _bill(self, amount, cooperation=None, kind="in_invoice", post=True, **values):
        line = {
            "product_id": self.product_a.id,
            "price_unit": amount,
            "tax_ids": [Command.set(values.pop("taxes", []))],
            "club_cooperation_id": (
                self.contract if cooperation is None else cooperation
            ).id,
            "club_calloff_id": values.pop("calloff", False),
        }
        bill = self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": self.supplier.id,
                "invoice_date": TODAY,
                "date": TODAY,
                "invoice_line_ids": [Command.create(line)],
                **values,
            }
        )
        if post:
            bill.action_post()
            self.env.invalidate_all()
        return bill

    def _assert_used(self, called, billed, contract=None):
        contract = contract or self.contract
        self.assertRecordValues(
            contract,
            [
                {
                    "called_amount": called,
                    "billed_amount": billed,
                    "available_amount": contract.limit_amount - called - billed,
                }
            ],
        )

    # === Boundaries === #

    def test_call_offs_below_at_and_above_the_limit(self):
        self._call_off(self.contract, 9_999.99).action_confirm()
        above = self._call_off(self.contract, 0.02)
        with self._assert_refused(UserError, "0.01.* too much"):
            above.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(above.state, "draft")
        self._call_off(self.contract, 0.01).action_confirm()
        self._assert_used(10_000, 0)

    def test_bills_below_at_and_above_the_limit(self):
        self._bill(9_999.99)
        with (
            self._assert_refused(UserError, "0.01.* too much"),
            self.env.cr.savepoint(),
        ):
            self._bill(0.02)
        self.env.invalidate_all()
        self._bill(0.01)
        self._assert_used(0, 10_000)
        # What names no contract is Finance's own business.
        self._bill(50_000, self.env["club.cooperation"])

    def test_a_supplement_makes_room_once_it_is_signed(self):
        self._bill(LIMIT)
        bill = self._bill(500, post=False)
        supplement = self._raise(self.contract, 500)
        with self.assertRaises(UserError):
            bill.action_post()
        self._sign_all(supplement)
        self.env.invalidate_all()
        bill.action_post()
        self._assert_used(0, 10_500)

    # === What counts === #

    def test_a_call_off_counts_until_bills_reach_it(self):
        calloff = self._call_off(self.contract, 6_000)
        calloff.action_confirm()
        self._assert_used(6_000, 0)
        self._bill(4_000, calloff=calloff.id)
        self._assert_used(2_000, 4_000)
        self._bill(2_500, calloff=calloff.id)
        self._assert_used(0, 6_500)
        with self._assert_refused(UserError, "has been billed"):
            calloff.action_cancel()
        other = self._call_off(self.contract, 3_500)
        other.action_confirm()
        with self.assertRaises(UserError):
            self._call_off(self.contract, 1).action_confirm()
        other.action_close()
        self.env.invalidate_all()
        self._assert_used(0, 6_500)

    def test_credit_notes_give_back(self):
        bill = self._bill(LIMIT)
        reversal = bill._reverse_moves([{"invoice_date": TODAY, "date": TODAY}])
        self.assertEqual(reversal.invoice_line_ids.club_cooperation_id, self.contract)
        reversal.action_post()
        self.env.invalidate_all()
        self._assert_used(0, 0)
        self._bill(LIMIT)

    def test_a_bill_set_back_to_draft_gives_back(self):
        bill = self._bill(LIMIT)
        bill.button_draft()
        self.env.invalidate_all()
        self._assert_used(0, 0)
        self._bill(1)
        with self.assertRaises(UserError):
            bill.action_post()

    def test_other_currencies_count_at_the_bills_day(self):
        """100 of a currency at 4 to the unit come to 25, earlier at 2 to 50."""
        self._bill(100, currency_id=self.dollar.id)
        self._assert_used(0, 25)
        self._bill(
            100,
            currency_id=self.dollar.id,
            invoice_date="2026-04-01",
            date="2026-04-01",
        )
        self._assert_used(0, 75)

    def test_net_or_gross_as_the_contract_says(self):
        tax = self.tax_purchase_a
        self.assertEqual(tax.amount, 15)
        self._bill(1_000, taxes=tax.ids)
        self._assert_used(0, 1_000)
        gross = self._take_effect(1_150, purpose="gift", amount_basis="gross")
        self._bill(1_000, gross, taxes=tax.ids)
        self._assert_used(0, 1_150, gross)
        with self.assertRaises(UserError):
            self._bill(0.01, gross)

    # === What is refused === #

    def test_only_bills_of_that_supplier_and_contracts_in_effect(self):
        waiting = self._submit(5, purpose="gift")
        calloff = self._call_off(self.contract, 10)
        for told, do in (
            ("is a bill of", lambda: self._bill(1, partner_id=self.suppliers[1].id)),
            ("isn't in effect", lambda: self._bill(1, waiting)),
            ("only lines of vendor bills", lambda: self._bill(1, kind="out_invoice")),
            ("isn't a confirmed", lambda: self._bill(1, calloff=calloff.id)),
            (
                "without its contract",
                lambda: self._bill(1, self.env["club.cooperation"], calloff=calloff.id),
            ),
        ):
            with (
                self.subTest(told),
                self._assert_refused(UserError, told),
                self.env.cr.savepoint(),
            ):
                do()
            self.env.invalidate_all()

    def test_a_posted_line_is_linked_within_the_limit_only(self):
        bill = self._bill(LIMIT + 1, self.env["club.cooperation"])
        line = bill.invoice_line_ids
        with self.assertRaises(UserError):
            line.club_cooperation_id = self.contract
        self.env.invalidate_all()
        fits = self._bill(LIMIT, self.env["club.cooperation"]).invoice_line_ids
        fits.club_cooperation_id = self.contract
        self._assert_used(0, LIMIT)
        fits.club_cooperation_id = False
        self.env.invalidate_all()
        self._assert_used(0, 0)

    def test_call_offs_lie_in_the_contracts_time(self):
        for day in ("2025-12-31", "2031-01-01"):
            with self._assert_refused(UserError, "runs from"):
                self._call_off(self.contract, 1, date=day).action_confirm()
        for day in ("2026-01-01", "2030-12-31"):
            self._call_off(self.contract, 1, date=day).action_confirm()

    def test_what_is_confirmed_is_fixed(self):
        calloff = self._call_off(self.contract, 5)
        with self.assertRaises(AccessError):
            calloff.write({"state": "confirmed"})
        with self.assertRaises(AccessError):
            self._call_off(self.contract, 5, state="confirmed")
        calloff.action_confirm()
        for act in (
            lambda: calloff.write({"amount": 1}),
            lambda: calloff.write({"date": "2026-05-01"}),
            calloff.action_confirm,
            calloff.unlink,
        ):
            with self.assertRaises(UserError):
                act()
        calloff.action_cancel()
        self.env.invalidate_all()
        self._assert_used(0, 0)

    def test_nobody_calls_off_from_anothers_contract_by_its_id(self):
        """A contract of another unit that he can't read."""
        stranger = self._create_user("user", "stranger")
        for do in (
            lambda: self._call_off(self.contract, 5).with_user(stranger).copy(),
            lambda: self.env["club.cooperation.calloff"]
            .with_user(stranger)
            .create(
                {
                    "cooperation_id": self.contract.id,
                    "description": "x",
                    "amount": 1,
                }
            ),
            lambda: self.env["club.cooperation.supplement"]
            .with_user(stranger)
            .create({"cooperation_id": self.contract.id, "reason": "x", "amount": 1}),
            lambda: self.env["club.settlement"]
            .with_user(stranger)
            .create(
                {
                    "cooperation_id": self.contract.id,
                    "subject": "x",
                    "unit_id": self.unit.id,
                }
            ),
        ):
            with self.assertRaises(AccessError):
                do()
