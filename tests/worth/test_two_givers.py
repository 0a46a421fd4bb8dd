"""Two sessions that give the last of a limit at the same moment."""

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..approval.two_sessions import SessionsCase
from ..benefit.benefit_case import BenefitMixin
from .gift_case import GiftMixin


@tagged("post_install", "-at_install")
class TestTwoGivers(GiftMixin, BenefitMixin, SessionsCase):
    """Committed, in real sessions. Rules D12, D17."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_benefits()
        cls._renew()

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def _race(self, *calls):
        """Run calls at once; return the sentences of those that were refused."""
        errors = [found for found, _tries in self._at_once(*calls)]
        errors = [error for error in errors if isinstance(error, Exception)]
        for error in errors:
            self.assertIsInstance(error, UserError)
        return [str(error) for error in errors]

    def _press(self, record, method):
        number, model = record.id, record._name
        return self.officer, lambda env: (
            getattr(env[model].browse(number), method)() and None
        )

    def test_the_last_of_a_limit_is_given_once(self):
        """Promised for two years, given in one."""
        account = self._create_account("Limited", club_unit_id=self.unit.id)
        self._classify(account, 500)
        next_year = f"{self.program._today().year + 1}-01-10"
        after = f"{self.program._today().year + 2}-01-10"
        gifts = [self._promise(300, account, date=day) for day in (next_year, after)]
        for gift in gifts:
            gift.received_by = "Ms Lin"
        told = self._race(*(self._press(gift, "action_give") for gift in gifts))
        self.assertEqual(len(told), 1)
        self.assertIn("200.00", told[0])

    def test_the_last_piece_goes_to_a_gift_or_to_an_order(self):
        accounts = [self._create_account("One"), self._create_account("Two")]
        reward = self._create_reward(stock=1, cost=5)
        lists = [
            self._draw_up_list(self._prepare_gift(account=each, reward_id=reward.id))
            for each in accounts
        ]
        told = self._race(*(self._press(each, "action_confirm") for each in lists))
        self.assertEqual(len(told), 1)
        self.assertIn("there are 0 in stock", told[0])

    def test_one_list_is_confirmed_by_two(self):
        account = self._create_account("Limited", club_unit_id=self.unit.id)
        found = self._draw_up_list(self._prepare_gift(300, account))
        told = self._race(*[self._press(found, "action_confirm")] * 2)
        self.assertEqual(len(told), 1)

    def test_a_list_is_confirmed_while_somebody_adds_to_it(self):
        """What is added is confirmed with it, or refused: no draft is left behind."""
        account = self._create_account("Member", club_unit_id=self.unit.id)
        found = self._draw_up_list(self._prepare_gift(300, account))
        values = {"list_id": found.id, **self._prepare_gift(10, account)}

        def add(env):
            env["club.gift"].create(values)

        told = self._race(self._press(found, "action_confirm"), (self.officer, add))
        self.env.invalidate_all()
        states = set(found.with_env(self.env).gift_ids.mapped("state"))
        self.assertEqual(states, {"confirmed"})
        if told:
            self.assertIn("draw up another list", told[0])

    def test_a_coupon_is_redeemed_once(self):
        coupon = self._create_benefit("coupon", form="coupon", platinum=2)
        account = self._create_account("Holder", club_unit_id=self.unit.id)
        today = self.program._today()
        self._give_tier(
            account,
            "platinum",
            today.replace(month=1, day=1),
            today.replace(month=12, day=31),
        )
        self._book(
            coupon,
            coupon_code="RACE-1",
            contact_id=False,
            account_id=account.id,
            day=today,
        )

        def redeem(env):
            env["club.coupon.redeem"].create({"code": "RACE-1"}).action_redeem()

        self._renew()
        told = self._race(*[(self.officer, redeem)] * 2)
        self.assertEqual(len(told), 1)
        self.assertIn("was redeemed on", told[0])
