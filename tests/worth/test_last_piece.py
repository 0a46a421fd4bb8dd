"""Two sessions that order the last piece at the same moment. PEERS 10."""

from odoo.tests import tagged

from ..points.test_two_redeemers import RedeemersCase
from .reward_case import RewardMixin


@tagged("post_install", "-at_install")
class TestLastPiece(RewardMixin, RedeemersCase):
    """Committed, in real sessions: no piece is promised twice. Rule B13."""

    def test_two_accounts_order_the_last_piece(self):
        accounts = [self._create_member() for _number in range(2)]
        reward = self._create_reward(stock=1)
        calls = [
            self._do(self._draw_up_order(reward, account=account), "action_reserve")
            for account in accounts
        ]
        self.assertEqual(len(self._race(*calls)), 1)
        self.env.invalidate_all()
        counts = reward.with_env(self.env)._count_stock()[reward.id]
        self.assertEqual(counts, (1, 1, 0))

    def test_an_order_against_a_receipt_that_takes_off(self):
        account = self._create_member()
        reward = self._create_reward(stock=1)
        number = reward.id

        def take_off(env):
            env["club.reward.receipt"].create(
                {
                    "reward_id": number,
                    "quantity": -1,
                    "document": "Count",
                    "note": "Broken",
                }
            )

        order = self._draw_up_order(reward, account=account)
        errors = self._race(self._do(order, "action_reserve"), (self.officer, take_off))
        self.assertEqual(len(errors), 1)

    def test_two_orders_at_once_spare_no_signature(self):
        """The second one starts anew, and counts what the first one took."""
        account = self._create_member()
        self.program.order_limit = 15
        rewards = [
            self._create_reward(10, kind="service", name=name)
            for name in ("Driver", "Guide")
        ]
        orders = [self._draw_up_order(reward, account=account) for reward in rewards]
        self._race(*(self._do(order, "action_reserve") for order in orders))
        self.env.invalidate_all()
        self.assertEqual([order.state for order in orders], ["reserved"] * 2)
        self.assertEqual(sorted(order.is_to_sign for order in orders), [False, True])
