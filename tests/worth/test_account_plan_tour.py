from datetime import date

from odoo.tests import HttpCase, tagged

from ..common import ClubFixture
from ..record.test_tours import TIMEOUT


@tagged("post_install", "-at_install")
class TestAccountPlanTour(ClubFixture, HttpCase):
    """A year planned on the account's page, signed, and a step of it done. Rule D15.

    The browser knows no frozen clock: the plan is this year's.
    """

    browser_size = "1600x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_seats()
        cls.company.club_timezone = "UTC"  # as the browser's clock
        gold = cls.membership.tier_ids.filtered(lambda tier: tier.code == "gold")
        cls.account_a._write_guarded({"club_tier_id": gold.id})

    def _tour(self, path, name, user):
        self.start_tour(path, name, login=user.login, timeout=TIMEOUT)
        self.env.invalidate_all()

    def test_planned_signed_and_a_step_done(self):
        account = self.account_a
        self._tour(
            f"/odoo/res.partner/{account.id}", "club_draw_up_account_plan", self.manager
        )
        plan = self.env["club.account.plan"].search([("account_id", "=", account.id)])
        self.assertRecordValues(
            plan,
            [
                {
                    "year": date.today().year,
                    "revenue_goal": 800_000,
                    "aim": "Be their only carrier",
                    "amount": 200,
                    "approval_state": "waiting",
                }
            ],
        )
        self._tour("/odoo/club-to-sign", "club_sign_account_plan", self.lead)
        self.assertEqual(plan.approval_state, "done")
        self._tour(
            "/odoo/club-account-plans", "club_do_account_plan_step", self.manager
        )
        self.assertRecordValues(
            plan.step_ids,
            [
                {
                    "name": "See the new warehouse",
                    "outcome": "They send parcels from May on",
                    "done_on": self.company._club_today(),
                }
            ],
        )
        self.assertEqual(plan.done_count, 1)
