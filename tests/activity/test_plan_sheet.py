import io

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .plan_case import PlanCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPlanSheet(PlanCase):
    """Annual plan and work report, printed and as a spreadsheet. Rules E3, E4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.last = cls._put_into_effect(
            2026,
            [(cls.lecture, 2, {"budget": 5_000}), (cls.gala, 12, {"budget": 800})],
        )
        cls._hold(
            cls.lecture,
            "2026-02-10",
            guests=("attended", "absent"),
            cost_actual=6_000,
            satisfaction_mean=4.5,
            answer_count=1,
        )
        cls.plan = cls._create_plan(
            2027,
            [
                (cls.tour, 9, {"organiser": "unit", "unit_id": cls.unit.id}),
                (cls.gala, 12, {"budget": 900, "headcount": 150}),
                (cls.gala, 12, {"budget": 100, "headcount": 50, "name": "=1+1"}),
            ],
            shortfall="A small year",
            report_achievements="A lecture on health",
        )
        cls.plan.action_submit()

    def _render(self, name, plan, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.officer)
        html, _kind = reports._render_qweb_html(f"crm_club.{name}", plan.ids)
        return html.decode()

    def test_the_data_says_what_the_plan_says(self):
        (sheet,) = self.env["club.plan.sheet"]._get_plan_data(self.plan)
        self.assertEqual(
            [(month.label, len(month.rows), month.budget) for month in sheet.months],
            [("2027-09", 1, 0), ("2027-12", 2, 1_000)],
        )
        self.assertEqual((sheet.count, sheet.headcount, sheet.budget), (3, 220, 1_000))
        first = sheet.rows[0]
        self.assertEqual((first.organiser, first.tier), ("Quay", "Gold"))
        self.assertEqual(sheet.rows[1].organiser, "Executive Group")
        self.assertEqual(sheet.rows[1].tier, "All tiers")

    def test_the_print_has_lines_figures_and_signatures(self):
        self._sign_all(self.plan, "Fine")
        html = self._render("club_plan_sheet", self.plan)
        for text in (
            *("Activity Plan 2027", "2027-12", "Study Tour", "Quay"),
            *("A small year", "signer_presidium", "Fine", "1,000.00"),
        ):
            self.assertIn(text, html)

    def test_a_dropped_line_is_told_and_counts_no_more(self):
        action = self.last.with_user(self.officer).action_supplement()
        supplement = self.env["club.plan"].browse(action["res_id"])
        gala = self.last.line_ids.filtered(lambda line: line.type_id == self.gala)
        supplement.write({"dropped_ids": gala.ids, "shortfall": "Fire"})
        supplement._set_opening("Test")
        (sheet,) = self.env["club.plan.sheet"]._get_plan_data(self.last)
        self.assertEqual((sheet.count, sheet.budget), (1, 5_000))
        self.assertIn("dropped by", self._render("club_plan_sheet", self.last))
        html = self._render("club_plan_sheet", supplement)
        self.assertIn("Dropped from what was signed before", html)
        self.assertIn("Appreciation Gala", html)

    def test_the_work_report_has_a_total(self):
        (report,) = self.env["club.plan.sheet"]._get_report_data(self.plan)
        self.assertEqual(report.year, 2026)
        total = report.total
        self.assertEqual((total.planned, total.held, total.unplanned), (2, 1, 1))
        self.assertEqual((total.budget, total.cost), (5_800, 6_000))
        self.assertEqual(total.difference, -200)
        self.assertEqual((total.satisfaction, total.attendance_rate), (4.5, 0.5))
        self.assertEqual(len(report.unplanned), 1)
        html = self._render("club_work_report", self.plan)
        for text in ("Work Report", "2026", "A lecture on health", "50", "4.50"):
            self.assertIn(text, html)

    def test_a_supplement_has_no_work_report(self):
        action = self.last.with_user(self.officer).action_supplement()
        supplement = self.env["club.plan"].browse(action["res_id"])
        with self.assertRaisesRegex(UserError, "has none"):
            self.env["club.plan.sheet"]._get_report_data(supplement)

    def test_the_spreadsheet_says_the_same(self):
        content = self.env["club.xlsx.plan"]._build(self.plan)
        book = openpyxl.load_workbook(io.BytesIO(content))
        self.assertEqual(book.sheetnames, ["Activity Plan 2027", "Work Report 2026"])
        rows = list(book.worksheets[0].values)
        self.assertEqual(sum(row[6] or 0 for row in rows[5:]), 1_000)
        self.assertIn("=1+1", [row[2] for row in rows])
        cells = [cell for row in book.worksheets[0] for cell in row]
        self.assertFalse([cell for cell in cells if cell.data_type == "f"])
        last = list(book.worksheets[1].values)[-1]
        self.assertEqual((last[0], last[3], last[11]), ("Total", 1, 6_000))
        name = self.env["club.xlsx.plan"]._get_file_name(self.plan)
        self.assertEqual(name, "Activity Plan 2027")
        both = self.plan | self.last
        self.assertEqual(
            self.env["club.xlsx.plan"]._get_file_name(both), "Activity Plans"
        )
        action = self.env["club.xlsx.plan"]._get_download_action(self.plan)
        self.assertIn("/crm_club/xlsx/plan?", action["url"])

    def test_prints_are_for_those_who_may_read_the_plan(self):
        for user, fits in (
            (self.signers["presidium"], True),
            (self.auditor, True),
            (self.manager, False),
            (self._create_employee("nobody"), False),
        ):
            for report in ("club_plan_sheet", "club_work_report"):
                with self.subTest(user=user.login, report=report):
                    if fits:
                        self.assertIn("2027", self._render(report, self.plan, user))
                    else:
                        with self.assertRaises(AccessError):
                            self._render(report, self.plan, user)
        self._sign_all(self.plan)
        self.assertIn("2027", self._render("club_plan_sheet", self.plan, self.manager))
