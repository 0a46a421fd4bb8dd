from datetime import date

from odoo.tests import HttpCase, tagged

from ...kernel import windows
from ..common import ClubFixture
from .reward_case import RewardMixin

TIMEOUT = 180  # seconds for a tour: machines that test are busy


@tagged("post_install", "-at_install")
class TestRewardTour(RewardMixin, ClubFixture, HttpCase):
    """A reward ordered from the account, signed, and handed over, in the browser.

    Rule B13. The browser knows no frozen clock: months are counted from today.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_seats()
        last_month = windows.add_months(date.today().replace(day=1), -1)
        cls._add_revenue(cls.account_a, 5_000, f"{last_month:%Y-%m}")
        cls._post_run(f"{last_month:%Y-%m}")
        cls._create_reward(300, 5)
        cls._create_reward(50_000, 5, name="Vase of gold")

    def _tour(self, name, user):
        self.start_tour("/odoo", name, login=user.login, timeout=TIMEOUT)
        self.env.invalidate_all()

    def test_ordered_signed_and_handed_over(self):
        self.program.order_limit = 500
        self._tour("club_order_reward", self.manager)
        order = self.env["club.redemption"].search(
            [("account_id", "=", self.account_a.id)]
        )
        self.assertRecordValues(
            order,
            [
                {
                    "state": "reserved",
                    "quantity": 2,
                    "points": 600,
                    "is_to_sign": True,
                    "approval_state": "waiting",
                }
            ],
        )
        self._sign_all(order)
        self._tour("club_deliver_reward", self.lead)
        self.assertRecordValues(
            order,
            [
                {
                    "state": "debited",
                    "approval_state": "done",
                    "received_by": "Lin Xiaomei",
                    "debited_by_id": self.lead.id,
                }
            ],
        )
        self.assertTrue(order.receipt_signature)
        self.assertFalse(self.program._find_broken_run())
