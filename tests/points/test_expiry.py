from datetime import date

from odoo.tests import freeze_time, tagged

from ..common import ClubCommon


@tagged("post_install", "-at_install")
class TestExpiry(ClubCommon):
    """Points live for their months and the redemption period. Rule B7."""

    def _expire(self, in_month, day):
        with freeze_time(day):
            run = self._create_run(in_month, kind="expiry")
            run.action_compute()
            run.action_post()
        return run

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_revenue(cls.account_a, 1_000, "2024-01")
        cls._add_revenue(cls.account_a, 400, "2024-02")
        with freeze_time("2024-02-05"):
            cls._post_run("2024-01")
        with freeze_time("2024-03-05"):
            cls._post_run("2024-02")

    def test_valid_until(self):
        entries = self.env["club.points.entry"].search([], order="revenue_month")
        own = entries.filtered(lambda e: e.account_id == self.account_a)
        self.assertEqual(
            own.mapped("valid_until"), [date(2025, 4, 30), date(2025, 5, 31)]
        )

    def test_expires_in_its_month_and_once(self):
        self.assertFalse(self._expire("2025-03", "2025-04-02").entry_count)
        run = self._expire("2025-04", "2025-05-02")
        self.assertRecordValues(
            run.entry_ids, [{"points": -1000, "kind": "expiry", "valid_until": False}]
        )
        self.assertFalse(self._expire("2025-04", "2025-05-03").entry_count)
        self.assertEqual(self._get_points(self.account_a), 400)
        self._expire("2025-05", "2025-06-02")
        self.assertEqual(self._get_points(self.account_a), 0)
        self.assertFalse(self.program._find_broken_run())

    def test_what_was_spent_does_not_expire_again(self):
        """Oldest go first: closed form over all ever spent."""
        with freeze_time("2024-06-05"):
            run = self._create_run("2024-05")
            run.action_compute()
            self.env.cr.execute(
                """
                INSERT INTO club_points_entry (run_id, account_id, origin_id, kind,
                    points, date)
                VALUES (%s, %s, %s, 'redemption', -300, '2024-05-31')
                """,
                [run.id, self.account_a.id, self.account_a.id],
            )
            self.env.invalidate_all()
            run.action_post()
        run = self._expire("2025-04", "2025-05-02")
        self.assertEqual(run.entry_ids.points, -700)
        self.assertEqual(self._get_points(self.account_a), 400)

    def test_expiry_never_counts_for_the_tier(self):
        self._expire("2025-04", "2025-05-02")
        found = self.program._assess(self.account_a, date(2025, 4, 30))
        figures = found[self.account_a.id, self.membership.id]
        self.assertEqual(float(figures.measures.points), 0)

    def test_fixed_date(self):
        self.program.write(
            {"life": "fixed", "life_fixed_month": 12, "life_fixed_day": 31}
        )
        self.assertEqual(self.program._valid_until(date(2024, 5, 1)), date(2025, 3, 31))
