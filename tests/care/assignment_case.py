"""Accounts and managers that the tests of hand-overs and allocations share."""

from odoo import fields

from ..contact.care_case import CareFixture, OutsidersMixin


class AssignmentFixture(OutsidersMixin, CareFixture):
    """Anchor Mills is Quay's, whose lead is `lead`; `other_manager` could take it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_care()
        cls._set_up_outsiders()
        cls._set_up_assignments()

    @classmethod
    def _set_up_assignments(cls):
        cls.account_b.club_unit_id = cls.unit
        cls.account_b.club_manager_id = False
        cls.tiers = {tier.code: tier for tier in cls.membership.tier_ids}

    @classmethod
    def _set_tier(cls, account, code):
        cls.program._set_override(account, cls.tiers[code], cls._get_last_day(), "Test")
        cls.env.invalidate_all()

    @classmethod
    def _get_last_day(cls):
        program = cls.program.with_company(cls.company)
        limits = program._get_override_limits(cls.account_a, cls.membership)
        return fields.Date.to_date(limits[1])

    def _as(self, user, record):
        """Return the record as a client of the user has it."""
        env = self.env(user=user.id, context={"allowed_company_ids": self.company.ids})
        return record.with_env(env)

    def _draw_up(self, user=None, accounts=None, **values):
        handovers = self._as(user or self.manager, self.env["club.handover"])
        return handovers.create(
            {
                "user_from_id": self.manager.id,
                "user_to_id": self.other_manager.id,
                "line_ids": [
                    (0, 0, {"account_id": account.id})
                    for account in accounts or self.account_a
                ],
                **values,
            }
        )
