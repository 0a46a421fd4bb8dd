import io
from datetime import date

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, freeze_time, tagged

from ..common import TODAY
from ..contact.care_case import CareFixture


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestContactPapers(CareFixture, TransactionCase):
    """Visit record and contact log, printed and as spreadsheets. Rules D4, E3, E4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_care()
        cls.account_a.write({"street": "1 Quay Road", "city": "Harbour"})
        cls.logs = cls._record(
            *({"held_on": date(2026, 3, 1 + n), "channel": "visit"} for n in range(21))
        )

    @classmethod
    def _record(cls, *many, user=None):
        logs = cls.env["club.contact.log"].with_user(user or cls.manager)
        return logs.create(
            [
                {
                    "contact_id": cls.contact.id,
                    "conversation": "Rates for parcels",
                    "concerns": "Late on Mondays",
                    "to_mind": "Drinks green tea",
                    **values,
                }
                for values in many
            ]
        )

    def _render(self, name, logs, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.manager)
        html, _kind = reports._render_qweb_html(f"crm_club.{name}", logs.ids)
        return html.decode()

    def _read(self, name, logs):
        content = self.env[name].with_user(self.manager)._build(logs)
        return openpyxl.load_workbook(io.BytesIO(content))

    # === Contact log === #

    def test_a_page_has_twenty_lines(self):
        papers = self.env["club.contact.papers"].with_user(self.manager)
        for count, pages in ((1, 1), (20, 1), (21, 2)):
            with self.subTest(count):
                found = papers._get_log_pages(self.logs[:count])
                self.assertEqual(len(found), pages)
                self.assertEqual({len(page.lines) for page in found}, {20})
                numbers = [line.number for page in found for line in page.lines]
                self.assertEqual(numbers, list(range(1, 20 * pages + 1)))
                filled = [line for page in found for line in page.lines if line.day]
                self.assertEqual(len(filled), count)
        self.assertEqual(found[1].lines[0].day, date(2026, 3, 21))
        self.assertEqual(found[0].period, "2026-03")
        self.assertEqual({page.salesperson for page in found}, {self.manager.name})
        self.assertEqual(found[1].sheet, "Sheet 2 of 2")

    def test_a_line_says_what_the_form_asks_for(self):
        self.logs[0].place = "Café"
        line = self.env["club.contact.papers"]._get_log_lines(self.logs)[0]
        self.assertEqual(
            (line.account, line.contact, line.day, line.place, line.remarks),
            (
                *("Anchor Mills", "Li Ming", date(2026, 3, 1), "Café"),
                "Rates for parcels",
            ),
        )
        self.assertIn("1 Quay Road", line.address)
        html = self._render("club_contact_log_sheet", self.logs)
        self.assertEqual(html.count("<tr style"), 40)

    def test_a_long_text_is_cut_to_fit_its_line(self):
        self.logs[0].conversation = "Rates for parcels\nand letters " * 20
        papers = self.env["club.contact.papers"]
        line = papers._get_log_pages(self.logs[:1])[0].lines[0]
        self.assertEqual(len(line.remarks), 76)
        self.assertTrue(line.remarks.endswith("…"))
        whole = self._read("club.xlsx.contact.log", self.logs[:1]).active["G2"].value
        self.assertEqual(whole, self.logs[0].conversation)

    def test_the_sheet_has_a_row_a_contact(self):
        sheet = self._read("club.xlsx.contact.log", self.logs).active
        self.assertEqual(sheet.max_row, 22)
        self.assertEqual(
            [cell.value for cell in sheet[1]],
            [
                *("No.", "Account", "Address", "Contact", "Date", "Place", "Remarks"),
                "Salesperson",
            ],
        )

    # === Visit record === #

    def test_a_visit_record_has_all_of_the_form(self):
        log = self.logs[0]
        log.with_user(self.lead).action_confirm()
        (visit,) = self.env["club.contact.papers"]._get_visit_data(log)
        self.assertEqual(
            (visit.salesperson, visit.filled, visit.ordinal, visit.title),
            (self.manager.name, TODAY, 1, "Director"),
        )
        html = self._render("club_visit_record", log)
        for text in (
            *(log.name, "Anchor Mills", "1 Quay Road", "Li Ming", "Director"),
            *("Late on Mondays", "Drinks green tea", self.lead.name, "back-dated"),
        ):
            self.assertIn(text, html)

    def test_each_visit_has_a_sheet(self):
        book = self._read("club.xlsx.visit.record", self.logs[:3])
        self.assertEqual(len(book.sheetnames), 3)
        texts = [cell.value for row in book.active.iter_rows() for cell in row]
        self.assertIn("Late on Mondays", texts)

    # === Who, and which === #

    def test_only_who_reads_them_prints_them(self):
        for name in ("club_visit_record", "club_contact_log_sheet"):
            for user in (self.lead, self.officer, self.auditor):
                self._render(name, self.logs, user)
            for user in (self.other_manager, self.finance):
                with self.subTest(name, user=user.login):
                    with self.assertRaises(AccessError):
                        self._render(name, self.logs, user)

    def test_a_month_and_a_salesperson_are_chosen(self):
        mine = self._record({}, user=self.lead)
        april = self._record({})
        for user, values, expected in (
            (self.manager, {"month": date(2026, 3, 31)}, self.logs),
            (self.manager, {}, april),
            (self.manager, {"user_id": False}, april + mine),
            (self.lead, {}, mine),
            (self.lead, {"user_id": self.manager.id}, april),
        ):
            with self.subTest(values, user=user.login):
                dialog = self.env["club.contact.print"].with_user(user).create(values)
                action = dialog.action_print()
                self.assertEqual(
                    set(action["context"]["active_ids"]), set(expected.ids)
                )
                self.assertIn("contact_log", dialog.action_export()["url"])
        dialog = self.env["club.contact.print"].with_user(self.other_manager)
        with self.assertRaises(UserError):
            dialog.create({"user_id": self.manager.id}).action_print()
