from datetime import date

from odoo import Command

from ..approval.approval_case import ApprovalCase


class ShareCase(ApprovalCase):
    """The centre shares the revenue of an account that a branch looks after."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.centre_lead, cls.centre_member, cls.hill_lead = cls._create_users(
            centre_lead="lead", centre_member="user", hill_lead="lead"
        )
        cls.other_unit.user_id = cls.hill_lead
        cls.unit.member_ids = cls.manager
        cls.centre = cls.env["crm.team"].create(
            {
                "name": "Key Accounts",
                "company_id": cls.company.id,
                "club_level": "centre",
                "user_id": cls.centre_lead.id,
                "member_ids": [Command.set(cls.centre_member.ids)],
            }
        )

    def _draw_up(self, *percents, user=None, **values):
        """Return a draft of the centre's: the account's manager holds, others serve."""
        units = [self.unit, self.centre, self.other_unit]
        lines = [
            Command.create(
                {
                    "role": "server" if number else "holder",
                    "unit_id": units[number].id,
                    "user_id": False if number else self.manager.id,
                    "percent": percent,
                }
            )
            for number, percent in enumerate(percents)
        ]
        shares = self.env["club.revenue.share"].with_user(user or self.centre_member)
        return shares.create(
            {
                "account_id": self.account_a.id,
                "unit_id": self.centre.id,
                "date_from": date(2026, 1, 1),
                "reason": "The centre develops the account",
                "line_ids": lines,
                **values,
            }
        )

    def _put_in_effect(self, *percents, **values):
        share = self._draw_up(*percents, **values)
        share.action_submit()
        self._sign_all(share)
        self.assertEqual(share.approval_state, "done")
        return share.sudo()
