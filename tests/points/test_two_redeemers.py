"""Two sessions that spend the same points at the same moment. PEERS 10."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..approval.two_sessions import SessionsCase
from ..common import month
from .redemption_case import RedemptionMixin

POINTS = 1_000
TODAY_OF_PROGRAM = "odoo.addons.crm_club.models.program.club_program.ClubProgram._today"


class RedeemersCase(RedemptionMixin, SessionsCase):
    """Accounts with points, committed, and calls of real sessions at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._renew()

    def _create_member(self, in_month="2026-03"):
        """Return an account with 1,000 points."""
        account = self._create_account("Account", club_unit_id=self.unit.id)
        run = self._create_run(in_month, kind="opening")
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO club_points_entry (run_id, account_id, origin_id, kind, points,
                date, valid_until)
            VALUES (%s, %s, %s, 'opening', %s, %s, %s)
            """,
            [
                *(run.id, account.id, account.id, POINTS, run.month),
                self.program._valid_until(run.month),
            ],
        )
        self.env.invalidate_all()
        run._post_ledger()
        return account

    def _do(self, record, method, *args, user=None):
        """Return a call for `_at_once`."""
        number, model = record.id, record._name

        def do(env):
            getattr(env[model].browse(number), method)(*args)

        return user or self.officer, do

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def _race(self, *calls):
        """Run calls at once; return the errors, without those that went through."""
        found = [result for result, _tries in self._at_once(*calls)]
        errors = [result for result in found if isinstance(result, Exception)]
        for error in errors:
            self.assertIsInstance(error, UserError)
        return errors

    def _check(self, account, balance, available):
        self.assertEqual(self._get_points(account), balance)
        self.assertEqual(self._get_available(account), available)
        self.assertFalse(self.program._find_broken_run())


@tagged("post_install", "-at_install")
class TestTwoRedeemers(RedeemersCase):
    """Committed, in real sessions: no point is spent twice. Rules B7, B13."""

    def test_two_reserve_the_same_points(self):
        account = self._create_member()
        calls = [
            self._do(self._draw_up(POINTS, account=account), "action_reserve")
            for _number in range(2)
        ]
        self.assertEqual(len(self._race(*calls)), 1)
        self._check(account, POINTS, 0)

    def test_two_debit_and_two_return_one_redemption(self):
        account = self._create_member()
        redemption = self._reserve(600, account=account)
        debit = self._do(redemption, "action_debit")
        self.assertEqual(len(self._race(debit, debit)), 1)
        self._check(account, 400, 400)
        give_back = self._do(redemption, "action_return")
        self.assertEqual(len(self._race(give_back, give_back)), 1)
        self._check(account, POINTS, POINTS)

    def test_debit_against_cancel(self):
        account = self._create_member()
        redemption = self._reserve(600, account=account)
        errors = self._race(
            self._do(redemption, "action_debit"), self._do(redemption, "action_cancel")
        )
        self.assertEqual(len(errors), 1)
        debited = redemption.with_env(self.env).state == "debited"
        left = 400 if debited else POINTS
        self._check(account, left, left)

    def test_debits_of_two_accounts_keep_the_chain(self):
        redemptions = [
            self._reserve(10, account=self._create_member()) for _number in range(2)
        ]
        errors = self._race(*(self._do(r, "action_debit") for r in redemptions))
        self.assertFalse(errors)
        self.assertFalse(self.program._find_broken_run())

    def test_debits_of_several_accounts_wait_and_never_start_anew(self):
        """All began before the first was posted, and each sees the last link."""
        redemptions = [
            self._reserve(10 + number, account=self._create_member())
            for number in range(4)
        ]
        calls = [self._do(redemption, "action_debit") for redemption in redemptions]
        self.assertEqual(self._at_once(*calls), [(None, 1)] * 4)
        runs = self.env["club.points.run"].search(
            [("redemption_id", "in", [redemption.id for redemption in redemptions])],
            order="chain_no",
        )
        first = runs[0]
        places = [(run.chain_no, run.number) for run in runs]
        self.assertEqual(
            places, [(first.chain_no + i, first.number + i) for i in range(4)]
        )
        self.assertFalse(self.program._find_broken_run())
        give_back = [self._do(r, "action_return") for r in redemptions]
        self.assertEqual(self._at_once(*give_back), [(None, 1)] * 4)
        self.assertFalse(self.program._find_broken_run())

    def test_redemption_against_a_deduction_by_hand(self):
        account = self._create_member()
        adjustment = self.env["club.points.adjustment"].create(
            {
                "program_id": self.program.id,
                "unit_id": self.unit.id,
                "reason": "Test",
                "line_ids": [(0, 0, {"account_id": account.id, "points": -700})],
            }
        )
        number = adjustment.id

        def deduct(env):
            env["club.points.adjustment"].browse(number).sudo()._approval_execute(None)

        redemption = self._draw_up(700, account=account)
        errors = self._race(
            (self.officer, deduct), self._do(redemption, "action_reserve")
        )
        self.assertEqual(len(errors), 1)
        self.assertGreaterEqual(self._get_points(account), 0)
        self.assertEqual(self._get_available(account), 300)

    def test_debit_against_posting(self):
        redemption = self._reserve(10, account=self._create_member())
        run = self._create_run("2026-02", kind="expiry")
        run.action_compute()
        errors = self._race(
            self._do(redemption, "action_debit"), self._do(run, "action_post")
        )
        self.assertFalse(errors)
        self.assertFalse(self.program._find_broken_run())

    def test_reserving_against_expiry(self):
        """Points on their last day for who reserves, past it for who expires them."""
        account = self._create_member("2020-01")
        until = self.program._valid_until(month("2020-01"))
        run = self._create_run(f"{until:%Y-%m}", kind="expiry")
        run.action_compute()
        self.assertIn(account, run.entry_ids.account_id)
        number = self._draw_up(600, account=account).id

        def reserve_on_the_last_day(env):
            with patch(TODAY_OF_PROGRAM, return_value=until):
                env["club.redemption"].browse(number).action_reserve()

        errors = self._race(
            (self.officer, reserve_on_the_last_day), self._do(run, "action_post")
        )
        # Whoever came second saw the first: all expired, or all but what is held.
        self.assertEqual(self._get_points(account), 0 if errors else 600)
        self.assertFalse(self.program._find_broken_run())
