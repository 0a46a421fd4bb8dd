"""Two sessions at one budget sheet at the same moment. Rule B8."""

from datetime import date

from odoo.tests import tagged

from ..points.test_two_redeemers import RedeemersCase
from .budget_case import YEAR, BudgetMixin


@tagged("post_install", "-at_install")
class TestBudgetRace(BudgetMixin, RedeemersCase):
    """Committed, in real sessions. See docs/concurrency.md."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_seats()
        cls.tiers = {tier.code: tier for tier in cls.membership.tier_ids}
        cls._renew()

    def _create_due(self):
        self._join(self._create_account("Due"), date_to=date(2099, 12, 31))

    def _count(self, sheet):
        return self.env["club.marketing.budget"].search_count(
            [("budget_id", "=", sheet.id)]
        )

    def test_two_prepare_one_sheet(self):
        self._create_due()
        sheet = self._draw_up_sheet(YEAR + 1)
        self.assertFalse(self._race(*[self._do(sheet, "action_prepare")] * 2))
        count = self._count(sheet)
        self.assertTrue(count)
        accounts = self.env["club.marketing.budget"]._read_group(
            [("budget_id", "=", sheet.id)], ["account_id"], ["__count"]
        )
        self.assertEqual({count for _account, count in accounts}, {1})

    def test_two_draw_up_one_year(self):
        program = self.program.id

        def draw_up(env):
            env["club.budget"].create({"program_id": program, "year": YEAR + 2})

        errors = self._race(*[(self.officer, draw_up)] * 2)
        self.assertEqual(len(errors), 1)
        sheets = self.env["club.budget"].search_count(
            [("program_id", "=", program), ("year", "=", YEAR + 2)]
        )
        self.assertEqual(sheets, 1)

    def test_preparing_against_submitting(self):
        """What is signed is what was submitted: nothing joins it afterwards."""
        self._create_due()
        sheet = self._prepare(YEAR + 3)
        self._create_due()
        self._race(self._do(sheet, "action_submit"), self._do(sheet, "action_prepare"))
        self.env.invalidate_all()
        sheet = sheet.with_env(self.env)
        self.assertEqual(sheet.approval_state, "waiting")
        request = sheet.approval_request_id.sudo()
        self.assertEqual(
            request.content["line_ids"][0],
            self._count(sheet),
        )
