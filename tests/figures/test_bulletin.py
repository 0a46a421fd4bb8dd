from datetime import date

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from ...models.figures.bulletin_text import BulletinText
from ..common import TODAY, ClubCommon
from .bulletin_case import MARCH, BulletinMixin


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestBulletin(BulletinMixin, ClubCommon):
    """Rule E11: generated, edited, issued, read, corrected."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_bulletins()

    def _get_rows(self, bulletin, kind):
        rows = self._get_section(bulletin, kind).figures["rows"]
        return {row["code"]: row for row in rows}

    # === Generated === #

    def test_figures_of_the_company_are_those_of_all_units(self):
        bulletin = self._draw_up_bulletin()
        revenue = self._get_rows(bulletin, "revenue")["revenue"]
        self.assertEqual(revenue["now"], [3500, 0], "Quay's, and that of no unit")
        self.assertEqual(revenue["before"], [2000, 0])
        self.assertIsNone(revenue["last"], "none isn't nought")
        contacts = self._get_rows(bulletin, "care")["contacts_on_time"]
        self.assertEqual(contacts["now"], [49, 58])
        members = self._get_section(bulletin, "members").figures
        self.assertEqual([tier["name"] for tier in members["tiers"]], ["Gold"])
        self.assertEqual(members["tiers"][0]["joined"], [3, 0])

    def test_figures_of_a_unit_are_its_own_and_those_below(self):
        below = self.env["crm.team"].create(
            {"name": "Quay 2", "company_id": self.company.id, "parent_id": self.unit.id}
        )
        self._add_figures([("revenue", MARCH, 7, 0)], below)
        bulletin = self._draw_up_bulletin(unit_id=self.unit.id)
        revenue = self._get_rows(bulletin, "revenue")["revenue"]
        self.assertEqual(revenue["now"], [3007, 0])

    def test_a_quarter_adds_flows_up_and_takes_its_last_month_of_stocks(self):
        bulletin = self._draw_up_bulletin(kind="quarter")
        self.assertEqual(bulletin.month, date(2026, 1, 1))
        revenue = self._get_rows(bulletin, "revenue")["revenue"]
        self.assertEqual(revenue["now"], [6500, 0])
        members = self._get_rows(bulletin, "members")["members"]
        self.assertEqual(members["now"], [12, 0])
        self.assertEqual(members["last"], [8, 0])

    def test_units_are_ranked_by_what_they_did_on_time(self):
        units = self._get_section(self._draw_up_bulletin(), "care").figures["units"]
        self.assertEqual(
            [(unit["rank"], unit["name"]) for unit in units], [(1, "Quay"), (2, "Hill")]
        )

    def test_targets_of_units_are_in_it(self):
        """Rule D10: amounts and what was reached, as they were generated."""
        target = self.env["club.target"].create(
            {"unit_id": self.unit.id, "date_from": MARCH, "amount": 2000}
        )
        section = self._get_section(self._draw_up_bulletin(), "targets")
        self.assertEqual(
            section.figures["targets"], [["Quay", "revenue", "", 2000, target.actual]]
        )
        self.assertIn("reached: 0 of 1", section.text)
        self.assertIn("Quay · Revenue", section.table)

    def test_another_companys_figures_are_not_in_it(self):
        other = self._create_club_company("Other Post")
        self._add_figures([("revenue", MARCH, 99, 0)], self.env["crm.team"], other)
        revenue = self._get_rows(self._draw_up_bulletin(), "revenue")["revenue"]
        self.assertEqual(revenue["now"], [3500, 0])

    def test_without_figures_nothing_is_drawn_up(self):
        bulletins = self.env["club.bulletin"].with_user(self.officer)
        bulletin = bulletins.create({"month": date(2024, 1, 1)})
        with self.assertRaises(UserError):
            bulletin.action_generate()
        self.assertFalse(bulletin.section_ids)

    def test_edited_texts_stay_and_others_follow_the_figures(self):
        bulletin = self._draw_up_bulletin()
        revenue = self._get_section(bulletin, "revenue")
        members = self._get_section(bulletin, "members")
        revenue.text = "<p>A good month.</p>"
        self.assertTrue(revenue.is_edited)
        self._add_figures([("joined", MARCH, 90, 0)], self.other_unit)
        self._add_figures([("revenue", MARCH, 1, 0)], self.other_unit)
        bulletin.action_generate()
        self.assertEqual(revenue.text, "<p>A good month.</p>")
        self.assertEqual(
            self._get_rows(bulletin, "revenue")["revenue"]["now"], [3501, 0]
        )
        self.assertIn("Joined: 93", members.text)
        revenue.action_use_proposed()
        self.assertFalse(revenue.is_edited)
        self.assertIn("3,501.00", revenue.text)

    def test_what_did_not_happen_is_nought_in_words(self):
        bulletin = self._draw_up_bulletin()
        self.assertIn(
            "Joined: 3, left: 0, promoted: 0, moved down: 0",
            self._get_section(bulletin, "members").text,
        )
        for section in bulletin.section_ids:
            with self.subTest(section=section.kind):
                self.assertNotIn("–", section.text or "")

    def test_all_who_were_promoted_are_named_where_they_are_few(self):
        text = BulletinText(self.env, self.company.currency_id)
        for count, expected in ((1, "1 (Anchor 1)"), (3, "Anchor 3)"), (4, "among")):
            promoted = [
                (f"Anchor {number + 1}", "VIP", "Gold", "2026-03-01")
                for number in range(count)
            ]
            with self.subTest(count=count):
                [sentence] = text.get_sentences(
                    "promotions", {"promoted": promoted, "count": count}, ""
                )
                self.assertIn(expected, sentence)

    def test_an_officer_edits_texts_in_the_form(self):
        bulletin = self._draw_up_bulletin()
        with Form(bulletin) as form, form.section_ids.edit(0) as section:
            self.assertIn("Gold", section.table)
            section.text = "<p>A good month.</p>"
            section.is_shown = True
        self.assertIn("A good month.", bulletin.page)
        with Form(bulletin) as form, form.section_ids.edit(0) as section:
            section.is_shown = False
        self.assertNotIn("A good month.", bulletin.page)
        bulletin.action_issue()
        self.assertNotIn("A good month.", bulletin.page)

    def test_figures_of_another_period_do_not_stay(self):
        bulletin = self._draw_up_bulletin()
        bulletin.month = date(2026, 2, 14)
        self.assertEqual(bulletin.month, date(2026, 2, 1))
        self.assertFalse(bulletin.figures_at)
        self.assertFalse(any(bulletin.section_ids.mapped("figures")))
        with self.assertRaisesRegex(UserError, "Generate the figures"):
            bulletin.action_issue()

    def test_texts_hold_no_pictures(self):
        bulletin = self._draw_up_bulletin()
        remarks = self._get_section(bulletin, "remarks")
        with self.assertRaisesRegex(ValidationError, "picture or file"):
            remarks.text = '<p>See <img src="/web/image/7"></p>'
        remarks.text = (
            '<p style="background: url(/x)" onclick="x()">Well done</p>'
            '<table background="/x"><tr><td>Tea</td></tr></table>'
        )
        self.assertNotIn("/x", remarks.text)
        self.assertNotIn("onclick", remarks.text)

    # === Issued === #

    def test_it_is_numbered_and_readers_are_asked(self):
        body = self.env["club.body"].create(
            {"name": "Presidium", "code": "bul", "company_id": self.company.id}
        )
        day = date(2020, 1, 1)
        seats = self.env["club.body.seat"]
        for user, end in ((self.lead, False), (self.clerk, date(2026, 4, 9))):
            seats.create(
                {
                    "body_id": body.id,
                    "user_id": user.id,
                    "office": "Member",
                    "date_from": day,
                    "date_to": end,
                }
            )
        bulletin = self._draw_up_bulletin(body_ids=[Command.set(body.ids)])
        self.assertFalse(bulletin.name)
        bulletin.action_issue()
        self.assertRecordValues(
            bulletin,
            [
                {
                    "name": "BUL/2026/001",
                    "state": "issued",
                    "issued_on": TODAY,
                    "issued_by_id": self.officer.id,
                    "reader_count": 2,
                }
            ],
        )
        self.assertEqual(bulletin.reader_ids.user_id, self.manager | self.lead)
        todos = self.env["mail.activity"].search(
            [("res_model", "=", "club.bulletin"), ("res_id", "=", bulletin.id)]
        )
        self.assertEqual(todos.user_id, self.manager | self.lead)
        # Who sat there until yesterday is none.
        self.assertFalse(bulletin.with_user(self.clerk).has_access("read"))

    def test_it_needs_readers_who_can_open_it(self):
        with self.assertRaisesRegex(UserError, "no readers"):
            self._issue_bulletin(user_ids=[Command.clear()])
        stranger = self._create_employee("stranger")
        with self.assertRaisesRegex(ValidationError, "stranger"):
            self._draw_up_bulletin(month=date(2026, 2, 1), user_ids=[(4, stranger.id)])

    def test_a_period_is_over_before_it_is_judged(self):
        self._add_figures([("revenue", date(2026, 4, 1), 1, 0)], self.unit)
        bulletin = self._draw_up_bulletin(month=date(2026, 4, 1))
        with self.assertRaisesRegex(UserError, "before its period is over"):
            bulletin.action_issue()
        with freeze_time("2026-05-01 08:00:00"):
            # Its figures lack the days that were still to come.
            with self.assertRaisesRegex(UserError, "generate them anew"):
                bulletin.action_issue()
            self._add_figures([("costs", date(2026, 4, 1), 7, 0)], self.unit)
            bulletin.action_generate()
            bulletin.action_issue()
        self.assertEqual(bulletin.state, "issued")
        self.assertEqual(self._get_rows(bulletin, "worth")["costs"]["now"], [7, 0])

    def test_there_is_one_of_a_period(self):
        self._draw_up_bulletin()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
        ):
            self._draw_up_bulletin()

    def test_reading_is_recorded_once_and_by_readers_only(self):
        bulletin = self._issue_bulletin()
        mine = bulletin.with_user(self.manager)
        self.assertTrue(mine.is_unread)
        with self.assertRaises(UserError):
            bulletin.action_mark_read()
        mine.action_mark_read()
        first = bulletin.reader_ids.read_at
        self.assertTrue(first)
        self.assertFalse(mine.is_unread)
        self.assertFalse(mine.activity_ids)
        with freeze_time("2026-04-11 08:00:00"):
            mine.action_mark_read()
        self.assertEqual(bulletin.reader_ids.read_at, first)
        self.assertEqual(bulletin.read_count, 1)

    def test_what_was_issued_stays_whatever_happens_to_names_and_figures(self):
        bulletin = self._issue_bulletin(unit_id=self.unit.id)
        before = bulletin.section_ids.read(["text", "figures", "table"])
        page = bulletin.page
        papers = self.env["report.crm_club.club_bulletin"]
        readers = papers._prepare_paper(bulletin).readers
        self.assertEqual(readers, self.manager.name)
        self.gold.name = "Golden"
        self.unit.name = "Pier"
        self.officer.name = "Somebody"
        self.manager.name = "Another"
        self._add_figures([("costs", MARCH, 10**6, 0)], self.unit)
        self.env.invalidate_all()
        self.assertEqual(
            bulletin.section_ids.read(["text", "figures", "table"]), before
        )
        self.assertEqual(bulletin.page, page)
        self.assertEqual(papers._prepare_paper(bulletin).readers, readers)
        self.assertIn("Quay", bulletin.display_name)

    # === Who reads === #

    def test_readers_leads_and_auditors_read_what_is_issued(self):
        bulletin = self._draw_up_bulletin(unit_id=self.unit.id)
        readers = self.manager | self.lead
        others = self.clerk | self.finance
        for user in readers | others:
            self.assertFalse(bulletin.with_user(user).has_access("read"), user.login)
        self.assertTrue(bulletin.with_user(self.auditor).has_access("read"))
        bulletin.action_issue()
        for user in readers | self.auditor:
            record = bulletin.with_user(user)
            self.assertTrue(record.has_access("read"), user.login)
            self.assertTrue(record.section_ids.mapped("text"))
            self.assertFalse(record.has_access("write"), user.login)
        for user in others:
            self.assertFalse(bulletin.with_user(user).has_access("read"), user.login)

    def test_what_was_left_out_is_none_of_its_readers(self):
        """Neither a section that isn't shown nor what was struck out of a text."""
        bulletin = self._draw_up_bulletin(unit_id=self.unit.id)
        hidden = self._get_section(bulletin, "complaints")
        hidden.is_shown = False
        kept = bulletin.section_ids - hidden
        edited = self._get_section(bulletin, "revenue")
        edited.text = "<p>As planned</p>"
        bulletin.action_issue()
        for user in self.manager | self.lead:
            self.env.invalidate_all()
            record = bulletin.with_user(user)
            page = record.page
            self.assertNotIn("Complaints and Retention", page)
            self.assertIn("As planned", page)
            self.assertEqual(record.section_ids, kept.with_user(user))
            sections = self.env["club.bulletin.section"].with_user(user)
            self.assertEqual(sections.search([("bulletin_id", "=", bulletin.id)]), kept)
            self.assertFalse(hidden.with_user(user).has_access("read"))
            with self.assertRaises(AccessError):
                edited.with_user(user).read(["proposed"])
            with self.assertRaises(AccessError):
                sections.search([("proposed", "like", "outstanding")])
            [shown] = record.web_read(
                {"page": {}, "section_ids": {"fields": {"kind": {}, "is_edited": {}}}}
            )
            self.assertEqual(len(shown["section_ids"]), len(kept))
        self.env.invalidate_all()
        for user in self.officer | self.auditor:
            sections = bulletin.section_ids.with_user(user)
            self.assertTrue(all(sections.mapped("proposed")[:1]))
            self.assertIn(hidden, sections)

    def test_a_lead_reads_none_of_other_units(self):
        bulletin = self._issue_bulletin(unit_id=self.other_unit.id)
        self.assertFalse(bulletin.with_user(self.lead).has_access("read"))

    def test_another_company_reads_nothing(self):
        bulletin = self._issue_bulletin()
        other = self._create_club_company("Other Post")
        stranger = self._create_user("admin", "foreigner", other)
        with self.assertRaises(AccessError):
            bulletin.with_user(stranger).read(["name"])
        with self.assertRaises(AccessError):
            bulletin.section_ids.with_user(stranger).read(["text"])

    # === Corrected === #

    def test_an_error_is_put_right_by_another_one(self):
        bulletin = self._issue_bulletin()
        action = bulletin.action_correct()
        correction = self.env["club.bulletin"].browse(action["res_id"])
        correction = correction.with_user(self.officer)
        self.assertEqual(bulletin.action_correct()["res_id"], correction.id)
        self.assertEqual(
            correction.section_ids.mapped("text"), bulletin.section_ids.mapped("text")
        )
        with self.assertRaisesRegex(UserError, "Say what is corrected"):
            correction.action_issue()
        with self.assertRaises(UserError):
            correction.month = date(2026, 2, 1)
        correction.correction = "Revenue of Hill was missing."
        self.assertFalse(bulletin.corrected_by_id)
        correction.action_issue()
        self.assertEqual(correction.name, "BUL/2026/002")
        self.assertEqual(bulletin.corrected_by_id, correction)
        self.assertIn("Corrects", correction.page)
        self.assertIn("BUL/2026/001", correction.page)
        self.assertIn("BUL/2026/002", bulletin.page)

    # === On paper === #

    def test_paper_and_screen_say_the_same(self):
        bulletin = self._issue_bulletin()
        reports = self.env["ir.actions.report"].with_user(self.manager)
        content, _kind = reports._render_qweb_html(
            "crm_club.club_bulletin_report", bulletin.ids
        )
        page = content.decode()
        for text in ("Monthly Bulletin", "BUL/2026/001", "84.5 %", "(Official seal)"):
            self.assertIn(text, page)
        self.assertIn("84.5 %", bulletin.page)
        with self.assertRaises(AccessError):
            reports.with_user(self.clerk)._render_qweb_html(
                "crm_club.club_bulletin_report", bulletin.ids
            )
