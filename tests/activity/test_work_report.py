from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .plan_case import PlanCase

GUESTS = (
    *("proposed", "invited", "confirmed", "waiting", "declined"),
    *("cancelled", "attended", "attended", "absent"),
)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestWorkReport(PlanCase):
    """Last year's work report is counted from the facts, then kept. Rule C2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.last = cls._put_into_effect(
            2026,
            [
                (cls.lecture, 2, {"budget": 5_000}),
                (cls.lecture, 5, {"budget": 5_000}),
                (cls.gala, 12, {"budget": 80_000}),
            ],
        )
        line = cls.last.line_ids[0]
        cls._hold(
            cls.lecture,
            "2026-02-10",
            "closed",
            GUESTS,
            plan_line_id=line.id,
            cost_actual=4_000,
            satisfaction_mean=5,
            answer_count=1,
        )
        cls.unplanned = cls._hold(
            cls.lecture,
            "2026-03-10",
            "held",
            ("attended", "absent"),
            cost_actual=500.5,
            satisfaction_mean=2,
            answer_count=2,
        )
        cls._hold(cls.lecture, "2026-03-20", "cancelled", ("attended",), cost_actual=50)
        cls._hold(cls.outing, "2025-12-31")
        cls.plan = cls._create_plan(2027)
        cls.plan.action_propose()

    def _line(self, plan=None, kind=None):
        lines = (plan or self.plan).report_line_ids
        return lines.filtered(lambda line: line.type_id == (kind or self.lecture))

    def test_figures_are_counted_from_the_facts(self):
        self.plan.action_fill_report()
        self.assertRecordValues(
            self._line(),
            [
                {
                    "year": 2026,
                    "owed": 4,
                    "planned": 2,
                    "held": 2,
                    "cancelled": 1,
                    "unplanned": 1,
                    "invited": 9,
                    "attended": 3,
                    "answers": 3,
                    "satisfaction": 3.0,
                    "budget": 10_000,
                    "cost": 4_550.5,
                    "difference": 5_449.5,
                    "response_rate": 1.0,
                }
            ],
        )
        self.assertAlmostEqual(self._line().attendance_rate, 1 / 3)
        self.assertEqual(
            self._line().unplanned_names,
            f"{self.unplanned.name} {self.unplanned.theme}",
        )
        # What was owed and never took place is told, too.
        self.assertRecordValues(
            self._line(kind=self.outing), [{"owed": 12, "planned": 0, "held": 0}]
        )
        self.assertRecordValues(
            self._line(kind=self.gala), [{"planned": 1, "held": 0, "budget": 80_000}]
        )

    def test_counting_again_replaces_the_figures(self):
        for _each in range(2):
            self.plan.action_fill_report()
        self.assertEqual(len(self._line()), 1)
        self._hold(self.lecture, "2026-04-01")
        self.plan.action_fill_report()
        self.assertEqual(self._line().held, 3)

    def test_submitting_counts_anew_and_keeps_it(self):
        """What is signed is what was so when it was submitted."""
        self.plan.action_fill_report()
        self._hold(self.lecture, "2026-04-01")
        self.plan.report_achievements = "Three lectures."
        self.plan.action_submit()
        self.assertEqual(self._line().held, 3)
        self._hold(self.lecture, "2026-04-02")
        with self.assertRaises(UserError):
            self.plan.action_fill_report()
        self._sign_all(self.plan)
        self.assertEqual(self.plan.approval_state, "done")
        self.assertEqual(self._line().held, 3)

    def test_a_year_with_facts_wants_words(self):
        with self.assertRaisesRegex(UserError, "what was achieved"):
            self.plan.action_submit()
        self.assertEqual(self.plan.approval_state, "draft")
        self.plan.report_achievements = "Much."
        self.plan.action_submit()
        # The club's first year has nothing to report.
        first = self._create_plan(2040, shortfall="First year", lines=[(self.gala, 1)])
        first.action_submit()
        self.assertFalse(first.report_line_ids)

    def test_a_rejected_plan_is_counted_anew(self):
        self.plan.report_achievements = "Much."
        self.plan.action_submit()
        self.plan.with_user(self.signers["presidium"]).action_reject("Too much")
        self._hold(self.lecture, "2026-04-01")
        self.plan.action_submit()
        self.assertEqual(self._line().held, 3)
        self._sign_all(self.plan)
        self.assertEqual(self.plan.approval_state, "done")

    def test_figures_are_nobodys_to_type(self):
        """PEERS 3: not even the administrator's."""
        self.plan.action_fill_report()
        admin = self._create_user("admin", "the_admin")
        for user in (self.officer, admin, self.manager):
            line = self._line().with_user(user)
            for act in (
                lambda line=line: line.write({"held": 99}),
                lambda line=line: line.create(
                    {"plan_id": self.plan.id, "type_id": self.tour.id, "held": 9}
                ),
                line.unlink,
                lambda user=user, line=line: self.plan.with_user(user).write(
                    {"report_line_ids": [(1, line.id, {"held": 99})]}
                ),
                lambda user=user: self.plan.with_user(user).write(
                    {"report_line_ids": [(5, 0, 0)]}
                ),
            ):
                with self.assertRaises(AccessError):
                    act()
                self.env.invalidate_all()
        self.assertEqual(self._line().held, 2)
        with self.assertRaises(AccessError):
            self._line().sudo().write({"held": 99})

    def test_doctored_figures_are_not_carried_out(self):
        """What all have signed is what takes effect."""
        self.plan.report_achievements = "Much."
        self.plan.action_submit()
        self.env.cr.execute("UPDATE club_work_report_line SET held = 99")
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            self._sign_all(self.plan)
