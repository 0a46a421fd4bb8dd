from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..common import TODAY, month
from .plan_case import PlanCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPlanSupplement(PlanCase):
    """What changes within the year is signed alike. Rule C2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._put_into_effect(
            2026,
            [
                (cls.gala, 12, {"budget": 80_000}),
                (cls.tour, 9),
                (cls.lecture, 5),
            ],
        )
        cls.gala_line = cls.plan.line_ids.filtered(
            lambda line: line.type_id == cls.gala
        )

    def _supplement(self, **values):
        action = self.plan.with_user(self.officer).action_supplement()
        supplement = self.env["club.plan"].with_user(self.officer)
        supplement = supplement.browse(action["res_id"])
        supplement.write(values)
        return supplement

    def _line(self, kind, number, **values):
        return Command.create(
            {"type_id": kind.id, "month": month(f"2026-{number:02}"), **values}
        )

    def test_a_supplement_adds_and_drops(self):
        """Dropped once signed, not before; a moved line is a dropped and a new one."""
        supplement = self._supplement(
            dropped_ids=[Command.set(self.gala_line.ids)],
            line_ids=[self._line(self.gala, 11, budget=60_000)],
        )
        self.assertEqual(supplement.display_name, "Activity Plan 2026, Supplement 1")
        supplement.action_submit()
        self.assertEqual(self._get_turns(supplement), ["signer_presidium"])
        self.assertTrue(self.gala_line.in_force)
        self._sign_all(supplement)
        self.assertRecordValues(
            self.gala_line, [{"in_force": False, "dropped_by_id": supplement.id}]
        )
        self.assertTrue(supplement.line_ids.in_force)
        self.assertEqual(self.gala.planned_count, 1)

    def test_one_supplement_at_a_time_each_with_its_number(self):
        first = self._supplement()
        self.assertEqual(self._supplement(), first)
        first.line_ids = [self._line(self.outing, 6)]
        self._submit_and_sign(first)
        second = self._supplement()
        self.assertEqual((first.number, second.number), (1, 2))
        self.assertEqual(second.base_id, self.plan)
        action = first.with_user(self.officer).action_supplement()
        self.assertEqual(action["res_id"], second.id)

    def test_only_a_signed_plan_is_supplemented(self):
        draft = self._create_plan(2027)
        with self.assertRaisesRegex(UserError, "isn't signed yet"):
            draft.action_supplement()
        for user in (self.manager, self.auditor):
            with self.assertRaises(AccessError):
                self.plan.with_user(user).action_supplement()

    def test_dropping_below_what_is_owed_needs_a_reason(self):
        """What the annual plan lacked was explained then; lectures lack there."""
        supplement = self._supplement(
            dropped_ids=[Command.set(self.gala_line.ids)],
        )
        with self.assertRaisesRegex(UserError, r"Appreciation Gala \(Dec\)"):
            supplement.action_submit()
        supplement.shortfall = "The hall burnt down."
        self._submit_and_sign(supplement)
        self.assertFalse(self.gala_line.in_force)

    def test_only_lines_in_force_this_year_are_dropped(self):
        other = self._put_into_effect(2025, [(self.gala, 12)])
        draft = self._create_plan(2027, [(self.gala, 12)])
        supplement = self._supplement()
        for line in (other.line_ids, draft.line_ids):
            with self.assertRaisesRegex(ValidationError, "isn't in force"):
                supplement.dropped_ids = line
        with self.assertRaisesRegex(ValidationError, "no supplement"):
            draft.dropped_ids = self.gala_line
        self._hold(self.gala, "2026-12-20", "preparing", plan_line_id=self.gala_line.id)
        with self.assertRaisesRegex(ValidationError, "cancel that first"):
            supplement.dropped_ids = self.gala_line

    def test_a_dropped_line_stands_for_no_activity(self):
        """Rule C2: refused for it, while another line is allowed."""
        supplement = self._supplement(
            dropped_ids=[Command.set(self.gala_line.ids)], shortfall="Fire"
        )
        self._submit_and_sign(supplement)
        tour = self.plan.line_ids.filtered(lambda line: line.type_id == self.tour)
        for line, fits in ((tour, True), (self.gala_line, False)):
            activity = self._hold(
                line.type_id, "2026-12-20", "preparing", plan_line_id=line.id
            )
            if fits:
                activity.plan_line_id._check_foresees(activity)
            else:
                with self.assertRaisesRegex(ValidationError, "Supplement 1"):
                    activity.plan_line_id._check_foresees(activity)

    def test_an_activity_that_came_meanwhile_stops_the_drop(self):
        supplement = self._supplement(
            dropped_ids=[Command.set(self.gala_line.ids)], shortfall="Fire"
        )
        supplement.action_submit()
        self._hold(self.gala, "2026-12-20", "preparing", plan_line_id=self.gala_line.id)
        with self.assertRaisesRegex(ValidationError, "cancel that first"):
            self._sign_all(supplement)
        self.assertTrue(self.gala_line.in_force)

    def test_a_supplement_stays_in_its_year(self):
        supplement = self._supplement()
        with self.assertRaisesRegex(ValidationError, "another year"):
            supplement.year = 2027
        with self.assertRaisesRegex(UserError, "no line yet"):
            supplement.action_submit()
        with self.assertRaisesRegex(UserError, "has none"):
            supplement.action_fill_report()

    def test_nobody_numbers_a_supplement_by_hand(self):
        """PEERS 5: by the button alone."""
        plans = self.env["club.plan"].with_user(self.officer)
        for values in ({"number": 3}, {"base_id": self.plan.id}, {"report_at": TODAY}):
            with self.assertRaises(AccessError):
                plans.create({"year": 2030, **values})
            with self.assertRaises(AccessError):
                self._create_plan(2031).write(values)
            self.env["club.plan"].search([("year", "=", 2031)]).unlink()
        for values in ({"dropped_by_id": self.plan.id}, {"in_force": True}):
            with self.assertRaises(UserError):
                self.gala_line.with_user(self.officer).write(values)

    def test_figures_and_proposals_go_by_all_of_the_years_plans(self):
        supplement = self._supplement()
        supplement.action_propose()
        kinds = supplement.line_ids.type_id
        self.assertNotIn(self.gala, kinds)
        lectures = supplement.line_ids.filtered(
            lambda line: line.type_id == self.lecture
        )
        self.assertEqual([line.month.month for line in lectures], [2, 8, 11])
        self.assertFalse(supplement.is_short)
        self.assertTrue(self.plan.is_short)
        supplement.dropped_ids = self.gala_line
        self.assertTrue(supplement.is_short)
        supplement.action_propose()
        self.assertFalse(supplement.is_short)
