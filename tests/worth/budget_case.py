"""Members with points of a year, and sheets that grant them budgets."""

from contextlib import contextmanager
from datetime import date

from odoo import Command
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from ...models.worth.club_budget import ClubBudget
from ..common import TODAY, ClubCommon
from ..shared_world import shared

# The sheets of the tests are for the year after TODAY's, by the points of TODAY's.
YEAR = TODAY.year + 1


class BudgetMixin:
    """Anchor Mills is Gold with 1,000 points, Beacon Foods has 500 and no tier. A point
    of Gold proposes 0.0333.
    """

    @classmethod
    @shared
    def _set_up_budgets(cls):
        cls._set_up_seats()
        cls.tiers = {tier.code: tier for tier in cls.membership.tier_ids}
        cls.tiers["gold"].budget_rate = 0.0333
        cls._join(cls.account_a)
        cls._add_revenue(cls.account_a, 1_000, "2026-02")
        cls._add_revenue(cls.account_b, 500, "2026-02")
        cls._post_run("2026-02")

    @classmethod
    def _join(cls, account, tier="gold", date_to=date(2027, 12, 31)):
        cls.env["club.membership"]._insert(
            cls.program,
            [
                {
                    "account_id": account.id,
                    "group_id": cls.membership.id,
                    "tier_id": cls.tiers[tier].id,
                    "date_from": date(2026, 1, 1),
                    "date_to": date_to,
                    "origin": "opening",
                }
            ],
        )
        cls.program._refresh_mirrors(account)
        cls.env.invalidate_all()

    @classmethod
    def _draw_up_sheet(cls, year=YEAR, user=None, **values) -> ClubBudget:
        sheets = cls.env["club.budget"].with_user(user or cls.officer)
        return sheets.with_context(allowed_company_ids=cls.company.ids).create(
            {"program_id": cls.program.id, "year": year, **values}
        )

    @classmethod
    def _prepare(cls, year=YEAR, **values):
        sheet = cls._draw_up_sheet(year, **values)
        sheet.action_prepare()
        return sheet

    @classmethod
    def _grant(cls, sheet, account, granted, reason="Opens a branch"):
        """Decide a line of the sheet, or add one."""
        line = sheet.line_ids.filtered(lambda line: line.account_id == account)
        values = {"granted": granted, "reason": reason}
        if line:
            line.write(values)
        else:
            values["account_id"] = account.id
            sheet.write({"line_ids": [Command.create(values)]})

    def _sign_sheet(self, sheet):
        sheet.action_submit()
        self._sign_all(sheet)
        self.assertEqual(sheet.approval_state, "done")
        return sheet

    @classmethod
    def _grant_now(cls, account, granted, year=TODAY.year):
        """Return a sheet in effect that grants an account so much."""
        sheet = cls._draw_up_sheet(year)
        cls._grant(sheet, account, granted)
        sheet.with_user(cls.env.user)._set_opening("Test")
        cls.env.invalidate_all()
        return sheet

    @contextmanager
    def assertRefused(self, error, message):
        """Like `assertRaisesRegex`, and rolled back as a request would be."""
        with mute_logger("odoo.sql_db"), self.assertRaises(error) as caught:
            yield
            self.env.flush_all()
        self.assertRegex(str(caught.exception), message)
        self.env.invalidate_all()

    @classmethod
    def _get_line(cls, sheet, account):
        return sheet.line_ids.filtered(lambda line: line.account_id == account)


@freeze_time(TODAY)
class BudgetCase(BudgetMixin, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_budgets()
