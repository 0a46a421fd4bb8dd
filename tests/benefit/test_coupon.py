import psycopg2

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY
from .benefit_case import BenefitCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestCoupon(BenefitCase):
    """Coupons with code, value and period, given to an account. Rule D12."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coupon = cls._create_benefit("coupon", form="coupon", platinum=2)

    def _give(self, code, **values):
        return self._book(
            self.coupon,
            coupon_code=code,
            contact_id=False,
            account_id=self.account_a.id,
            **{"coupon_value": 100, "valid_until": "2026-04-30", **values},
        )

    def test_given_and_redeemed_to_its_last_day(self):
        coupon = self._give(" MOON-1 ")
        self.assertEqual(coupon.coupon_code, "MOON-1")
        with freeze_time("2026-04-30"):
            coupon.action_use()
        self.assertEqual(coupon.state, "used")

    def test_expired_the_day_after(self):
        coupon = self._give("MOON-1")
        expired = [("is_expired", "=", True), ("id", "=", coupon.id)]
        with freeze_time("2026-04-30"):
            self.assertFalse(coupon.is_expired)
            self.assertFalse(coupon.search(expired))
        self.env.invalidate_all()
        with freeze_time("2026-05-01"):
            self.assertTrue(coupon.is_expired)
            self.assertEqual(coupon.search(expired), coupon)
            with self.assertRaisesRegex(UserError, "isn't taken any more"):
                coupon.action_use()
        self.assertEqual(self._get_entitlement(self.coupon), (2, 1, 0, 1), "given once")

    def test_it_has_a_code_that_nobody_else_has(self):
        with self.assertRaisesRegex(UserError, "enter its code"):
            self._give(False)
        self._give("MOON-1")
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self._give("MOON-1")

    def test_it_does_not_end_before_it_is_given(self):
        self._give("MOON-1", valid_until=TODAY)
        with self.assertRaisesRegex(UserError, "before it is given out"):
            self._give("MOON-2", valid_until="2026-04-09")

    def test_a_value_is_a_number(self):
        for value in (-1, 1e12):
            with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
                self._give("MOON-1", coupon_value=value)
