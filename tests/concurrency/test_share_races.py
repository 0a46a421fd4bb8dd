from odoo.tests import tagged
from odoo.tools import mute_logger

from ..approval.two_sessions import SessionsCase


@tagged("post_install", "-at_install")
class TestShareRaces(SessionsCase):
    """Committed, in real sessions: two shares of one account's revenue. Rule B11."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_seats()
        cls.hill_lead = cls._create_user("lead", "hill_lead")
        cls.other_unit.user_id = cls.hill_lead
        # A second head, so that two sign last at the same moment.
        cls.second = cls._create_user("user", "second_head")
        cls._create_seat("key_accounts", cls.second)
        cls._renew()

    def _submit(self, **values):
        """Return a share that only waits for the key-account department."""
        share = self.env["club.revenue.share"].create(
            {
                "account_id": self.account_a.id,
                "company_id": self.company.id,
                "unit_id": self.unit.id,
                "date_from": "2026-01-01",
                "reason": "Developed together",
                "line_ids": [
                    (0, 0, {"role": role, "unit_id": unit.id, "percent": 50})
                    for role, unit in (
                        ("holder", self.unit),
                        ("server", self.other_unit),
                    )
                ],
                **values,
            }
        )
        share.action_submit()
        for user in (self.lead, self.hill_lead):
            share.with_user(user).action_sign()
        return share

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_last_signatures_at_once(self):
        """One counts; who signs the other one is told which stands against it."""
        shares = self._submit() | self._submit(category_id=self.categ_parcels.id)
        calls = [
            (
                user,
                lambda env, number=share.id: (
                    env["club.revenue.share"].browse(number).action_sign() and None
                ),
            )
            for user, share in zip(
                (self.signers["key_accounts"], self.second), shares, strict=True
            )
        ]
        found = self._at_once(*calls)
        self.env.invalidate_all()
        errors = [error for error, _tries in found if error]
        self.assertEqual(len(errors), 1)
        done = shares.filtered(lambda share: share.approval_state == "done")
        self.assertEqual(len(done), 1)
        self.assertIn(done.name, str(errors[0]))
