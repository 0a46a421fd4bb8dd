"""Two sessions that take from one line of the plan at the same moment. Rule C2."""

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..approval.two_sessions import SessionsCase
from .activity_case import ActivityMixin


@tagged("post_install", "-at_install")
class TestTwoPlanners(ActivityMixin, SessionsCase):
    """Committed, in real sessions: a budget is spent once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_activities()
        cls.second = cls._create_user("officer", "second_officer")
        cls._renew()

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_submit_at_once_and_one_fits(self):
        for amounts, states in (
            ((6_000, 6_000), ["done", "waiting"]),
            ((5_000, 5_000), ["done", "done"]),
        ):
            with self.subTest(amounts):
                year = fields.Date.today().year + (2 if states[1] == "done" else 1)
                line = self._create_plan(10_000, year=year)
                day = f"{year}-12-01"
                found = [
                    self._draw_up(
                        amount,
                        user=user,
                        plan_line_id=line.id,
                        date_begin=day,
                        date_end=day,
                    )
                    for amount, user in zip(
                        amounts, (self.officer, self.second), strict=True
                    )
                ]

                def submit(activity):
                    def do(env):
                        return env["club.activity"].browse(activity.id).action_submit()

                    return activity.env.user, do

                results = self._at_once(*map(submit, found))
                self.assertEqual([result for result, _tries in results], [True, True])
                self.assertEqual(sorted(a.approval_state for a in found), states)
