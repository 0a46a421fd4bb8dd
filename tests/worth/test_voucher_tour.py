from datetime import timedelta
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...models.worth import club_voucher_batch
from ..common import ClubFixture
from .voucher_case import VoucherMixin

TIMEOUT = 180  # seconds for a tour: machines that test are busy


@tagged("post_install", "-at_install")
class TestVoucherTour(VoucherMixin, ClubFixture, HttpCase):
    """A voucher redeemed and made a lead, in the browser. Rule D19.

    The browser knows no frozen clock: the voucher is valid from today on.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        today = cls.company._club_today()
        with patch.object(club_voucher_batch, "draw_code", return_value="K7MQ9XTB4S"):
            cls.batch = cls._issue(
                1, date_from=today, date_to=today + timedelta(days=30)
            )

    @mute_logger("odoo.http")
    def test_a_voucher_is_typed_redeemed_and_made_a_lead(self):
        self.env.flush_all()
        self.start_tour(
            "/odoo", "club_redeem_voucher", login=self.manager.login, timeout=TIMEOUT
        )
        self.env.invalidate_all()
        voucher = self._get_vouchers(self.batch)
        self.assertRecordValues(
            voucher,
            [{"state": "redeemed", "redeemed_by_id": self.manager.id}],
        )
        self.assertRecordValues(
            voucher.lead_id,
            [{"partner_name": "Harbour Mills", "contact_name": "Lin Xiaomei"}],
        )
