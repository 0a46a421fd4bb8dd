"""What is fetched while a paper is printed. Rule E3."""

from odoo.tests import freeze_time, tagged

from ..common import TODAY
from ..hosting.hosting_case import HostingCase

OUTSIDE = "internal.example.com"
TEXT = f"""
<p style="background: url(http://{OUTSIDE}/a)">Well done</p>
<p style="background: u\\72l(http://{OUTSIDE}/b">Indeed</p>
<img src="http://{OUTSIDE}/c" srcset="//{OUTSIDE}/d 2x"/>
<img src="/web/session/logout"/><img src="/web/image/1-ab/kept.png"/>
<img src="data:image/png;base64,iVBORw0KGgo="/>
<table background="//{OUTSIDE}/e"><tr><td>Cell</td></tr></table>
<svg><image href="http://{OUTSIDE}/f" xlink:href="http://{OUTSIDE}/g"/></svg>
<a href="http://{OUTSIDE}/clicked">See</a>
"""


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPrintedTexts(HostingCase):
    def _print(self, report, record):
        reports = self.env["ir.actions.report"].with_user(self.officer)
        content, _kind = reports._render_qweb_html(f"crm_club.{report}", record.ids)
        return content.decode()

    def _assert_clean(self, page):
        self.assertIn("Well done", page)
        self.assertIn("/web/image/1-ab/kept.png", page)
        self.assertIn("data:image/png;base64,iVBORw0KGgo=", page)
        self.assertNotIn("/web/session/logout", page)
        self.assertEqual(page.count(OUTSIDE), 1, "the link to click on")
        self.assertIn(f'href="http://{OUTSIDE}/clicked"', page)
        # The paper's own look stays.
        self.assertIn("/web/assets/", page)

    def test_minutes_fetch_nothing_from_elsewhere(self):
        table = self._create_round_table(minutes=TEXT)
        # Past the sanitizer of Odoo's fields, too.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE club_round_table SET minutes = minutes || %s WHERE id = %s",
            [
                f'<link rel="stylesheet" href="//{OUTSIDE}/h"><style>@import "//'
                f'{OUTSIDE}/i";</style><iframe src="//{OUTSIDE}/j"></iframe>',
                table.id,
            ],
        )
        self.env.invalidate_all()
        self._assert_clean(self._print("club_round_table_minutes_report", table))

    def test_nor_do_summary_and_description_of_an_activity(self):
        kind = self.env["club.activity.type"].create(
            {"name": "Gala", "code": "gala2", "headcount": 9}
        )
        activity = self.env["club.activity"].create(
            {
                "theme": "Gala",
                "type_id": kind.id,
                "unit_id": self.unit.id,
                "reason": "Thanks",
                "date_begin": "2026-04-01 08:00:00",
                "date_end": "2026-04-01 10:00:00",
                "summary": TEXT,
            }
        )
        self._assert_clean(self._print("club_activity_summary_report", activity))
