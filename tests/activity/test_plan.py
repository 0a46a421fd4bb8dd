from datetime import date

import psycopg2

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from ...models.activity.year_facts import NOTHING
from ..common import TODAY, month
from .plan_case import OWED, PlanCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPlan(PlanCase):
    """The year's plan: proposed, adapted, signed by the presidium. Rule C2."""

    # === Proposing === #

    def test_one_click_lists_what_the_catalogue_owes(self):
        """Rules C1, C2: months spread, tiers and headcount of the type, no service."""
        plan = self._create_plan()
        plan.action_propose()
        self.assertEqual(self._count_lines(plan), OWED)
        lectures = plan.line_ids.filtered(lambda line: line.type_id == self.lecture)
        self.assertRecordValues(
            lectures.sorted("month"),
            [
                {
                    "month": month(f"2027-{number:02}"),
                    "name": f"VIP Lecture Series: {form}",
                    "headcount": 60,
                    "tier_id": False,
                    "organiser": "executive",
                    "budget": 0,
                }
                for number, form in (
                    (2, "Health"),
                    (5, "Finance"),
                    (8, "Company Growth"),
                    (11, "Art"),
                )
            ],
        )
        tour = plan.line_ids.filtered(lambda line: line.type_id == self.tour)
        self.assertEqual(tour.tier_id, self.tour.tier_id)
        gala = plan.line_ids.filtered(lambda line: line.type_id == self.gala)
        self.assertEqual(gala.month, month("2027-12"))

    def test_proposing_again_adds_nothing(self):
        """Run twice; then with one line less, and one in its own way."""
        plan = self._create_plan()
        for _each in range(2):
            plan.action_propose()
            self.assertEqual(len(plan.line_ids), sum(OWED.values()))
        gala = plan.line_ids.filtered(lambda line: line.type_id == self.gala)
        gala.unlink()
        plan.action_propose()
        self.assertEqual(self._count_lines(plan), OWED)

    def test_proposing_completes_what_is_there(self):
        plan = self._create_plan(
            lines=[(self.lecture, 6, {"name": "Ours"}), (self.lecture, 12)]
        )
        plan.action_propose()
        lectures = plan.line_ids.filtered(lambda line: line.type_id == self.lecture)
        self.assertEqual({line.month.month for line in lectures}, {2, 6, 8, 12})
        self.assertEqual(len(lectures), 4)
        self.assertIn("Ours", lectures.mapped("name"))

    def test_budget_is_last_years_cost_else_last_years_budget(self):
        """Rule C2: actual cost per activity held, else the plan's, else nothing."""
        self._put_into_effect(
            2026,
            [
                (self.lecture, 2, {"budget": 9_000}),
                (self.gala, 12, {"budget": 80_000}),
                (self.outing, 1, {"budget": 1_000}),
                (self.outing, 2, {"budget": 2_001}),
            ],
        )
        self._hold(self.lecture, "2026-02-10", cost_actual=5_000)
        self._hold(self.lecture, "2026-03-10", cost_actual=6_000.01, stage="closed")
        self._hold(self.lecture, "2026-03-11", cost_actual=700, stage="cancelled")
        self._hold(self.gala, "2026-04-01")
        plan = self._create_plan()
        plan.action_propose()
        budgets = {
            line.type_id.code: line.budget for line in plan.line_ids if line.budget
        }
        self.assertEqual(
            budgets, {"vip_lecture": 5_500.01, "gala": 80_000, "outing": 1_500.5}
        )
        self.assertAlmostEqual(plan.budget, 4 * 5_500.01 + 80_000 + 12 * 1_500.5)
        self.assertEqual(plan._get_usual_budget(NOTHING), 0)

    def test_proposing_is_one_create(self):
        """Queries don't grow with the lines."""
        counts = []
        for year, times in ((2027, 1), (2028, 5)):
            self.outing.write({"times_min": times, "times_max": 0})
            plan = self._create_plan(year)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            plan.action_propose()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(plan.line_ids), sum(OWED.values()) + 48)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_archived_types_and_services_are_not_proposed(self):
        self.gala.active = False
        self._type("tcm_doctor").write({"period": "month", "times_min": 1})
        plan = self._create_plan()
        plan.action_propose()
        found = self._count_lines(plan)
        self.assertNotIn("gala", found)
        self.assertNotIn("tcm_doctor", found)
        with self.assertRaisesRegex(ValidationError, "service"):
            self._create_plan(2028, [(self._type("tcm_doctor"), 1)])

    def test_last_years_plan_is_copied_once(self):
        """Rule C2: a year on; what is there stays; dropped lines stay behind."""
        last = self._put_into_effect(
            2026,
            [
                (self.lecture, 2, {"name": "Health", "budget": 5}),
                (self.lecture, 2, {"name": "Health", "budget": 6}),
                (self.gala, 12, {"organiser": "unit", "unit_id": self.unit.id}),
            ],
        )
        plan = self._create_plan(lines=[(self.lecture, 2, {"name": "Health"})])
        for _each in range(2):
            plan.action_copy_last_year()
            self.assertEqual(len(plan.line_ids), 3)
        gala = plan.line_ids.filtered(lambda line: line.type_id == self.gala)
        self.assertRecordValues(
            gala,
            [
                {
                    "month": month("2027-12"),
                    "organiser": "unit",
                    "unit_id": self.unit.id,
                }
            ],
        )
        self.assertEqual(len(last.line_ids), 3)
        # A draft of last year is nobody's model.
        other = self._create_plan(2029)
        self._create_plan(2028, [(self.gala, 12)])
        other.action_copy_last_year()
        self.assertFalse(other.line_ids)

    # === Months === #

    def test_month_is_kept_as_its_first_day(self):
        plan = self._create_plan(2028)
        for given, kept in (
            ("2028-01-01", date(2028, 1, 1)),
            ("2028-02-29", date(2028, 2, 1)),
            ("2028-12-31", date(2028, 12, 1)),
        ):
            line = self.env["club.plan.line"].create(
                {"plan_id": plan.id, "type_id": self.gala.id, "month": given}
            )
            self.assertEqual(line.month, kept)
            line.month = given
            self.assertEqual(line.month, kept)
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self.env.cr.execute("UPDATE club_plan_line SET month = '2028-02-02'")

    def test_month_is_within_the_plans_year(self):
        """Below, at and above both bounds, made and changed."""
        plan = self._create_plan(lines=[(self.gala, 6)])
        for day, fits in (
            ("2026-12-31", False),
            ("2027-01-01", True),
            ("2027-12-31", True),
            ("2028-01-01", False),
        ):
            values = {"plan_id": plan.id, "type_id": self.gala.id, "month": day}
            for act in (
                lambda values=values: self.env["club.plan.line"].create(values),
                lambda day=day: plan.line_ids[0].write({"month": day}),
            ):
                with self.subTest(day=day), self.env.cr.savepoint():
                    if fits:
                        act()
                    else:
                        with self.assertRaisesRegex(ValidationError, "that year"):
                            act()

    def test_what_is_no_month_is_refused(self):
        plan = self._create_plan(lines=[(self.gala, 6)])
        for value in ("x", "2027-13-01", 7, [1]):
            with self.subTest(value=value), self.assertRaises(ValidationError):
                plan.line_ids.write({"month": value})

    def test_lines_follow_their_plan_to_another_year(self):
        plan = self._create_plan(lines=[(self.gala, 12), (self.lecture, 2)])
        plan.year = 2028
        self.assertEqual(
            plan.line_ids.mapped("month"), [month("2028-12"), month("2028-02")]
        )
        with Form(plan) as form:
            form.year = 2029
        self.assertEqual(
            set(plan.line_ids.mapped("month")), {month("2029-02"), month("2029-12")}
        )

    def test_a_line_begins_with_its_types_usual_month(self):
        with Form(self._create_plan()) as form, form.line_ids.new() as line:
            line.type_id = self.gala
            self.assertEqual(line.name, "Appreciation Gala")
            self.assertEqual(line.headcount, 200)
            self.assertEqual(line.month, month("2027-12"))

    def test_years_beyond_reason_are_refused(self):
        for year, fits in ((1999, False), (2000, True), (2100, True), (2101, False)):
            with self.subTest(year=year), mute_logger("odoo.sql_db"):
                try:
                    with self.env.cr.savepoint():
                        self._create_plan(year)
                        self.env.flush_all()
                    self.assertTrue(fits)
                except psycopg2.IntegrityError:
                    self.assertFalse(fits)

    def test_a_year_has_one_plan(self):
        self._create_plan()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self._create_plan()

    def test_a_copy_is_for_the_next_free_year(self):
        plan = self._put_into_effect(2026, [(self.gala, 12)], report_outlook="Less")
        copies = plan.copy() | plan.copy()
        self.assertEqual(copies.mapped("year"), [2027, 2028])
        self.assertEqual(set(copies.mapped("approval_state")), {"draft"})
        self.assertEqual(
            copies.line_ids.mapped("month"), [month("2027-12"), month("2028-12")]
        )
        self.assertFalse(any(copies.mapped("report_outlook")))

    def test_a_plan_is_found_by_its_year(self):
        plan = self._create_plan()
        found = self.env["club.plan"].name_search("2027")
        self.assertEqual(found, [(plan.id, "Activity Plan 2027")])
        self.assertFalse(self.env["club.plan"].name_search("elsewhere"))

    # === Signing === #

    def test_the_presidium_signs(self):
        """Rule C2: and then lines are in force."""
        plan = self._create_plan()
        plan.action_propose()
        self.assertFalse(any(plan.line_ids.mapped("in_force")))
        plan.action_submit()
        self.assertEqual(self._get_turns(plan), ["signer_presidium"])
        self._sign_all(plan)
        self.assertEqual(plan.approval_state, "done")
        self.assertTrue(all(plan.line_ids.mapped("in_force")))

    def test_what_is_submitted_says_enough(self):
        """Refused: no line; fewer than owed and no reason; a unit's without unit."""
        plan = self._create_plan()
        with self.assertRaisesRegex(UserError, "no line yet"):
            plan.action_submit()
        plan.action_propose()
        may = plan.line_ids.filtered(
            lambda line: line.type_id == self.lecture and line.month.month == 5
        )
        may.unlink()
        with self.assertRaisesRegex(UserError, r"VIP Lecture Series \(May\)"):
            plan.action_submit()
        plan.shortfall = "  "
        with self.assertRaisesRegex(UserError, "less than the catalogue owes"):
            plan.action_submit()
        plan.shortfall = "The hall is rebuilt in spring."
        plan.line_ids[0].organiser = "unit"
        with self.assertRaisesRegex(UserError, "choose which"):
            plan.action_submit()
        plan.line_ids[0].unit_id = self.unit
        plan.action_submit()
        self.assertEqual(plan.approval_state, "waiting")

    def test_one_in_the_wrong_period_does_not_make_up_for_another(self):
        """Rule C1: four lectures, none of them in the second quarter."""
        plan = self._create_plan()
        plan.action_propose()
        self.assertFalse(plan.is_short)
        may = plan.line_ids.filtered(
            lambda line: line.type_id == self.lecture and line.month.month == 5
        )
        may.month = month("2027-03")
        self.assertTrue(plan.is_short)
        may.month = month("2027-04")
        self.assertFalse(plan.is_short)

    def test_a_catalogue_that_changes_meanwhile_stops_no_signature(self):
        plan = self._create_plan()
        plan.action_propose()
        plan.action_submit()
        self.outing.write({"times_min": 3, "times_max": 0})
        self._sign_all(plan)
        self.assertEqual(plan.approval_state, "done")

    def test_what_was_submitted_is_fixed(self):
        """PEERS 1, 2, 4: fields and lines, before and after the signature."""
        plan = self._create_plan()
        plan.action_propose()
        plan.action_submit()
        for _each in range(2):
            line = plan.line_ids[0]
            for act in (
                lambda: plan.write({"year": 2028}),
                lambda: plan.write({"shortfall": "x"}),
                lambda: plan.write({"report_achievements": "x"}),
                lambda: plan.write({"line_ids": [(5, 0, 0)]}),
                lambda line=line: plan.write(
                    {"line_ids": [(1, line.id, {"budget": 1})]}
                ),
                lambda line=line: line.write({"budget": 9_000}),
                lambda line=line: line.write({"month": "2027-09-01"}),
                line.unlink,
                plan.unlink,
                plan.action_propose,
                plan.action_copy_last_year,
                plan.action_fill_report,
                plan.action_submit,
            ):
                with self.assertRaises(UserError):
                    act()
                self.env.invalidate_all()
            if plan.approval_state == "waiting":
                self._sign_all(plan)

    # === Costs === #

    def test_what_is_left_of_a_lines_budget(self):
        """Rule C2: estimates until closed, then what it cost."""
        plan = self._put_into_effect(2026, [(self.gala, 12, {"budget": 1_000})])
        line = plan.line_ids
        cost = [(0, 0, {"amount": 300})]
        for stage, actual, expected in (
            ("preparing", 0, {"cost_estimate": 300, "budget_left": 700}),
            ("held", 350, {"cost_estimate": 600, "budget_left": 350}),
            ("closed", 200, {"cost_estimate": 900, "budget_left": 50}),
            ("cancelled", 100, {"cost_estimate": 900, "budget_left": -50}),
        ):
            self._hold(
                self.gala,
                "2026-04-01",
                stage,
                plan_line_id=line.id,
                cost_ids=cost,
                cost_actual=actual,
            )
            self.env.invalidate_all()
            self.assertRecordValues(line, [expected])
        self.assertRecordValues(
            line, [{"activity_count": 4, "held_count": 2, "cost_actual": 650}]
        )
        # Whoever reads the plan knows the totals, not the activities behind them.
        action = line.with_user(self.officer).action_open_activities()
        self.assertEqual(self.env["club.activity"].search_count(action["domain"]), 4)

    def test_costs_of_many_lines_are_one_query(self):
        counts = []
        for year, number in ((2027, 20), (2028, 40)):
            plan = self._create_plan(year, [(self.gala, 12)] * number)
            self.env.flush_all()
            self.env.invalidate_all()
            plan.line_ids.mapped("budget")
            before = self.env.cr.sql_log_count
            plan.line_ids.mapped("budget_left")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_a_signed_line_offers_its_activity(self):
        plan = self._put_into_effect(2026, [(self.tour, 9, {"headcount": 12})])
        action = plan.line_ids.with_user(self.manager).action_apply()
        with Form(
            self.env["club.activity"]
            .with_user(self.officer)
            .with_context(**action["context"])
        ) as form:
            self.assertEqual(form.plan_line_id, plan.line_ids)
            self.assertEqual(form.theme, "Study Tour")
            self.assertEqual(form.headcount, 12)
            self.assertEqual(form.tier_id, self.tour.tier_id)
            self.assertEqual(form.organiser, "executive")
            form.reason = "Planned"
            form.unit_id = self.unit
            form.date_begin = "2026-09-10 01:00:00"
            form.date_end = "2026-09-10 09:00:00"
            form.place = "Port"
