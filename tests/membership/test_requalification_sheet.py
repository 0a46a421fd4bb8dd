import io

import openpyxl

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ..common import ClubCommon

SHEET = "2026-01-01 2026-01-31"


@freeze_time("2026-01-05")
@tagged("post_install", "-at_install")
class TestRequalificationSheet(ClubCommon):
    """Worksheet and list say what the lines say. Rules A6, A10, E3, E4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_revenue(cls.account_a, 60_000, "2024-12")
        cls._add_revenue(cls.account_b, 160_000, "2024-12")
        with freeze_time("2025-01-10"):
            cls._post_run("2024-12")
        cls._add_revenue(cls.account_a, 70_000, "2025-06")
        with freeze_time("2025-07-05"):
            cls._post_run("2025-06")
        cls.record = cls.env["club.requalification"].create(
            {
                "program_id": cls.program.id,
                "date_from": "2026-01-01",
                "date_to": "2026-01-31",
            }
        )
        cls.record.action_prepare()

    def _data(self, user=None):
        sheets = self.env["club.requalification.sheet"].with_user(user or self.officer)
        return sheets._get_sheet_data(self.record.with_user(user or self.officer))[0]

    def test_lines_are_grouped_by_outcome_losses_first(self):
        outcomes = [
            (outcome.code, {line.account for line in outcome.lines})
            for outcome in self._data().outcomes
        ]
        self.assertEqual(
            outcomes,
            [("lapsed", {"Beacon Foods"}), ("renewed", {"Anchor Mills"})],
        )

    def test_worksheet_shows_decision_and_evidence(self):
        line = self.record.line_ids.filtered(
            lambda x: x.account_id == self.account_a and x.group_id == self.membership
        )
        gold = self.membership.tier_ids.filtered(lambda tier: tier.code == "gold")
        line.write({"decided_tier_id": gold.id, "override_reason": "=Board's wish"})
        content = self.env["club.xlsx.requalification"]._build(self.record)
        book = openpyxl.load_workbook(io.BytesIO(content))
        header, *rows = book[SHEET].iter_rows()
        self.assertEqual(len(rows), len(self.record.line_ids))
        labels = [cell.value for cell in header]
        row = next(
            found
            for cells in rows
            if (found := dict(zip(labels, cells, strict=True)))["Account"].value
            == "Anchor Mills"
            and found["Tier Group"].value == "Membership"
        )
        self.assertEqual(
            {
                label: row[label].value
                for label in ("Current", "Earned", "Proposed", "Decided", "Outcome")
            },
            {
                "Current": "Vip",
                "Earned": "Vip",
                "Proposed": "Vip",
                "Decided": "Gold",
                "Outcome": "Upgraded",
            },
        )
        self.assertEqual((row["Points"].value, row["Revenue"].value), (70_000, 70_000))
        self.assertEqual(row["Measured To"].value.date(), line.window_to)
        self.assertEqual(row["Reason"].value, "=Board's wish")
        self.assertEqual(row["Reason"].data_type, "s")
        self.assertIsNone(row["Remarks"].value)

    def test_list_is_printed_with_room_for_signatures(self):
        report = self.env["ir.actions.report"].with_user(self.officer)
        html, _type = report._render_qweb_pdf(
            "crm_club.club_requalification_list", self.record.ids
        )
        for text in ("Anchor Mills", "Beacon Foods", "Lapsed", "Renewed", "Remarks"):
            self.assertIn(text, html.decode())

    def test_a_lead_gets_the_lines_of_his_units_and_a_manager_none(self):
        accounts = {
            line.account for x in self._data(self.lead).outcomes for line in x.lines
        }
        self.assertEqual(accounts, {"Anchor Mills"})
        with self.assertRaises(AccessError):
            self._data(self.manager)

    def test_number_of_queries_does_not_depend_on_the_lines(self):
        accounts = self._create_accounts(f"Account {number:02}" for number in range(40))
        self._add_revenue(accounts, 60_000, "2025-07")
        with freeze_time("2025-08-10"):
            self._post_run("2025-07")

        def count(last_day):
            record = self.env["club.requalification"].create(
                {
                    "program_id": self.program.id,
                    "date_from": "2026-01-01",
                    "date_to": last_day,
                }
            )
            record.action_prepare()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["club.xlsx.requalification"].with_user(self.officer)._build(
                record.with_user(self.officer)
            )
            return len(record.line_ids), self.env.cr.sql_log_count - before

        count("2026-08-31")
        few, many = count("2026-01-31"), count("2026-08-31")
        self.assertGreaterEqual(many[0], few[0] + 40)
        self.assertEqual(many[1], few[1])
