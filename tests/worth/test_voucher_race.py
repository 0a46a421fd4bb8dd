"""Two sessions that redeem one voucher at the same moment. Rule D19."""

from datetime import date, timedelta

from odoo.tests import tagged

from ..points.test_two_redeemers import RedeemersCase
from .voucher_case import VoucherMixin


@tagged("post_install", "-at_install")
class TestVoucherRace(VoucherMixin, RedeemersCase):
    """Committed, in real sessions. See docs/concurrency.md."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._renew()

    def _make_voucher(self):
        batch = self._draw_up_batch(
            1, date_from=date.today() - timedelta(1), date_to="2099-12-31"
        )
        batch.action_issue()
        return self._get_vouchers(batch)

    def _type(self, code):
        def redeem(env):
            env["club.voucher.redemption"].create({"code": code}).action_redeem()

        return self.manager, redeem

    def test_two_redeem_one_voucher(self):
        voucher = self._make_voucher()
        call = self._type(voucher.code)
        errors = self._race(call, call)
        self.assertEqual(len(errors), 1)
        self.assertIn("was redeemed on", str(errors[0]))

    def test_redeeming_against_cancelling(self):
        voucher = self._make_voucher()
        voucher.cancel_reason = "Lost"
        errors = self._race(
            self._type(voucher.code), self._do(voucher, "action_cancel")
        )
        self.assertEqual(len(errors), 1)

    def test_redeeming_against_cancelling_the_batch(self):
        voucher = self._make_voucher()
        voucher.batch_id.cancel_reason = "Over"
        self._race(
            self._type(voucher.code), self._do(voucher.batch_id, "action_cancel")
        )
        voucher = voucher.with_env(self.env)
        self.assertIn(voucher.state, ("redeemed", "cancelled"))
        self.assertEqual(bool(voucher.redeemed_on), voucher.state == "redeemed")

    def test_two_issue_one_batch(self):
        batch = self._draw_up_batch(5, date_to="2099-12-31")
        errors = self._race(*[self._do(batch, "action_issue")] * 2)
        self.assertEqual(len(errors), 1)
        self.assertEqual(len(self._get_vouchers(batch)), 5)

    def test_two_clicks_make_one_lead(self):
        voucher = self._make_voucher()
        self.assertFalse(self._race(self._type(voucher.code)))
        self._race(*[self._do(voucher, "action_make_lead", user=self.manager)] * 2)
        leads = self.env["crm.lead"].search([("name", "=like", f"{voucher.name}:%")])
        self.assertEqual(len(leads), 1)
