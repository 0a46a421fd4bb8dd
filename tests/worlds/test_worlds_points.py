"""Points of two programs and two companies stay apart. Rules A9, B1, B7, B9."""

from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ..common import TODAY
from .worlds_case import WorldsCase

# What is kept of a program's points, and how it is found.
LEDGER = {
    "club_points_run": "t.program_id = %s",
    "club_membership": "t.program_id = %s",
    **dict.fromkeys(
        (
            *("club_points_run_unit", "club_points_entry", "club_points_summary"),
            "club_points_exception",
        ),
        "EXISTS (SELECT FROM club_points_run r WHERE r.id = t.run_id"
        " AND r.program_id = %s)",
    ),
}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestWorldsPoints(WorldsCase):
    """1,000 of parcels in February at Harbour Post and at Lake Post."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for company in (cls.company, cls.lake, cls.coast):
            cls._book_revenue(company, cls.account_a, 1_000, "2026-02")
        cls.programs = (
            *(cls.program, cls.suburbs, cls.lake_program, cls.coast_program),
        )

    def _read(self, program):
        """Return all that is kept of a program's points, as the database has it."""
        self.env.flush_all()
        found = []
        for table, condition in LEDGER.items():
            self.env.cr.execute(
                f"SELECT to_jsonb(t) - 'write_date' FROM {table} t"
                f" WHERE {condition} ORDER BY 1",
                [program.id],
            )
            found.append((table, self.env.cr.fetchall()))
        return found

    def _balances(self):
        entries = self.env["club.points.entry"]
        return [
            float(found[self.account_a.id].available) if found else 0
            for program in self.programs
            for found in (entries._get_balances(program, self.account_a),)
        ]

    def test_each_program_posts_the_same_revenue_by_its_own_rates(self):
        for program in self.programs:
            others = [each for each in self.programs if each != program]
            before = [self._read(each) for each in others]
            run = self._post(program, "2026-02")
            self.assertEqual(run.state, "posted")
            self.assertEqual(run.company_id, program.company_id)
            self.assertEqual(before, [self._read(each) for each in others])
        self.assertEqual(self._balances(), [1_000, 2_000, 3_000, 4_000])
        for program in self.programs:
            self.assertTrue(program)

    def test_what_is_spent_in_one_is_spent_in_one(self):
        for program in self.programs:
            self._post(program, "2026-02")
        for program, user in (
            (self.suburbs, self.officer),
            (self.lake_program, self.lake_users["officer"]),
        ):
            others = [each for each in self.programs if each != program]
            before = [self._read(each) for each in others]
            redemption = self._as(self.env["club.redemption"], user).create(
                {
                    "program_id": program.id,
                    "account_id": self.account_a.id,
                    "points": 700,
                    "reason": "Tea",
                }
            )
            redemption.action_reserve()
            redemption.action_debit()
            self.assertEqual(before, [self._read(each) for each in others])
        self.assertEqual(self._balances(), [1_000, 1_300, 2_300, 4_000])

    def test_points_expire_by_the_life_of_their_program(self):
        """Suburbs: six months and one to redeem; Lake: three and three."""
        for program in self.programs:
            self._post(program, "2026-02")
        with freeze_time("2026-10-10"):
            self.env.invalidate_all()
            run = self._post(self.suburbs, "2026-09", kind="expiry")
            self.assertEqual(sum(run.entry_ids.mapped("points")), -2_000)
            self.assertEqual(self._balances()[0], 1_000)

    def test_nobody_works_in_anothers_program(self):
        run = self._post(self.lake_program, "2026-02")
        term = self.terms[self.lake_program, self.account_a]
        for records in (run, run.entry_ids, self.lake_program, term):
            for user in (self.officer, self.province_officer):
                with self.assertRaises(AccessError):
                    self._as(records, user).read(["display_name"])
        for name, values in (
            ("club.points.run", {"month": date(2026, 3, 1)}),
            ("club.redemption", {"points": 1, "reason": "Tea"}),
            ("club.points.adjustment", {"reason": "Tea", "kind": "bonus"}),
        ):
            values = {"program_id": self.lake_program.id, **values}
            if name == "club.redemption":
                values["account_id"] = self.account_a.id
            with self.assertRaises((AccessError), msg=name):
                self._as(self.env[name], self.officer).create(values)

    def test_the_month_follows_the_program(self):
        """Proposed is the month after the last one that the program has posted."""
        for in_month in ("2026-01", "2026-02"):
            self._post(self.program, in_month)
        self._post(self.suburbs, "2026-01")
        runs = self._as(self.env["club.points.run"], self.officer)
        with Form(runs) as form:
            self.assertEqual(str(form.month), "2026-03-01")
            form.program_id = self.suburbs
            self.assertEqual(str(form.month), "2026-02-01")
        self.assertEqual(form.record.name[-7:], "Suburbs")
        in_suburbs = runs.create({"program_id": self.suburbs.id})
        self.assertEqual(str(in_suburbs.month), "2026-02-01")

    def test_a_month_is_over_where_the_program_is(self):
        """Lake Post is a day behind: on 31 March in China it is still the 30th there,
        whichever of both companies one works in.
        """
        with freeze_time("2026-03-31 01:00:00"):
            self.env.invalidate_all()
            for companies in (self.company | self.lake, self.lake | self.company):
                runs = self._as(self.env["club.points.run"], self.both, companies)
                values = {"month": date(2026, 3, 1), "no_controls_reason": "Test"}
                with self.assertRaisesRegex(ValidationError, "not over"):
                    runs.create({"program_id": self.lake_program.id, **values})
            runs.create({"program_id": self.suburbs.id, **values})

    def test_a_shared_unit_is_verified_by_whom_its_company_has(self):
        """Who does so in another company is in nobody's way, and isn't asked."""
        self.env["club.unit.clerk"].create(
            {
                "unit_id": self.shared_unit.id,
                "user_id": self.clerk.id,
                "date_from": date(2020, 1, 1),
            }
        )
        asked = {}
        for program, officer in (
            (self.lake_program, self.lake_users["officer"]),
            (self.program, self.officer),
        ):
            company = program.company_id
            self.account_a.with_company(company).club_unit_id = self.shared_unit
            run = self._in(company)["club.points.run"].create(
                {
                    "program_id": program.id,
                    "month": date(2026, 2, 1),
                    "no_controls_reason": "Test",
                }
            )
            run.action_compute()
            [part] = run.unit_ids.filtered(lambda one: one.unit_id == self.shared_unit)
            asked[company] = run.activity_ids.user_id
            is_free = company == self.lake
            self.assertEqual(self._as(part, officer).can_verify, is_free)
        self.assertNotIn(self.clerk, asked[self.lake])
        self.assertIn(self.clerk, asked[self.company])

    def test_a_run_is_posted_on_the_day_of_its_company(self):
        run = self._within(self.company | self.lake)["club.points.run"].create(
            {
                "program_id": self.lake_program.id,
                "month": date(2026, 2, 1),
                "no_controls_reason": "Test",
            }
        )
        run.action_compute()
        self._verify(run.with_env(self._in(self.lake)).unit_ids)
        run.action_post()
        self.assertEqual(str(run.posted_on), "2026-04-09")
        self.assertEqual(self._post(self.program, "2026-02").posted_on, TODAY)
