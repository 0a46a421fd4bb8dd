"""Two sessions that call off the last money of a contract at the same moment."""

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..approval.two_sessions import SessionsCase
from .cooperation_case import CooperationMixin


@tagged("post_install", "-at_install")
class TestTwoCallers(CooperationMixin, SessionsCase):
    """Committed, in real sessions: nothing passes the limit. Rule C6."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_cooperation()
        cls._renew()

    def _do(self, record, method, *args, user=None):
        number, model = record.id, record._name

        def do(env):
            getattr(env[model].browse(number), method)(*args)

        return user or self.manager, do

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def _race(self, *calls):
        """Run calls at once; return the errors."""
        found = [result for result, _tries in self._at_once(*calls)]
        errors = [result for result in found if isinstance(result, Exception)]
        for error in errors:
            self.assertIsInstance(error, UserError)
        return errors

    def test_two_call_off_the_last_money(self):
        contract = self._take_effect(1_000)
        calls = [self._call_off(contract, 600) for _number in range(2)]
        errors = self._race(*(self._do(call, "action_confirm") for call in calls))
        self.assertEqual(len(errors), 1)
        self.assertRegex(str(errors[0]), "200.*too much")
        contract = contract.with_env(self.env)
        self.assertEqual(
            (contract.called_amount, contract.available_amount), (600, 400)
        )

    def test_two_that_both_fit_both_go_through(self):
        contract = self._take_effect(1_000, purpose="gift")
        calls = [self._call_off(contract, 500) for _number in range(2)]
        self.assertFalse(
            self._race(*(self._do(call, "action_confirm") for call in calls))
        )
        contract = contract.with_env(self.env)
        self.assertEqual(contract.available_amount, 0)

    def test_two_requests_for_one_supplier_see_each_other(self):
        """Each alone goes without a tender; the second learns of the first."""
        requests = [self._draw_up(60_000, purpose="media") for _number in range(2)]
        errors = self._race(*(self._do(r, "action_submit") for r in requests))
        self.assertEqual(len(errors), 1)
        self.assertIn("hold a tender", str(errors[0]))

    def test_two_award_one_tender(self):
        cooperation = self._draw_up(110_000, purpose="training")
        bids = self._add_bids(cooperation)
        self._open_tender(cooperation)
        self._score(cooperation)
        cooperation.with_user(self.jurors[2]).action_award(bids[0].id)
        # Whoever comes second sees the first one's consent, and decides.
        errors = self._race(
            self._do(cooperation, "action_award", bids[0].id, user=self.jurors[0]),
            self._do(cooperation, "action_award", bids[0].id, user=self.jurors[1]),
        )
        self.assertFalse(errors)
        cooperation = cooperation.with_env(self.env)
        self.assertEqual(cooperation.winner_id, bids[0].with_env(self.env))
        errors = self._race(
            self._do(cooperation, "action_award", bids[2].id, "x", user=self.jurors[1]),
        )
        self.assertIn("is decided", str(errors[0]))
