from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .activity_case import ActivityCase


@tagged("post_install", "-at_install")
class TestActivityPlan(ActivityCase):
    """Inside a signed line of the plan no second signature. Rule C2."""

    def _submit_planned(self, line, *amounts, user=None, **values):
        return self._submit(
            *amounts, plan_line_id=line.id, user=user or self.officer, **values
        )

    def test_below_and_at_the_budget_it_takes_effect_above_it_waits(self):
        cases = (
            ((9_999.99,), "done"),
            ((4_000, 6_000), "done"),
            ((10_000.01,), "waiting"),
            ((0,), "done"),
        )
        lines = self._create_plan(*(10_000 for _case in cases))
        for line, (amounts, state) in zip(lines, cases, strict=True):
            with self.subTest(amounts):
                activity = self._submit_planned(line, *amounts)
                self.assertEqual(activity.approval_state, state)

    def test_the_draft_says_beforehand_whether_anybody_will_sign(self):
        lines = self._create_plan(10_000, 10_000)
        for line, amount, told, untold in (
            (lines[0], 10_000, "without signatures", "Will be signed by"),
            (lines[1], 10_000.01, "Will be signed by", "without signatures"),
        ):
            draft = self._draw_up(amount, plan_line_id=line.id, user=self.officer)
            preview = str(draft.approval_preview)
            self.assertIn(told, preview)
            self.assertNotIn(untold, preview)
            self.assertEqual(draft.approval_state, "draft")
            draft.action_submit()
            signed = bool(draft.sudo().approval_request_id.signature_ids)
            self.assertEqual(signed, untold == "without signatures")

    def test_it_leaves_evidence_and_no_signature(self):
        line = self._create_plan(10_000)
        activity = self._submit_planned(line, 8_000)
        request = activity.sudo().approval_request_id
        self.assertRecordValues(
            activity, [{"approval_state": "done", "stage": "preparing"}]
        )
        self.assertFalse(request.signature_ids)
        self.assertEqual(request.applicant_id, self.officer)
        self.assertIn("Talk 1", request.closing_reason)
        self.assertIn("8,000.00", activity.approval_trail)
        self.assertTrue(activity.event_id)

    def test_activities_of_a_line_share_its_budget(self):
        """What waits for signatures counts, what was rejected or withdrawn doesn't."""
        line, other = self._create_plan(10_000, 500)
        self.assertEqual(self._submit_planned(line, 6_000).approval_state, "done")
        self.assertEqual(self._submit_planned(other, 500).approval_state, "done")
        above = self._submit_planned(line, 4_000.01)
        self.assertEqual(above.approval_state, "waiting")
        self.assertEqual(self._submit_planned(line, 0.01).approval_state, "waiting")
        above.action_withdraw()
        fits = self._submit_planned(line, 3_999.99)
        self.assertEqual(fits.approval_state, "done")
        self.assertEqual(above.plan_left, 0)

    def test_two_submitted_together_count_each_other(self):
        line = self._create_plan(10_000)
        both = self._draw_up(6_000, plan_line_id=line.id, user=self.officer)
        both |= self._draw_up(6_000, plan_line_id=line.id, user=self.officer)
        both.action_submit()
        self.assertEqual(both.mapped("approval_state"), ["done", "waiting"])

    def test_cancelled_frees_the_budget_but_for_what_it_cost(self):
        line = self._create_plan(10_000)
        activity = self._submit_planned(line, 10_000)
        self._spend(activity, 300)
        activity._do_cancel("Typhoon")
        self.assertEqual(self._submit_planned(line, 9_700.01).approval_state, "waiting")
        self.env["club.activity"].search([("approval_state", "=", "waiting")])[
            :1
        ].action_withdraw()
        self.assertEqual(self._submit_planned(line, 9_700).approval_state, "done")

    def test_what_cost_more_than_estimated_takes_more(self):
        line = self._create_plan(10_000)
        activity = self._submit_planned(line, 6_000)
        self._spend(activity, 7_000)
        self.assertEqual(self._submit_planned(line, 3_000.01).approval_state, "waiting")

    # === Who may === #

    def test_officers_and_the_executive_group_may(self):
        """A seat in the executive body, today, is what counts."""
        line = self._create_plan(10_000)
        for user in (self.officer, self.signers["executive"]):
            user.group_ids |= self.env.ref("crm_club.crm_club_group_user")
            self.env["crm.team.member"].create(
                {"crm_team_id": self.unit.id, "user_id": user.id}
            )
            activity = self._submit_planned(line, 10, user=user)
            self.assertEqual(activity.approval_state, "done", user.login)

    def test_others_go_by_the_bands(self):
        line = self._create_plan(10_000)
        for user in (self.clerk, self.lead):
            activity = self._submit_planned(line, 10, user=user)
            self.assertEqual(activity.approval_state, "waiting", user.login)
            self.assertFalse(activity.event_id)

    def test_a_seat_that_has_ended_is_none(self):
        line = self._create_plan(10_000)
        former = self.signers["executive"]
        former.group_ids |= self.env.ref("crm_club.crm_club_group_user")
        self.env["crm.team.member"].create(
            {"crm_team_id": self.unit.id, "user_id": former.id}
        )
        seat = self._get_body("executive").seat_ids
        seat.date_to = "2026-04-09"
        self.assertEqual(
            self._submit_planned(line, 10, user=former).approval_state, "waiting"
        )

    def test_another_companys_executive_group_is_not_ours(self):
        line = self._create_plan(10_000)
        other = self._create_club_company("Upland Post")
        self._create_program(other)
        user = self._create_user("user", "elsewhere")
        user.company_ids |= other
        self._create_seat("executive", user, company=other)
        self.env["crm.team.member"].create(
            {"crm_team_id": self.unit.id, "user_id": user.id}
        )
        self.assertEqual(
            self._submit_planned(line, 10, user=user).approval_state, "waiting"
        )

    def test_units_activities_go_by_the_bands(self):
        """Organised by a unit, on the activity or in the plan: as before."""
        line = self._create_plan(10_000)
        own = self._submit_planned(line, 10, organiser="unit")
        self.assertEqual(own.approval_state, "waiting")
        units = self._create_plan(
            10_000, year=2027, organiser="unit", unit_id=self.unit.id
        )
        planned = self._submit_planned(
            units,
            10,
            organiser="executive",
            date_begin="2027-05-01",
            date_end="2027-05-01",
        )
        self.assertEqual(planned.approval_state, "waiting")

    def test_outside_the_plan_nobody_goes_without_signatures(self):
        activity = self._submit(10, user=self.officer, organiser="executive")
        self.assertEqual(activity.approval_state, "waiting")

    # === Afterwards === #

    def test_what_took_effect_stays(self):
        line, other = self._create_plan(10_000, 10_000)
        activity = self._submit_planned(line, 10_000)
        for values in (
            {"plan_line_id": other.id},
            {"plan_line_id": False},
            {"headcount": 500},
            {"date_begin": "2026-06-01"},
            {"cost_ids": [(0, 0, {"amount": 1})]},
            {"cost_ids": [(1, activity.cost_ids.id, {"amount": 1})]},
            {"cost_ids": [(5, 0, 0)]},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                activity.write(values)
        for values in ({"stage": "held"}, {"approval_state": "draft"}):
            with self.subTest(values), self.assertRaises(AccessError):
                activity.write(values)

    def test_query_count_does_not_grow_with_the_lines_activities(self):
        counts = []
        for number in (2, 2, 8):  # the first fills caches
            line = self._create_plan(100_000, year=2030 + len(counts))
            dates = dict.fromkeys(
                ("date_begin", "date_end"), f"{line.plan_id.year}-05-08"
            )
            for _activity in range(number):
                self._submit_planned(line, 1, **dates)
            draft = self._draw_up(1, plan_line_id=line.id, user=self.officer, **dates)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            draft.action_submit()
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])
