"""Points to redeem that the tests of redemptions share."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time

from ..common import TODAY, ClubCommon
from ..shared_world import shared

# Points of January and February 2026 live until then: 12 months and the 3 to redeem.
EARLY, LATE = date(2027, 4, 30), date(2027, 5, 31)


class RedemptionMixin:
    """Draws up redemptions, and reads the ledger."""

    def _draw_up(self, points, user=None, account=None, **values):
        user = user or self.officer
        return (
            self.env["club.redemption"]
            .with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
            .create(
                {
                    "program_id": self.program.id,
                    "account_id": (account or self.account_a).id,
                    "points": points,
                    "reason": "Tea set",
                    **values,
                }
            )
        )

    def _reserve(self, points, user=None, account=None):
        redemption = self._draw_up(points, user, account)
        redemption.action_reserve()
        return redemption

    def _debit(self, points, user=None, account=None):
        redemption = self._reserve(points, user, account)
        redemption.action_debit()
        return redemption

    def _get_available(self, account=None):
        account = account or self.account_a
        found = self.env["club.points.entry"]._get_balances(self.program, account)
        return float(found[account.id].available) if found else 0

    def _get_lots(self, account=None):
        """Return what is left of each lot: ``{last day: points}``."""
        account = account or self.account_a
        found = self.env["club.points.entry"]._get_lots(self.program, account)
        return {lot.until: float(lot.points) for lot in found.get(account.id, [])}

    def _expire(self, in_month, day):
        with freeze_time(day):
            run = self._create_run(in_month, kind="expiry")
            run.action_compute()
            run.action_post()
        return run

    def _get_redeemed(self, redemption):
        """Return the posted entries of a redemption: last day and points."""
        self.env.flush_all()
        entries = redemption.sudo().run_ids.entry_ids.sorted("id")
        return [(entry.valid_until, entry.points) for entry in entries]


@freeze_time(TODAY)
class RedemptionCase(RedemptionMixin, ClubCommon):
    """Anchor Mills has 1,000 points until EARLY and 400 until LATE."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_redemptions()

    @classmethod
    @shared
    def _set_up_redemptions(cls):
        cls._add_revenue(cls.account_a, 1_000, "2026-01")
        cls._add_revenue(cls.account_a, 400, "2026-02")
        cls._post_run("2026-01")
        cls._post_run("2026-02")

    @classmethod
    def _create_other_program(cls):
        other = cls._create_club_company("Other Post")
        return other, cls.env["club.program"].sudo().with_company(other).create(
            {"name": "Other", "company_id": other.id, "group_ids": [Command.clear()]}
        )
