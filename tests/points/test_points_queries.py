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

    def test_neither_computing_nor_verifying_takes_more_for_more_units(self):
        """Each unit has a clerk of its own, and one whom all of them share; what the
        first of the two has read of the server the second one finds.
        """
        counted = {}
        for size, in_month in ((3, "2026-02"), (9, "2026-03")):
            units, accounts = self._create_units(size, in_month)
            run = self._create_run(in_month)
            found = {"compute": self._count(run, self.officer, "action_compute")}
            own = run.unit_ids.filtered(lambda each, units=units: each.unit_id in units)
            self.assertEqual(len(own), size)
            asked = run.activity_ids.filtered(lambda todo: todo.user_id == self.clerk)
            waiting = run.unit_ids.filtered(
                lambda each: each.unit_id != self.other_unit
            )
            self.assertEqual(len(asked), len(waiting))
            self._add_revenue(accounts, 10, in_month)
            found["again"] = self._count(run, self.officer, "action_compute")
            own.no_records_reason = "Compared on the screen"
            found["verify"] = self._count(own, self.clerk, "action_verify")
            self.assertEqual(set(own.mapped("state")), {"verified"})
            self.assertFalse(
                run.activity_ids.filtered(
                    lambda todo, units=units: todo.summary.endswith(
                        tuple(units.mapped("name"))
                    )
                )
            )
            for name, queries in found.items():
                counted.setdefault(name, []).append(queries)
        for name, (few, many) in counted.items():
            with self.subTest(name, few=few):
                self.assertLessEqual(many, few)

    def _create_units(self, size, in_month):
        clerks = self._create_users(
            **{f"clerk_{in_month}_{number}": "clerk" for number in range(size)}
        )
        units = self.env["crm.team"].create(
            [
                {"name": f"{clerk.login}", "company_id": self.company.id}
                for clerk in clerks
            ]
        )
        self.env["club.unit.clerk"].create(
            [
                {"unit_id": unit.id, "user_id": user.id, "date_from": "2020-01-01"}
                for unit, clerk in zip(units, clerks, strict=True)
                for user in (clerk, self.clerk)
            ]
        )
        accounts = self._create_accounts(units.mapped("name"))
        for unit, account in zip(units, accounts, strict=True):
            account.club_unit_id = unit
        self._add_revenue(accounts, 500, in_month)
        return units, accounts

    def _count(self, records, user, method):
        self.env.flush_all()
        self.env.invalidate_all()
        own = records.with_user(user).with_context(allowed_company_ids=self.company.ids)
        before = self.env.cr.sql_log_count
        getattr(own, method)()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_a_to_do_is_done_with_its_unit(self):
        """Who has several units keeps what he is asked of the others."""
        units, _accounts = self._create_units(2, "2026-03")
        run = self._create_run()
        run.action_compute()
        first = run.unit_ids.filtered(lambda each: each.unit_id == units[0])
        self._verify(first, self.clerk)
        asked = run.activity_ids.filtered(lambda todo: todo.user_id == self.clerk)
        self.assertEqual(
            sorted(asked.mapped("summary")),
            sorted(
                f"Verify the points of {unit.name}" for unit in (units[1], self.unit)
            ),
        )
        self.assertNotIn(units[0].name, "".join(run.activity_ids.mapped("summary")))
