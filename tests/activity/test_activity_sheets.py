import io

import openpyxl

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .activity_case import BEGINS, ActivityCase

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestActivitySheets(ActivityCase):
    """What is printed and exported of activities. Rules C4, C5, E3, E4."""

    def _render(self, name, activity, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.clerk)
        html, _kind = reports._render_qweb_html(f"crm_club.{name}", activity.ids)
        return html.decode()

    def test_application_has_facts_costs_signatures_and_seal(self):
        activity = self._submit(120.5)
        self._sign(activity, "unit")
        text = self._render("club_activity_application", activity)
        for words in (
            *("Activity Application", activity.name, "They asked for it", "120.50"),
            *("Tea house", "Outside the plan", "Seal affixed", self.lead.name),
            "2:00",  # begins, where the company is
        ):
            self.assertIn(words, text)
        self.assertNotIn("Moved since", text)
        with self.assertRaises(UserError):
            self._render("club_activity_application", self._draw_up(1))
        with self.assertRaises(AccessError):
            self._render("club_activity_application", activity, self.manager)

    def test_application_says_that_it_was_moved_since(self):
        activity = self._approve(1)
        later = BEGINS.replace(day=20)
        activity._do_move(later, later, "Park", "Rain")
        self.assertIn(
            "Moved since", self._render("club_activity_application", activity)
        )

    def test_programme_has_points_and_duties_in_local_time(self):
        activity = self._approve(1)
        activity.emergency_contact = "Wang, 123"
        self.env["club.activity.programme"].create(
            [
                {
                    "activity_id": activity.id,
                    "name": name,
                    "user_id": self.lead.id,
                    "duty": duty,
                }
                for name, duty in (("Bus", "Count"), ("Door", "Greet"))
            ]
        )
        text = self._render("club_activity_programme", activity)
        for words in ("14:00", "Bus", "Count, Greet", "Wang, 123", self.lead.name):
            self.assertIn(words, text)

    def test_summary_has_costs_shares_guests_and_photos(self):
        activity = self._hold(100)
        self._spend(activity, 80, kind="gift")
        photo = self.env["ir.attachment"].create(
            {
                "name": "p.png",
                "datas": PIXEL,
                "res_model": activity._name,
                "res_id": activity.id,
            }
        )
        activity.write(
            {
                "summary": "<p>Well held</p>",
                "photo_ids": [Command.set(photo.ids)],
                "share_ids": [
                    Command.create({"unit_id": self.unit.id, "percent": 100})
                ],
            }
        )
        text = self._render("club_activity_summary", activity)
        for words in ("Well held", "Gifts", "80.00", "Quay", "data:image/png"):
            self.assertIn(words, text)

    def test_sheet_has_a_row_for_each(self):
        held, other = self._hold(100), self._approve(50.5)
        self._spend(held, 80)
        builder = self.env["club.xlsx.activities"].with_user(self.officer)
        book = openpyxl.load_workbook(io.BytesIO(builder._build(held | other)))
        rows = list(book.worksheets[0].iter_rows(min_row=3, values_only=True))
        heading, *found = [dict(zip(rows[0], row, strict=True)) for row in rows]
        self.assertEqual(len(found), 2)
        self.assertEqual(found[0]["Number"], held.name)
        self.assertEqual(found[0]["Actual Cost"], 80)
        self.assertEqual(found[1]["Estimated Cost"], 50.5)
        self.assertEqual(found[1]["Plan"], "Outside the plan")
        self.assertEqual(heading["Theme"], "Theme")

    def test_query_count_does_not_grow_with_the_activities(self):
        counts = []
        for number in (20, 20, 40):  # the first fills caches
            activities = self.env["club.activity"].union(
                *(self._draw_up(1) for _number in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.env["club.activity.sheets"]._get_summary_data(
                activities.with_env(self.env)
            )
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])
