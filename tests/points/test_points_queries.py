from odoo.tests import freeze_time, tagged

from ..common import TODAY, ClubCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPointsQueries(ClubCommon):
    """How many steps the presses of a points run take."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for in_month in ("2026-02", "2026-03"):
            cls._add_revenue(cls.account_a, 1000, in_month)
            cls._add_revenue(cls.account_b, 700, in_month)

    def _press(self, run, method, limit):
        """Press as an officer whose session has nothing in its cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        own = run.with_user(self.officer).with_context(
            allowed_company_ids=self.company.ids
        )
        with self.assertQueryCount(limit):
            getattr(own, method)()
            self.env.flush_all()

    def test_computing_takes_as_many_queries_as_it_has_things_to_do(self):
        """Half of them tell the clerk: activity, message and mail are Odoo's. Computing
        anew is noted, which is a message, too.
        """
        # What a server that is up for a minute knows.
        self._press(self._create_run("2026-02"), "action_compute", 150)
        run = self._create_run("2026-03")
        self._press(run, "action_compute", 50)
        self._press(run, "action_compute", 38)

    def test_who_is_asked_already_is_not_asked_anew(self):
        run = self._create_run()
        run.action_compute()
        asked = run.activity_ids
        self.assertEqual(asked.user_id, self.clerk)
        self._add_revenue(self.account_a, 10)
        run.action_compute()
        self.assertEqual(run.activity_ids, asked)
        self._verify_all(run)
        self.assertFalse(run.activity_ids)
