"""What succeeded against the neighbours, tried on activities. PEERS."""

from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, new_test_user, tagged

from ..approval.rpc_case import KEYS, RpcCase
from .activity_case import ActivityMixin

FIELDS = (
    *("stage", "approval_state", "is_planned", "cost_estimate", "cost_actual"),
    *("cost_closed", "event_id", "briefing_id", "name", "satisfaction_mean"),
    *("answer_count", "closed_by_id"),
)


@tagged("post_install", "-at_install")
class TestActivityAttacks(ActivityMixin, RpcCase):
    """Over RPC as each user, through both doors. PEERS 1, 2, 4, 5, 6."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # API keys go by PostgreSQL's clock, which can't be stopped.
        cls.begins = fields.Datetime.now() + timedelta(days=30)
        cls.ends = cls.begins + timedelta(hours=2)
        cls._set_up_club()
        cls._set_up_activities()
        cls.stranger = cls._create_employee("stranger")
        cls.event_manager = new_test_user(
            cls.env,
            "event_manager",
            groups="event.group_event_manager",
            company_id=cls.company.id,
        )
        cls.everybody = (
            *(cls.clerk, cls.officer, cls.lead, cls.finance, cls.auditor),
            *(cls.manager, cls.stranger, cls.event_manager),
        )
        cls.line, cls.other_line = cls._create_plan(
            10_000, 10_000, year=cls.begins.year
        )
        cls.planned = cls._draw_up(9_000, plan_line_id=cls.line.id, user=cls.officer)
        cls.planned.action_submit()
        cls.waiting = cls._draw_up(9_000)
        cls.waiting.action_submit()
        cls.env.flush_all()

    def _get_state(self):
        self.env.invalidate_all()
        found = (self.planned | self.waiting).sudo()
        return [
            *found.read([*FIELDS, "headcount", "plan_line_id", "date_begin"]),
            *found.cost_ids.read(["amount"]),
            *found.event_id.read(["date_begin", "seats_max", "kanban_state"]),
        ]

    def test_what_is_submitted_or_in_effect_is_written_by_nobody(self):
        """PEERS 1, 2, 4: fields, lines, state, all at once, with any context."""
        before = self._get_state()
        for activity in (self.planned, self.waiting):
            cost = activity.cost_ids.id
            for vals in (
                {"cost_ids": [[0, 0, {"amount": 9_000_000}]]},
                {"cost_ids": [[1, cost, {"amount": 9_000_000}]]},
                {"cost_ids": [[2, cost]]},
                {"cost_ids": [[5]]},
                {"plan_line_id": self.other_line.id},
                {"headcount": 5_000},
                {"date_begin": "2026-06-01 00:00:00"},
                {"approval_state": "draft", "headcount": 9},
                {"stage": "closed"},
            ):
                self._assert_refused(
                    self.everybody,
                    "club.activity",
                    "write",
                    activity.ids,
                    vals=vals,
                    context=KEYS,
                )
            self._assert_refused(
                self.everybody, "club.activity", "unlink", activity.ids
            )
            self._assert_refused(
                self.everybody,
                "club.activity.cost",
                "create",
                vals_list=[{"activity_id": activity.id, "amount": 9_000}],
            )
            self._assert_refused(
                self.everybody,
                "club.activity.cost",
                "write",
                activity.cost_ids.ids,
                vals={"amount": 1},
            )
        self.assertEqual(self._get_state(), before)

    def test_nobody_creates_it_beyond_its_beginning(self):
        """PEERS 5."""
        values = {
            "unit_id": self.unit.id,
            "type_id": self.type.id,
            "theme": "Forged",
            "reason": "x",
            "headcount": 3,
            "date_begin": fields.Datetime.to_string(self.begins),
            "date_end": fields.Datetime.to_string(self.ends),
        }
        forged = {
            "approval_state": "done",
            "stage": "preparing",
            "event_id": self.planned.sudo().event_id.id,
            "cost_actual": 1,
            "is_planned": True,
            "satisfaction_mean": 5,
        }
        for name, value in forged.items():
            self._assert_refused(
                (self.officer, self.clerk),
                "club.activity",
                "create",
                vals_list=[{**values, name: value}],
            )
        made = self._call_ok(
            self.clerk,
            "club.activity",
            "create",
            vals_list=[values],
            context={f"default_{name}": value for name, value in forged.items()},
        )
        activity = self.env["club.activity"].browse(made)
        self.assertRecordValues(
            activity,
            [{"approval_state": "draft", "stage": "application", "is_planned": False}],
        )

    def test_only_the_executive_group_goes_without_signatures(self):
        """Rule C2: whatever the others send, signatures are asked, or it is refused."""
        for user in (self.clerk, self.lead):
            activity = self._draw_up(10, plan_line_id=self.line.id, user=user)
            self._call_ok(
                user, "club.activity", "action_submit", activity.ids, context=KEYS
            )
            self.assertEqual(activity.approval_state, "waiting")
        activity = self._draw_up(10, plan_line_id=self.line.id)
        self._assert_refused(
            (self.manager, self.stranger, self.auditor),
            "club.activity",
            "action_submit",
            activity.ids,
        )
        self.assertEqual(activity.approval_state, "draft")

    def test_the_budget_is_not_taken_twice(self):
        """9,000 of 10,000 are taken: 1,000.01 more wait for signatures."""
        both = [
            self._draw_up(600, plan_line_id=self.line.id, user=self.officer).id
            for _number in range(2)
        ]
        self._call_ok(self.officer, "club.activity", "action_submit", [*both, *both])
        activities = self.env["club.activity"].browse(both)
        self.assertEqual(activities.mapped("approval_state"), ["done", "waiting"])

    def test_applicant_never_signs(self):
        """PEERS 6."""
        self._assert_refused(
            (self.clerk, self.officer, self.stranger),
            "club.activity",
            "action_sign",
            self.waiting.ids,
        )
        self.assertEqual(self.waiting.approval_state, "waiting")

    def test_event_is_parted_from_its_activity_by_nobody(self):
        before = self._get_state()
        event = self.planned.sudo().event_id
        for vals in (
            {"date_begin": "2026-06-01 00:00:00", "date_end": "2026-06-02 00:00:00"},
            {"seats_max": 900},
            {"seats_limited": False},
            {"kanban_state": "cancel"},
            {"active": False},
            {"club_activity_id": self.waiting.id},
            {"company_id": False},
        ):
            self._assert_refused(
                (self.event_manager, self.officer, self.clerk),
                "event.event",
                "write",
                event.ids,
                vals=vals,
                context=KEYS,
            )
        self._assert_refused((self.event_manager,), "event.event", "unlink", event.ids)
        self.assertEqual(self._get_state(), before)

    def test_stages_are_gone_through_by_who_may_write(self):
        others = (self.manager, self.lead, self.finance, self.auditor, self.stranger)
        for method in (
            "action_start_inviting",
            "action_hold",
            "action_close",
            "action_schedule_briefing",
            "action_move",
            "action_cancel",
        ):
            self._assert_refused(others, "club.activity", method, self.planned.ids)
        self.assertEqual(self.planned.stage, "preparing")

    def test_closed_costs_stay(self):
        with freeze_time(self.ends):
            self.env.invalidate_all()
            self.planned.action_hold()
        expense = self._spend(self.planned, 5)
        self.planned.summary = "Well"
        self.planned.action_close()
        for model, method, ids, kwargs in (
            ("club.activity.expense", "write", expense.ids, {"vals": {"amount": 1}}),
            ("club.activity.expense", "unlink", expense.ids, {}),
            (
                "club.activity.expense",
                "create",
                None,
                {
                    "vals_list": [
                        {"activity_id": self.planned.id, "name": "x", "amount": 1}
                    ]
                },
            ),
            ("club.activity", "write", self.planned.ids, {"vals": {"summary": "x"}}),
        ):
            self._assert_refused(self.everybody, model, method, ids, **kwargs)
        self.assertEqual(self.planned.cost_actual, 5)
