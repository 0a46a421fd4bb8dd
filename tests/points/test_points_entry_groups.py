from odoo.tests import freeze_time, tagged

from ..common import TODAY, ClubCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPointsEntryGroups(ClubCommon):
    """The ledger's screens group by what isn't stored on the entry."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_revenue(cls.account_a, 60_000)
        cls._add_revenue(cls.account_b, 40_000)
        cls.run_march = cls._post_run()

    def _group(self, field, user):
        rows = (
            self.env["club.points.entry"]
            .with_user(user)
            .formatted_read_group(
                [("state", "=", "posted"), ("program_id", "=", self.program.id)],
                [field],
                ["points:sum"],
            )
        )
        return [(row[field], row["points:sum"]) for row in rows]

    def test_by_tier_of_the_account(self):
        """The tier is the account's mirror of today, per company."""
        vip = self.account_a.club_tier_id
        for role in ("officer", "auditor", "finance"):
            with self.subTest(role):
                self.assertEqual(
                    self._group("tier_id", getattr(self, role)),
                    [((vip.id, "Vip"), 60_000), (False, 40_000)],
                )
        self.assertEqual(
            self._group("tier_id", self.manager), [((vip.id, "Vip"), 60_000)]
        )

    def test_by_state_of_the_run(self):
        self.assertEqual(self._group("state", self.officer), [("posted", 100_000)])

    def test_revenue_by_unit_of_the_account(self):
        """The view of the facts groups by the account's unit and tier as well."""
        rows = (
            self.env["club.revenue"]
            .with_user(self.officer)
            .formatted_read_group(
                [("company_id", "=", self.company.id)], ["unit_id"], ["amount:sum"]
            )
        )
        self.assertEqual(
            {row["unit_id"][0]: row["amount:sum"] for row in rows},
            {self.unit.id: 60_000, self.other_unit.id: 40_000},
        )
