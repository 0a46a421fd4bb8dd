"""Papers that carry what they show: printing asks the server for nothing. Rule E3."""

import re

from odoo import SUPERUSER_ID
from odoo.tests import freeze_time, tagged

from ..common import TODAY, ClubCommon

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    "RU5ErkJggg=="
)
# Rules that no element matches may name pictures: nobody asks for them.
FETCHED = re.compile(
    r"""<(?:link|script)[^>]*(?:href|src)=|\ssrc="(?!data:)"""
    r"""|font-face[^}]*url\(["']?(?!data:)|style="[^"]*url\(["']?(?!data:)"""
)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPrintedAlone(ClubCommon):
    def _prepare(
        self, report="crm_club.club_points_statement_report", user=None, more=""
    ):
        """Return the pages that are given to the printer, as one text."""
        reports = self.env["ir.actions.report"].with_user(user or self.officer)
        page, _kind = reports._render_qweb_html(report, self.account_a.ids)
        page = page.decode().replace('<div class="page">', f'<div class="page">{more}')
        paper = reports._get_report(report)
        bodies, _ids, header, footer, _arguments = paper._prepare_html(
            page, report_model=paper.model
        )
        return "".join((*bodies, header, footer))

    def test_style_and_font_are_in_the_page(self):
        text = self._prepare()
        self.assertFalse(FETCHED.search(text), text[:2000])
        self.assertIn(".o_table_standard", text)
        self.assertIn(f"@font-face{{font-family:'{self.company.font}'", text)
        self.assertNotIn("fonts.odoocdn.com", text)
        # What no element of the page asks for isn't there.
        self.assertNotIn(".carousel", text)

    def test_header_and_footer_are_read_for_each_page_and_hold_little(self):
        reports = self.env["ir.actions.report"].with_user(self.officer)
        report = "crm_club.club_rate_book_report"
        page, _kind = reports._render_qweb_html(report, self.program.ids)
        _bodies, _ids, header, footer, _arguments = reports._get_report(
            report
        )._prepare_html(page.decode(), report_model="club.program")
        self.assertEqual(footer, "", "nothing is seen in it")
        self.assertIn(self.company.name, header)
        self.assertEqual(header.count("@font-face"), 1, "regular, and upright")

    def test_pictures_as_far_as_one_may_read_them(self):
        """The report is read as superuser, its pictures as whoever prints."""
        mine, closed = self.env["ir.attachment"].create(
            [
                {
                    "name": "x.png",
                    "datas": PNG,
                    "res_model": "res.partner" if own else "ir.cron",
                    "res_id": self.account_a.id if own else 1,
                }
                for own in (True, False)
            ]
        )
        more = (
            f'<img src="/web/image/{mine.id}-abc/x.png">'
            f'<img src="/web/image/{closed.id}"><img src="/web/static/img/logo.png">'
        )
        text = self._prepare(more=more, user=self.manager)
        self.assertIn(f"data:image/png;base64,{PNG}", text)
        self.assertNotIn(f"/web/image/{mine.id}", text)
        self.assertIn(f"/web/image/{closed.id}", text, "asked of Odoo, which refuses")
        self.assertNotIn("/web/static/img/logo.png", text)

    def test_a_job_reads_the_pictures_that_anybody_may(self):
        """Odoo's own user prints what others wrote: its rights aren't theirs."""
        loose, public = self.env["ir.attachment"].create(
            [
                {"name": "x.png", "datas": PNG, "public": is_public}
                for is_public in (False, True)
            ]
        )
        reports = self.env["ir.actions.report"].with_user(SUPERUSER_ID)
        page = reports._embed(
            "".join(f'<img src="/web/image/{each.id}">' for each in (loose, public))
        )
        self.assertIn(f"/web/image/{loose.id}", page)
        self.assertNotIn(f"/web/image/{public.id}", page)

    def test_only_pictures_are_put_into_a_page(self):
        """Not whatever file an address of pictures names: a page would be as large."""
        paper = self.env["ir.attachment"].create(
            {"name": "x.pdf", "raw": b"%PDF-1.4", "mimetype": "application/pdf"}
        )
        read = self.env["ir.actions.report"]._read_picture
        self.assertIsNone(read(f"/web/image/{paper.id}"))

    def test_files_of_the_server_are_read_in_static_folders_only(self):
        read = self.env["ir.actions.report"]._read_picture
        self.assertTrue(read("/web/static/img/logo.png?x=1"))
        for address in (
            "/web/static/../__manifest__.py",
            "/web/static/%2e%2e/__manifest__.py",
            "/web/__manifest__.py",
            "/web/static/none.png",
            "file:///etc/passwd",
            "/web/image/0",
            "/etc/passwd",
            "",
        ):
            with self.subTest(address=address):
                self.assertIsNone(read(address))

    def test_nothing_is_waited_for(self):
        reports = self.env["ir.actions.report"]

        def delay(reports):
            command = reports._build_wkhtmltopdf_args(reports.get_paperformat(), False)
            return command[command.index("--javascript-delay") + 1]

        alone = reports.with_context(club_self_contained=True)
        self.assertEqual((delay(reports), delay(alone)), ("1000", "0"))
        parameters = self.env["ir.config_parameter"].sudo()
        for value, expected in (("200", "200"), ("--enable-plugins", "0")):
            parameters.set_param("crm_club.print_delay", value)
            self.assertEqual((delay(reports), delay(alone)), ("1000", expected))

    def test_papers_of_others_are_odoos(self):
        report = self.env["ir.actions.report"].search(
            [("report_name", "=", "event.event_registration_report_template_badge")]
        ) or self.env.ref("event.action_report_event_registration_badge")
        self.assertFalse(report._is_printed_alone())
        self.assertTrue(
            report.with_context(club_self_contained=True)._is_printed_alone()
        )
