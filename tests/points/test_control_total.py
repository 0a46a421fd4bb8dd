import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .revenue_case import RevenueCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-15 10:00:00")
class TestControlTotal(RevenueCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.child = cls.env["product.category"].create(
            {"name": "Registered", "parent_id": cls.categ_letters.id}
        )
        cls.branch = cls.unit.copy({"name": "Branch", "parent_id": cls.unit.id})
        cls.account_a.with_company(cls.company).club_unit_id = cls.branch
        cls.account_b.with_company(cls.company).club_unit_id = False
        cls.upload(
            cls,
            cls.statement(
                cls,
                f"K001,{cls.letters},2026-01,100",
                f"K001,{cls.letters} / Registered,2026-01,20",
                f"K002,{cls.letters},2026-01,5",
                f"K002,{cls.letters},2026-02,1000",
                f"K002,{cls.parcels},2026-01,7",
            ),
        )

    def control(self, amount, **values):
        return (
            self.env["club.control.total"]
            .with_user(self.finance)
            .create(
                {
                    "month": "2026-01-01",
                    "category_id": self.categ_letters.id,
                    "company_id": self.company.id,
                    "amount": amount,
                    **values,
                }
            )
        )

    def test_facts_of_the_line_and_those_below_are_compared(self):
        control = self.control(120)
        self.assertRecordValues(
            control, [{"revenue": 125, "difference": 5, "is_settled": False}]
        )
        control.amount = 125
        self.assertRecordValues(control, [{"difference": 0, "is_settled": True}])

    def test_a_unit_counts_its_accounts_and_those_of_units_below(self):
        controls = self.control(0, unit_id=self.unit.id)
        controls |= self.control(0, unit_id=self.branch.id)
        controls |= self.control(0, unit_id=self.unit.copy({"name": "Else"}).id)
        self.assertEqual(controls.mapped("revenue"), [120, 120, 0])

    def test_each_control_total_has_its_own_month_and_line(self):
        controls = self.control(0) | self.control(0, month="2026-02-01")
        controls |= self.control(0, category_id=self.child.id)
        controls |= self.control(0, category_id=self.categ_parcels.id)
        controls |= self.control(0, month="2025-01-01")
        self.assertEqual(controls.mapped("revenue"), [125, 1000, 20, 7, 0])

    def test_an_explanation_settles_this_difference_only(self):
        control = self.control(120)
        control.with_user(self.officer).explanation = "Booked in February"
        self.assertRecordValues(
            control, [{"explained_difference": 5, "is_settled": True}]
        )
        self.upload(self.statement(f"K001,{self.letters},2026-01,1"))
        self.env.invalidate_all()
        self.assertRecordValues(control, [{"difference": 6, "is_settled": False}])
        control.with_user(self.officer).action_explain_again()
        self.assertRecordValues(
            control, [{"explained_difference": 6, "is_settled": True}]
        )
        control.amount = 119
        self.assertFalse(control.is_settled)
        control.explanation = " "
        self.assertFalse(control.is_settled)

    def test_open_control_totals_of_the_month_are_told(self):
        open_control = self.control(1)
        self.control(7, category_id=self.categ_parcels.id)
        self.control(1, month="2026-02-01")
        self.control(2, category_id=self.child.id).explanation = "Known"
        january = fields.Date.to_date("2026-01-01")
        found = self.env["club.control.total"]._get_open(self.program, january)
        self.assertEqual(found, open_control)

    def test_settled_ones_can_be_searched(self):
        open_control, settled = self.control(1), self.control(1000, month="2026-02-01")
        search = self.env["club.control.total"].search
        self.assertEqual(search([("is_settled", "=", True)]), settled)
        self.assertEqual(search([("is_settled", "=", False)]), open_control)

    def test_any_day_stands_for_its_month(self):
        control = self.control(1, month="2026-01-31")
        self.assertEqual(str(control.month), "2026-01-01")
        control.month = "2026-02-15"
        self.assertEqual(control.revenue, 1000)

    def test_a_month_line_and_unit_has_one_control_total(self):
        control = self.control(1)
        self.control(1, unit_id=self.unit.id)
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self.control(2)
        control.active = False
        control.flush_recordset()
        self.assertTrue(self.control(2))

    def test_changes_leave_a_trace(self):
        control = self.control(1).with_context(tracking_disable=False)
        self.env.cr.flush()
        control.amount = 2
        self.env.cr.flush()
        self.assertTrue(control.message_ids.sudo().tracking_value_ids)

    def test_finance_writes_figures_and_officers_only_explain(self):
        control = self.control(1)
        for vals in ({"amount": 125}, {"month": "2026-02-01"}, {"active": False}):
            with self.subTest(vals), self.assertRaises(AccessError):
                control.with_user(self.officer).write(vals)
        with self.assertRaises(AccessError):
            control.with_user(self.officer).copy({"month": "2026-02-01"})
        with self.assertRaises(AccessError):
            control.with_user(self.finance).unlink()
        for user in (self.officer, self.finance):
            with self.subTest(user.login), self.assertRaises(AccessError):
                control.with_user(user).write({"explained_difference": 124})

    def test_who_may_read(self):
        control = self.control(1)
        self.assertEqual(control.with_user(self.auditor).difference, 124)
        with self.assertRaises(AccessError):
            control.with_user(self.auditor).write({"explanation": "x"})
        with self.assertRaises(AccessError):
            control.with_user(self.auditor).action_explain_again()
        self.env.invalidate_all()
        for user in (self.manager, self.lead, self.clerk):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                control.with_user(user).read(["amount"])

    def test_another_companys_control_totals_are_out_of_reach(self):
        control = self.control(1)
        other = self.env["res.company"].create({"name": "Other County"})
        groups = "crm_club.crm_club_group_finance"
        stranger = new_test_user(self.env, "s", groups=groups, company_id=other.id)
        control = control.with_env(self.env(user=stranger, context={}))
        self.assertFalse(control.search([]))
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            control.write({"amount": 2})

    def test_the_number_of_queries_does_not_grow(self):
        controls = self.env["club.control.total"]
        for month in range(1, 11):
            controls |= self.control(month, month=f"2025-{month:02}-01")
        counts = []
        for records in (controls[:2], controls):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.mapped("is_settled")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    # === Months without any. Rule B12 === #

    def test_a_month_without_control_totals_asks_why(self):
        run = self._create_run("2026-01", no_controls_reason=False)
        run.action_compute()
        self._verify_all(run)
        self.assertTrue(run.has_no_controls)
        posted = run.with_user(self.officer)
        with self.assertRaisesRegex(UserError, "no control total for 2026-01"):
            posted.action_post()
        with self.assertRaises(UserError):
            posted.no_controls_reason = "   "
        posted.no_controls_reason = "The books close in May"
        posted.action_post()
        self.assertRecordValues(
            run, [{"state": "posted", "no_controls_reason": "The books close in May"}]
        )
        with self.assertRaises(UserError):
            posted.no_controls_reason = "Another one"

    def test_a_month_with_a_control_total_does_not_ask(self):
        run = self._create_run("2026-01", no_controls_reason=False)
        run.action_compute()
        self._verify_all(run)
        control = self.control(125)
        for is_active in (False, True):
            control.active = is_active
            run.invalidate_recordset(["has_no_controls"])
            self.assertEqual(run.has_no_controls, not is_active)
        run.with_user(self.officer).action_post()
        self.assertEqual(run.state, "posted")

    def test_only_revenue_asks_and_each_company_for_itself(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env["club.control.total"].create(
            {
                "month": "2026-01-01",
                "category_id": self.categ_letters.id,
                "company_id": other.id,
                "amount": 1,
            }
        )
        self.assertTrue(self._create_run("2026-01").has_no_controls)
        for kind in ("expiry", "anniversary"):
            self.assertFalse(self._create_run("2026-01", kind=kind).has_no_controls)
