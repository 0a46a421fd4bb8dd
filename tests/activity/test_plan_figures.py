from datetime import date

from odoo.tests import Form, freeze_time, tagged

from ...models.activity.year_facts import get_start, read_year
from ..common import TODAY
from .plan_case import PlanCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPlanFigures(PlanCase):
    """Owed 4, planned 3, held 2: a plan against the catalogue. Rules C1, C2."""

    def _figure(self, plan, kind):
        (found,) = (f for f in plan.sudo()._get_figures() if f.kind == kind)
        return found

    def test_owed_four_planned_three_held_two(self):
        plan = self._put_into_effect(
            2026, [(self.lecture, 2), (self.lecture, 5), (self.lecture, 8)]
        )
        self._hold(self.lecture, "2026-02-05")
        self._hold(self.lecture, "2026-03-05", stage="closed")
        self._hold(self.lecture, "2026-05-05", stage="preparing")
        self._hold(self.lecture, "2026-04-05", stage="cancelled")
        figure = self._figure(plan, self.lecture)
        self.assertEqual((figure.owed, figure.planned, figure.held), (4, 3, 2))
        self.assertEqual((figure.facts.ahead, figure.facts.cancelled), (1, 1))
        self.assertEqual((figure.owed_now, figure.is_behind), (1, False))
        self.assertEqual((figure.missing, figure.missing_text), ((11,), "Nov"))
        self.assertIn("VIP Lecture Series", plan.figures)
        self.assertIn("Nov", plan.figures)

    def test_behind_is_who_held_fewer_than_is_owed_by_now(self):
        """Below and at the bound: three months are over on 10 April."""
        plan = self._put_into_effect(2026, [(self.outing, 1)])
        for day, behind in (("2026-01-05", True), ("2026-02-05", True)):
            self._hold(self.outing, day)
            self.assertEqual(self._figure(plan, self.outing).is_behind, behind, day)
        self._hold(self.outing, "2026-03-05")
        self.assertFalse(self._figure(plan, self.outing).is_behind)
        with freeze_time("2026-04-30"):
            self.assertTrue(self._figure(plan, self.outing).is_behind)

    def test_more_than_the_catalogue_allows_is_told(self):
        plan = self._create_plan(lines=[(self.gala, 12)])
        self.assertFalse(self._figure(plan, self.gala).is_above)
        plan.line_ids.copy()
        self.assertTrue(self._figure(plan, self.gala).is_above)

    def test_what_is_being_typed_counts(self):
        plan = self._create_plan(lines=[(self.gala, 12)])
        with Form(plan) as form:
            self.assertIn("Nov", form.figures)
            for number in (2, 5, 8, 11):
                with form.line_ids.new() as line:
                    line.type_id = self.lecture
                    line.month = date(2027, number, 1)
            figures = plan._get_figures()
        self.assertEqual(self._figure(plan, self.lecture).planned, 4)
        self.assertEqual(len(figures), 7)

    def test_a_year_begins_where_the_company_is(self):
        """New Year's Eve in Harbour: its evening is still the old year there."""
        self.assertEqual(str(get_start(self.company, 2026)), "2025-12-31 16:00:00")
        for moment, year in (
            ("2025-12-31T15:59:59", 2025),
            ("2025-12-31T16:00:00", 2026),
            ("2026-12-31T15:59:59", 2026),
            ("2026-12-31T16:00:00", 2027),
        ):
            with self.subTest(moment=moment):
                activity = self._hold(self.gala, moment)
                for each in (2025, 2026, 2027):
                    held = read_year(self.company, each)[self.gala.id].held
                    self.assertEqual(held, each == year)
                self.env.cr.execute(
                    "UPDATE club_activity SET stage = 'cancelled' WHERE id = %s",
                    [activity.id],
                )
                self.env.invalidate_all()

    def test_years_beyond_reason_have_no_figures(self):
        self.assertEqual(read_year(self.company, 10**9), {})
        self.assertEqual(read_year(self.company, -1), {})
        plan = self.env["club.plan"].new({"year": 10**9, "company_id": self.company.id})
        self.assertFalse(plan.figures)
        self.assertFalse(plan.is_short)

    def test_another_companys_activities_do_not_count(self):
        company = self._create_club_company("Upland Post")
        self._create_program(company)
        self._hold(self.lecture, "2026-02-05")
        found = read_year(company, 2026)
        self.assertTrue(found)
        self.assertFalse(any(found.values()))
        self.assertNotIn(self.lecture.id, found)

    def test_everybody_who_reads_the_plan_sees_the_same_figures(self):
        plan = self._put_into_effect(2026, [(self.lecture, 2)])
        self._hold(self.lecture, "2026-02-05")
        shown = {
            str(plan.with_user(user).figures)
            for user in (self.manager, self.officer, self.auditor)
        }
        self.assertEqual(len(shown), 1)

    def test_queries_do_not_grow_with_activities(self):
        plan = self._put_into_effect(2026, [(self.lecture, 2)])
        counts = []
        for number in (20, 180):
            for each in range(number):
                self._hold(self.lecture, f"2026-02-{each % 28 + 1:02}")
            self.env.flush_all()
            self.env.invalidate_all()
            plan.mapped("figures")
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            plan.mapped("figures")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(self._figure(plan, self.lecture).held, 200)
        self.assertEqual(*counts)
