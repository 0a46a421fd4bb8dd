"""Rewards, orders of them and a receiver's signature that the tests share."""

from odoo.tests import freeze_time

from ..common import TODAY
from ..points.redemption_case import RedemptionCase

# The smallest picture there is, in place of what somebody drew on the screen.
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


class RewardMixin:
    """Enters rewards, and orders them."""

    @classmethod
    def _create_reward(cls, price=100, stock=0, **values):
        reward = cls.env["club.reward"].create(
            {
                "name": "Tea set",
                "program_id": cls.program.id,
                "price": price,
                **values,
            }
        )
        if stock:
            cls._receive(reward, stock)
        return reward

    @classmethod
    def _receive(cls, reward, quantity, **values):
        return cls.env["club.reward.receipt"].create(
            {
                "reward_id": reward.id,
                "quantity": quantity,
                "document": "DN-1",
                **values,
            }
        )

    def _draw_up_order(self, reward, quantity=1, user=None, account=None, **values):
        user = user or self.officer
        orders = self.env["club.redemption"].with_user(user)
        return orders.with_context(allowed_company_ids=user.company_ids.ids).create(
            {
                "program_id": reward.program_id.id,
                "account_id": (account or self.account_a).id,
                "reward_id": reward.id,
                "quantity": quantity,
                **values,
            }
        )

    def _order(self, reward, quantity=1, user=None, account=None, **values):
        order = self._draw_up_order(reward, quantity, user, account, **values)
        order.action_reserve()
        return order

    def _deliver(self, order, user=None):
        order = order.with_user(user or self.lead)
        order.write({"received_by": "Ms Lin", "receipt_signature": SIGNATURE})
        order.action_debit()
        return order


@freeze_time(TODAY)
class RewardCase(RewardMixin, RedemptionCase):
    """Anchor Mills has 1,400 points; a tea set costs 100, and there are five."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_seats()
        cls.reward = cls._create_reward(stock=5, cost=60)
