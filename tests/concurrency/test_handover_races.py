from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..approval.two_sessions import SessionsCase


@tagged("post_install", "-at_install")
class TestHandoverRaces(SessionsCase):
    """Committed, in real sessions. Rule D9."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls.other_manager = cls._create_user("user", "other_manager")
        cls._renew()

    def _submit(self, account=None):
        handover = self.env["club.handover"].create(
            {
                "user_from_id": self.manager.id,
                "user_to_id": self.other_manager.id,
                "line_ids": [(0, 0, {"account_id": (account or self.account_a).id})],
            }
        )
        handover.action_submit()
        return handover

    def _press(self, user, handover, method):
        number = handover.id
        return user, lambda env: (
            getattr(env["club.handover"].browse(number), method)() and None
        )

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_both_confirm_at_once(self):
        """Whoever comes second sees the first, and the accounts change hands once."""
        self.account_a.club_manager_id = self.manager
        handover = self._submit()
        found = self._at_once(
            self._press(self.manager, handover, "action_give"),
            self._press(self.other_manager, handover, "action_take"),
        )
        self.assertFalse([error for error, _tries in found if error])
        self.env.invalidate_all()
        self.assertEqual(handover.state, "done")
        self.assertEqual(self.account_a.club_manager_id, self.other_manager)
        self._check_one_lead(self.other_manager)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_handed_over_while_a_contact_is_recorded(self):
        """The contact stays who made it, and nothing is owed twice."""
        self.account_a.club_manager_id = self.manager
        handover = self._submit()
        handover.with_user(self.manager).action_give()
        account_id = self.account_a.id

        def record(env):
            env["club.contact.log"].create(
                {"account_id": account_id, "channel": "call", "conversation": "Boxes"}
            )

        found = self._at_once(
            (self.manager, record),
            self._press(self.other_manager, handover, "action_take"),
        )
        self.env.invalidate_all()
        self.assertFalse(found[1][0])
        self.assertEqual(handover.state, "done")
        logs = self.env["club.contact.log"].search([("account_id", "=", account_id)])
        # Who came second was no longer its manager, or had recorded it before.
        self.assertEqual(len(logs), 0 if found[0][0] else 1)
        self.assertLessEqual(set(logs.user_id.ids), {self.manager.id})
        self._check_one_lead(self.other_manager)
        duties = self.env["club.duty"].search([("account_id", "=", account_id)])
        keys = [(duty.rule_id.id, duty.period) for duty in duties]
        self.assertEqual(len(keys), len(set(keys)))
        self.assertNotIn(
            self.manager, duties.filtered(lambda duty: duty.state == "open").user_id
        )

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_load_one_taker_at_once(self):
        """Each is within what he can look after, and both are not. Rule D2."""
        tier = self.membership.tier_ids[1]
        tier.accounts_per_manager = 1
        accounts = self.account_a | self._create_account("Another")
        limits = self.program.with_company(self.company)._get_override_limits(
            self.account_a, self.membership
        )
        handovers = []
        for account in accounts:
            account.club_manager_id = self.manager
            self.program._set_override(
                account, tier, fields.Date.to_date(limits[1]), "Test"
            )
            handovers.append(self._submit(account))
            handovers[-1].with_user(self.manager).action_give()
        found = self._at_once(
            *(
                self._press(self.other_manager, each, "action_take")
                for each in handovers
            )
        )
        self.env.invalidate_all()
        errors = [error for error, _tries in found if isinstance(error, Exception)]
        self.assertEqual([type(error) for error in errors], [UserError])
        self.assertEqual(sorted(each.state for each in handovers), ["done", "waiting"])

    def _check_one_lead(self, user):
        leads = self.env["club.account.team"].search(
            [
                *(("account_id", "=", self.account_a.id), ("role", "=", "lead")),
                ("date_to", "=", False),
            ]
        )
        self.assertEqual(leads.user_id, user)
        self.assertEqual(len(leads), 1)
