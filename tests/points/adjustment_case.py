"""Documents and signatories that the tests of points adjustments share."""

from odoo.tests import freeze_time

from ..common import TODAY, ClubCommon
from ..shared_world import shared


@freeze_time(TODAY)
class AdjustmentCase(ClubCommon):
    """Quay's clerk applies; its lead, three departments and the leader sign."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_adjustments()

    @classmethod
    @shared
    def _set_up_adjustments(cls):
        cls.below = cls.env["crm.team"].create(
            {"name": "Quay 2", "company_id": cls.company.id, "parent_id": cls.unit.id}
        )
        cls.account_c = cls._create_account("Below", club_unit_id=cls.below.id)
        cls._set_up_seats()
        cls.signers["unit"] = cls.lead
        cls._add_revenue(cls.account_a, 3_000)
        cls._add_revenue(cls.account_b, 4_000)
        cls._post_run()

    def _draw_up(self, points, user=None, **values):
        """Draw up an adjustment: ``points`` by account."""
        user = user or self.clerk
        return (
            self.env["club.points.adjustment"]
            .with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
            .create(
                {
                    "program_id": self.program.id,
                    "unit_id": self.unit.id,
                    "reason": "Goodwill\nfor the flood",
                    "line_ids": [
                        (0, 0, {"account_id": account.id, "points": value})
                        for account, value in points.items()
                    ],
                    **values,
                }
            )
        )

    def _submit(self, points, user=None, **values):
        adjustment = self._draw_up(points, user, **values)
        adjustment.action_submit()
        return adjustment

    def _sign(self, adjustment, *names):
        for name in names:
            adjustment.with_user(self.signers[name]).action_sign()

    def _get_asked(self, adjustment):
        """Return who signs, stage by stage, by the names of ``signers``."""
        stages = {}
        for signature in adjustment.sudo().approval_request_id.signature_ids:
            name = signature.body_id.code or "unit"
            stages.setdefault(signature.stage, set()).add(name)
        return [stages[stage] for stage in sorted(stages)]

    def _get_entries(self, account=None):
        """Return the posted adjustment entries, the last first."""
        self.env.flush_all()
        domain = [("kind", "=", "adjustment"), ("state", "=", "posted")]
        if account:
            domain.append(("account_id", "=", account.id))
        return self.env["club.points.entry"].search(domain)
