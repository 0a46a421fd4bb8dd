from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .plan_case import PlanCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPlanAccess(PlanCase):
    """Who sees a plan before and after it is signed. Rules C2, E2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._create_plan(lines=[(cls.gala, 12)], shortfall="A small year")

    def _may_read(self, user, plan=None):
        plan = (plan or self.plan).with_user(user)
        plan = plan.with_context(allowed_company_ids=user.company_ids.ids)
        found = plan.search_count([("id", "=", plan.id)])
        lines = plan.env["club.plan.line"].search_count([("plan_id", "=", plan.id)])
        self.assertEqual(bool(found), bool(lines), user.login)
        return bool(found)

    def test_a_draft_is_for_officers_and_auditors(self):
        for user, expected in (
            (self.officer, True),
            (self.auditor, True),
            (self.manager, False),
            (self.lead, False),
            (self.finance, False),
            (self.signers["presidium"], False),
        ):
            self.assertEqual(self._may_read(user), expected, user.login)

    def test_whose_turn_it_is_reads_what_he_signs_and_keeps_reading(self):
        signer = self.signers["presidium"]
        self.plan.action_submit()
        self.assertTrue(self._may_read(signer))
        self.assertFalse(self._may_read(self.signers["office"]))
        self.assertIn("Appreciation Gala", self.plan.with_user(signer).figures)
        self._sign_all(self.plan)
        self.assertTrue(self._may_read(signer))

    def test_everybody_in_the_club_reads_a_plan_in_effect(self):
        self._submit_and_sign(self.plan)
        for user in (self.manager, self.clerk, self.lead, self.finance, self.auditor):
            self.assertTrue(self._may_read(user), user.login)
            for act in (
                lambda user=user: self.plan.with_user(user).write({"note": "x"}),
                lambda user=user: self.plan.line_ids.with_user(user).write(
                    {"budget": 1}
                ),
                lambda user=user: self.plan.with_user(user).action_propose(),
                lambda user=user: self.plan.with_user(user).action_fill_report(),
                lambda user=user: self.plan.with_user(user).action_supplement(),
                lambda user=user: self.plan.with_user(user).action_submit(),
            ):
                with self.assertRaises(UserError):
                    act()

    def test_another_companys_plan_is_out_of_reach(self):
        company = self._create_club_company("Upland Post")
        self._create_program(company)
        self._submit_and_sign(self.plan)
        for role in ("officer", "auditor", "user", "admin"):
            stranger = self._create_user(role, f"strange_{role}", company)
            self.assertFalse(self._may_read(stranger))
            with self.assertRaises(AccessError):
                self.plan.with_user(stranger).with_context(
                    allowed_company_ids=company.ids
                ).action_propose()
        officer = self._create_user("officer", "strange_two", company)
        plans = self.env["club.plan"].with_user(officer)
        plans = plans.with_context(allowed_company_ids=company.ids)
        plan = plans.create({"year": 2027})
        with self.assertRaises(UserError):
            plan.write({"line_ids": [(0, 0, {"type_id": self.gala.id})]})
        plan.action_propose()
        self.assertEqual(plan.line_ids.company_id, company)
        self.assertFalse(plan.line_ids.type_id & self.catalogue)

    def test_a_plan_stays_in_its_company(self):
        company = self._create_club_company("Upland Post")
        self._create_program(company)
        with self.assertRaises(UserError):
            self.plan.company_id = company
        both = self.officer
        both.company_ids |= company
        with self.assertRaises(UserError):
            self.plan.with_user(both).with_context(
                allowed_company_ids=[self.company.id, company.id]
            ).company_id = company

    def test_no_context_key_opens_what_is_fixed(self):
        """PEERS 1: nor do defaults of a client make a signed plan."""
        self._submit_and_sign(self.plan)
        for key in ("club_lock", "_force_unlink", "install_mode", "su"):
            plan = self.plan.with_user(self.officer).with_context(**{key: True})
            with self.assertRaises(UserError):
                plan.write({"note": "x"})
            with self.assertRaises(UserError):
                plan.unlink()
        made = (
            self.env["club.plan"]
            .with_user(self.officer)
            .with_context(
                default_approval_state="done",
                default_number=4,
                default_base_id=self.plan.id,
            )
            .create({"year": 2033})
        )
        self.assertRecordValues(
            made, [{"approval_state": "draft", "number": 0, "base_id": False}]
        )

    def test_only_officers_draw_up_plans(self):
        """Rule C2, E2."""
        for user in (self.manager, self.lead, self.finance, self.auditor):
            with self.assertRaises(AccessError):
                self._create_plan(user=user)
