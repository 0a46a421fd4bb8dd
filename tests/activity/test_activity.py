from datetime import timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .activity_case import BEGINS, ENDS, ActivityCase


@tagged("post_install", "-at_install")
class TestActivity(ActivityCase):
    """The application of an activity. Rule C3."""

    # === What it says === #

    def test_type_and_line_of_the_plan_propose(self):
        """What they propose is changed; what is entered stays."""
        line = self._create_plan(1_000)
        activity = self._draw_up(1, plan_line_id=line.id, headcount=7)
        self.assertRecordValues(
            activity,
            [
                {
                    "theme": "Talk 1",
                    "type_id": self.type.id,
                    "organiser": "executive",
                    "headcount": 7,
                    "seats_per_account": 2,
                    "is_planned": True,
                }
            ],
        )
        self.assertEqual(self._draw_up(1, plan_line_id=line.id).headcount, 40)
        outside = self._draw_up(1)
        self.assertEqual((outside.headcount, outside.organiser), (30, "unit"))
        self.assertFalse(outside.is_planned)
        self.assertRegex(outside.display_name, r"^ACT/\d{4}/\d{4} Tea$")

    def test_form_fills_in_from_the_plan(self):
        line = self._create_plan(1_000)
        with Form(self.env["club.activity"].with_user(self.officer)) as form:
            form.plan_line_id = line
            self.assertEqual(form.theme, "Talk 1")
            self.assertEqual(form.type_id, self.type)
            self.assertEqual(form.plan_left, 1_000)
            form.unit_id = self.unit
            form.reason = "Why"
            form.date_begin, form.date_end = BEGINS, ENDS
            with form.cost_ids.new() as cost:
                cost.amount = 12.5
        self.assertEqual(form.record.cost_estimate, 12.5)

    def test_subject_says_when_it_is_outside_the_plan(self):
        line = self._create_plan(1_000, organiser="unit")
        planned = self._submit(10, plan_line_id=line.id)
        outside = self._submit(10)
        self.assertEqual(planned.sudo().approval_request_id.subject, "Talk 1")
        self.assertEqual(
            outside.sudo().approval_request_id.subject, "Tea (outside the plan)"
        )

    # === What is refused === #

    def test_numbers_and_dates_are_checked_by_the_database(self):
        for values in (
            {"headcount": 0},
            {"headcount": -1},
            {"date_end": BEGINS - timedelta(minutes=1)},
            {"seats_per_account": -1},
        ):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.IntegrityError),
            ):
                self._draw_up(1, **values).flush_recordset()

    def test_past_days_and_missing_costs_are_refused(self):
        past = self._draw_up(1, date_begin="2026-04-09", date_end="2026-04-10")
        with self.assertRaisesRegex(ValidationError, "begin in the past"):
            past.action_submit()
        with self.assertRaisesRegex(UserError, "lists no costs"):
            self._draw_up().action_submit()
        self.assertEqual(self._submit(0).approval_state, "waiting")

    def test_line_of_the_plan_must_foresee_it(self):
        """Its plan is in effect, for the same year; its type the same. Rule C2."""
        line = self._create_plan(1_000)
        other = self._create_type("match")
        with self.assertRaisesRegex(ValidationError, "another type"):
            self._submit(1, plan_line_id=line.id, type_id=other.id)
        for begins in ("2026-12-31 15:59:59", "2026-12-31 16:00:00"):
            # Where the company is, the second is a moment of next year.
            activity = self._draw_up(
                1, plan_line_id=line.id, date_begin=begins, date_end="2027-01-02"
            )
            if begins.endswith("59"):
                activity.action_submit()
                continue
            with self.assertRaisesRegex(ValidationError, "another year than its plan"):
                activity.action_submit()
        draft = self._create_plan(1_000, year=2027, in_effect=False)
        with self.assertRaisesRegex(ValidationError, "isn't in effect"):
            self._submit(
                1,
                user=self.officer,  # who reads it before that
                plan_line_id=draft.id,
                date_begin="2027-05-01",
                date_end="2027-05-02",
            )

    def test_applicant_belongs_to_the_unit(self):
        """Rule E2."""
        with self.assertRaises(AccessError):
            self._submit(1, user=self.manager)
        self.env["crm.team.member"].create(
            {"crm_team_id": self.unit.id, "user_id": self.manager.id}
        )
        for user in (self.manager, self.lead, self.clerk, self.officer):
            self.assertEqual(self._submit(1, user=user).approval_state, "waiting")

    # === Bands === #

    def test_bands_go_by_the_estimate(self):
        """Rule C3: 10,000 and 50,000 belong to the lower band."""
        for amounts, bodies in (
            ((10_000,), ("unit", "key_accounts")),
            ((9_000, 1_000.01), ("unit", "key_accounts", "office")),
            ((50_000,), ("unit", "key_accounts", "office")),
            ((50_000.01,), ("unit", "key_accounts", "office", "leader")),
        ):
            with self.subTest(amounts):
                kind = self._create_type(str(sum(amounts)))
                activity = self._submit(*amounts, type_id=kind.id)
                for body in bodies:
                    self.assertEqual(activity.approval_state, "waiting")
                    self._sign(activity, body)
                self.assertRecordValues(
                    activity, [{"approval_state": "done", "stage": "preparing"}]
                )
                self.assertEqual(activity.sudo().event_id.seats_max, 30)

    def test_two_of_one_unit_and_type_add_up(self):
        """PEERS 9: splitting doesn't lower the band."""
        self._submit(9_000)
        second = self._submit(1_000.01)
        self._sign(second, "unit", "key_accounts")
        self.assertEqual(second.approval_state, "waiting")
        self._sign(second, "office")
        self.assertEqual(second.approval_state, "done")

    def test_applicant_never_signs(self):
        """PEERS 6: the department signs in the lead's place."""
        activity = self._submit(1, user=self.lead)
        with self.assertRaises(AccessError):
            activity.with_user(self.lead).action_sign()
        self._sign(activity, "key_accounts")
        self.assertEqual(activity.approval_state, "done")

    def test_rejected_and_withdrawn_have_no_event(self):
        rejected, withdrawn = self._submit(1), self._submit(2)
        rejected.with_user(self.lead).action_reject("No money")
        withdrawn.action_withdraw()
        for activity in rejected + withdrawn:
            self.assertEqual(activity.stage, "application")
            self.assertFalse(activity.event_id)
        rejected.headcount = 5
        rejected.action_submit()
        self._sign(rejected, "unit", "key_accounts")
        self.assertEqual(rejected.sudo().event_id.seats_max, 5)
