"""Two sessions that put tariffs in force at the same moment. Rule D18."""

from datetime import date

from odoo import Command
from odoo.tests import tagged

from ..points.test_two_redeemers import RedeemersCase
from .tariff_case import TariffMixin


@tagged("post_install", "-at_install")
class TestTariffRace(TariffMixin, RedeemersCase):
    """Committed, in real sessions. See docs/concurrency.md."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_seats()
        cls.implied_ids = cls.env.ref("base.group_user").implied_ids.ids
        cls.addClassCleanup(cls._switch_off)
        cls._renew()

    @classmethod
    def _switch_off(cls):
        """Leave no setting behind that a tariff has switched on."""
        cls.env.invalidate_all()
        employees = cls.env.ref("base.group_user")
        employees.implied_ids = [Command.set(cls.implied_ids)]
        cls._renew()

    def _wait_for_last(self, code, **values):
        """Return a tariff that all have signed but the leader."""
        self.gold = self.membership.tier_ids.filtered(lambda tier: tier.code == code)
        type(self).gold = self.gold
        tariff = self._draw_up_tariff(date_from=date.today(), **values)
        tariff.action_submit()
        for name in ("key_accounts", "finance"):
            tariff.with_user(self.signers[name]).action_sign()
        return tariff

    def _sign_last(self, tariff):
        return self._do(tariff, "action_sign", user=self.signers["leader"])

    def test_two_for_the_same_day(self):
        both = [self._wait_for_last("gold") for _number in range(2)]
        errors = self._race(*map(self._sign_last, both))
        self.assertEqual(len(errors), 1)
        self.assertIn("end that one before", str(errors[0]))
        self.env.invalidate_all()
        self.assertEqual(len(self._get_list().item_ids), 1)

    def test_the_first_two_of_a_tier_share_its_list(self):
        both = [self._wait_for_last("diamond", volume_from=n) for n in range(2)]
        self.assertFalse(self._race(*map(self._sign_last, both)))
        self.env.invalidate_all()
        self.assertEqual(len(self._get_list()), 1)
        self.assertEqual(len(self._get_list().item_ids), 2)

    def test_an_account_gets_the_tier_while_its_tariff_is_signed(self):
        """Each alone sees no reason for the price list: the second one has to."""
        tariff = self._wait_for_last("vip")
        account = self._create_account("New")
        program = self.program.with_company(self.company)
        last_day = program._get_override_limits(account, self.membership)[1]
        numbers = program.id, account.id, self.gold.id

        def join(env):
            env["club.program"].browse(numbers[0])._set_override(
                env["res.partner"].browse(numbers[1]),
                env["club.tier"].browse(numbers[2]),
                date.fromisoformat(str(last_day)),
                "Test",
            )

        self.assertFalse(self._race(self._sign_last(tariff), (self.env.user, join)))
        self.env.invalidate_all()
        account = account.with_company(self.company)
        self.assertEqual(account.club_tier_id, self.gold)
        self.assertEqual(account.property_product_pricelist, self._get_list())
