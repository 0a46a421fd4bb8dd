"""A club with posted months to audit, and the means to doctor it."""

from odoo.tests import freeze_time

from ..common import TODAY, ClubCommon
from ..shared_world import shared


@freeze_time(TODAY)
class AuditCase(ClubCommon):
    """Ten more accounts, half of them Quay's; February and March are posted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_audit()

    @classmethod
    @shared
    def _set_up_audit(cls):
        cls.accounts = cls._create_accounts(f"Pier {number}" for number in range(10))
        cls.accounts[::2].club_unit_id = cls.other_unit
        cls.accounts[1::2].club_unit_id = cls.unit
        for number, account in enumerate(cls.accounts):
            for in_month in ("2026-02", "2026-03"):
                cls._add_revenue(account, 1_000 + number, in_month)
        cls._add_revenue(cls.account_a, 200_000)
        cls.february = cls._post_run("2026-02")
        cls.march = cls._post_run("2026-03")
        cls._age()

    @classmethod
    def _age(cls):
        """Let all that runs rest on be older than they are.

        The database's clock isn't frozen along: what a test makes is later.
        """
        cls.env.flush_all()
        for table in ("club_points_rate", "club_agreement", "club_revenue_import"):
            cls._doctor(f"UPDATE {table} SET write_date = '2020-01-01'")

    @classmethod
    def _doctor(cls, query, *params):
        """Write round the ORM and the triggers, as the tables' owner could."""
        cls.env.flush_all()
        cls.env.cr.execute(
            "ALTER TABLE club_points_entry DISABLE TRIGGER USER;"
            "ALTER TABLE club_points_run DISABLE TRIGGER USER;"
            "ALTER TABLE club_points_reference DISABLE TRIGGER USER"
        )
        cls.env.cr.execute(query, params)
        cls.env.cr.execute(
            "ALTER TABLE club_points_entry ENABLE TRIGGER USER;"
            "ALTER TABLE club_points_run ENABLE TRIGGER USER;"
            "ALTER TABLE club_points_reference ENABLE TRIGGER USER"
        )
        cls.env.invalidate_all()

    def _create_sample(self, user=None, **values):
        user = user or self.auditor
        return (
            self.env["club.audit.sample"]
            .with_user(user)
            .create(
                {
                    "program_id": self.program.id,
                    "size_min": 5,
                    "percentage": 0,
                    "seed": 1,
                    **values,
                }
            )
        )

    def _draw(self, **values):
        sample = self._create_sample(**values)
        sample.action_draw()
        return sample

    def _find(self, sample, **values):
        """Record a finding on the sample's first entry."""
        return (
            self.env["club.audit.finding"]
            .with_user(self.auditor)
            .create(
                {
                    "name": "Counted twice",
                    "sample_id": sample.id,
                    "line_id": sample.line_ids[0].id,
                    "owner_id": self.clerk.id,
                    **values,
                }
            )
        )
