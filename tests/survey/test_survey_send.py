import base64
import csv
import io
from datetime import timedelta

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import format_date

from ...kernel.guest_states import ABSENT, ATTENDED
from ...models.activity.club_activity import INVITING
from ...models.record.lock import opened
from ..common import TODAY, ClubCommon
from .survey_case import SurveyFixture


@tagged("post_install", "-at_install")
class TestSurveySend(SurveyFixture, ClubCommon):
    """Guests are asked by the channel they agreed to, by one link each. A8, C5."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_activity()

    def _get_channels(self, dialog):
        return {
            line.invitation_id.contact_id.name: line.channel for line in dialog.line_ids
        }

    def _get_mails(self):
        return (
            self.env["mail.mail"]
            .sudo()
            .search([("subject", "like", "Tea and Trade")])
            .mapped("recipient_ids.name")
        )

    # === Whom, and how === #

    def test_each_is_asked_as_he_agreed(self):
        self._consent(self.ann, "sms", mail="given", sms="given")
        self._consent(self.bob, mail="given", sms="refused")
        self.assertEqual(
            self._get_channels(self._ask()), {"Ann": "sms", "Bob": "mail", "Cid": False}
        )

    def test_a_channel_that_was_refused_is_not_forced(self):
        self._consent(self.ann, mail="refused")
        dialog = self._ask(mode="mail")
        self.assertEqual(
            self._get_channels(dialog), {"Ann": False, "Bob": "mail", "Cid": "mail"}
        )
        # Nor does choosing it by hand help, nor sending it as a client would.
        dialog.line_ids.filtered(lambda x: x.contact_id == self.ann).channel = "mail"
        with self.assertRaisesRegex(UserError, "Ann can't be asked by E-mail"):
            dialog.action_send()
        self.assertNotIn("Ann", self._get_mails())

    def test_the_gateway_is_sms_and_paper_needs_no_consent(self):
        self._consent(self.ann, sms="refused")
        self.bob.phone = False
        self.assertEqual(
            self._get_channels(self._ask(mode="gateway")),
            {"Ann": False, "Bob": False, "Cid": "gateway"},
        )
        self.assertEqual(
            self._get_channels(self._ask(mode="paper")),
            {"Ann": "paper", "Bob": "paper", "Cid": "paper"},
        )

    def test_who_opted_out_in_odoo_refused(self):
        self.env["mail.blacklist"]._add(self.ann.email)
        self.bob.phone = "+8613800138001"
        self.env["phone.blacklist"].add(self.bob.phone)
        self.env.invalidate_all()
        self.assertFalse(self._get_channels(self._ask(mode="mail"))["Ann"])
        self.assertFalse(self._get_channels(self._ask(mode="sms"))["Bob"])

    def test_only_guests_who_came_are_asked(self):
        opened(self.guest_bob).state = ABSENT
        dialog = self._ask(mode="mail")
        self.assertEqual(self._get_channels(dialog), {"Ann": "mail", "Cid": "mail"})
        dialog.line_ids = [
            Command.create({"invitation_id": self.guest_bob.id, "channel": "mail"})
        ]
        with self.assertRaisesRegex(UserError, "Bob didn't come"):
            dialog.action_send()

    def test_an_activity_that_was_not_held_asks_nobody(self):
        ahead = self._create_activity("Ahead", stage=INVITING)
        self._create_guest(self.ann, ahead)
        with self.assertRaisesRegex(UserError, "wasn't held yet"):
            ahead.with_user(self.officer).action_send_survey()
        with self.assertRaisesRegex(UserError, "wasn't held yet"):
            self._ask(activity=ahead, mode="mail").action_send()
        self.activity.survey_id = False
        with self.assertRaisesRegex(UserError, "has no survey"):
            self._ask(mode="mail").action_send()

    def test_each_asks_the_guests_of_his_own_accounts(self):
        seen = {"Ann": "mail", "Bob": "mail"}
        self.assertEqual(self._get_channels(self._ask(self.manager, mode="mail")), seen)
        self.assertEqual(self._get_channels(self._ask(self.lead, mode="mail")), seen)
        dialog = self._ask(self.manager, mode="mail")
        with self.assertRaises(AccessError):
            dialog.line_ids = [
                Command.create({"invitation_id": self.guest_cid.id, "channel": "mail"})
            ]
        with self.assertRaises(AccessError):
            dialog.with_user(self.officer).action_send()
        with self.assertRaises(AccessError):
            self._ask(self.auditor, mode="mail")

    # === By mail, by SMS === #

    def test_a_mail_names_the_guest_and_his_link(self):
        self._ask(mode="mail").action_send()
        mails = self.env["mail.mail"].sudo()
        mail = mails.search([("recipient_ids", "in", self.ann.ids)])
        self.assertEqual(mail.subject, "How was “Tea and Trade”?")
        self.assertIn("Dear Ann", mail.body_html)
        self.assertIn(self._get_answer(self.guest_ann)._get_link(), mail.body_html)
        # Who reads the answer doesn't read the link.
        self.assertFalse(mail.mail_message_id.res_id)
        self.assertFalse(self._get_answer(self.guest_ann).message_ids)

    def test_a_text_message_is_short_and_has_the_link(self):
        self._ask(mode="sms").action_send()
        message = self.env["sms.sms"].sudo()
        message = message.search([("partner_id", "=", self.ann.id)])
        link = self._get_answer(self.guest_ann)._get_link()
        self.assertRecordValues(
            message,
            [
                {
                    "number": "+8613800138000",
                    "state": "outgoing",
                    "body": "Thank you for coming to “Tea and Trade”. "
                    f"How was it? {link}",
                }
            ],
        )
        self.assertLess(len(link.partition("://")[2].partition("/")[2]), 24)

    def test_asking_again_reminds_those_who_have_not_answered(self):
        self._ask(mode="mail").action_send()
        papers = self.env["survey.user_input"].search([("club_answer_id", "!=", False)])
        links = {a.id: a._get_link() for a in self.activity.answer_ids.sudo()}
        self._fill_in(self.guest_ann, mark=5)
        dialog = self._ask(mode="sms", date_deadline=TODAY + timedelta(days=30))
        self.assertEqual(self._get_channels(dialog), {"Bob": "sms", "Cid": "sms"})
        dialog.action_send()
        self.assertEqual(
            self.env["survey.user_input"].search([("club_answer_id", "!=", False)]),
            papers,
        )
        self.assertEqual(
            {a.id: a._get_link() for a in self.activity.answer_ids.sudo()}, links
        )
        answer = self._get_answer(self.guest_bob)
        self.assertRecordValues(
            answer + self._get_answer(self.guest_ann),
            [
                {"channel": "sms", "sent_count": 2, "sent_by_id": self.officer.id},
                {"channel": "mail", "sent_count": 1, "sent_by_id": self.officer.id},
            ],
        )
        self.assertEqual(answer.date_deadline.date(), TODAY + timedelta(days=30))
        self.assertEqual(self._get_paper(self.guest_bob).deadline, answer.date_deadline)
        self.assertEqual(self.activity.sent_count, 3)

    def test_a_dialog_pressed_twice_does_not_ask_who_has_answered_meanwhile(self):
        dialog = self._ask(mode="mail")
        dialog.action_send()
        self._fill_in(self.guest_ann, mark=5)
        with self.assertRaisesRegex(UserError, "has answered already"):
            dialog.action_send()

    def test_nobody_answers_until_yesterday(self):
        with self.assertRaisesRegex(UserError, "a day that is over"):
            self._ask(
                mode="mail", date_deadline=TODAY - timedelta(days=1)
            ).action_send()
        self._ask(mode="mail", date_deadline=TODAY).action_send()

    # === For the bureau's own gateway === #

    def _export(self, **values):
        dialog = self._ask(mode="gateway", **values)
        action = dialog.action_export()
        self.assertIn(f"/{dialog.id}/file", action["url"])
        dialog = dialog.with_context(bin_size=False)
        return base64.b64decode(dialog.file), dialog.file_name

    def test_the_file_for_the_gateway_in_each_format(self):
        self.ann.name = "李明"
        self.bob.name = "=1+1"
        link = self._get_link_of_ann
        for file_format in ("utf-8-sig", "gb18030"):
            content, name = self._export(file_format=file_format)
            rows = list(csv.reader(io.StringIO(content.decode(file_format))))
            self.assertTrue(name.endswith(".csv"))
            self.assertEqual(rows[0], ["Phone", "Name", "Text"])
            self.assertEqual(rows[1][:2], ["+8613800138000", "李明"])
            self.assertTrue(rows[1][2].endswith(link()))
            self.assertEqual(rows[2][1], "'=1+1")
        content, name = self._export(file_format="xlsx")
        self.assertTrue(name.endswith(".xlsx"))
        sheet = load_workbook(io.BytesIO(content)).active
        rows = list(sheet.iter_rows(values_only=True))
        self.assertEqual(rows[1][:2], ("+8613800138000", "李明"))
        self.assertEqual(rows[2][1], "=1+1")
        self.assertEqual(sheet["B3"].data_type, "s")
        self.assertEqual(self._get_answer(self.guest_ann).channel, "gateway")

    def _get_link_of_ann(self):
        return self._get_answer(self.guest_ann)._get_link()

    # === On paper === #

    def test_a_card_for_each_guest_with_his_code(self):
        action = self._ask(self.manager, mode="paper").action_print()
        answers = self.activity.answer_ids.with_user(self.manager)
        self.assertEqual(action["report_name"], "crm_club.club_survey_cards")
        report = self.env["ir.actions.report"].with_user(self.manager)
        html, _kind = report._render_qweb_html(
            "crm_club.club_survey_cards", answers.ids
        )
        html = html.decode()
        for contact in (self.ann, self.bob):
            self.assertIn(contact.name, html)
        self.assertEqual(html.count("data:image/png"), 2)
        self.assertIn(answers[0]._get_link(), html)
        # A card has the link: who only reads answers prints none.
        for user in (self.auditor, self.clerk):
            cards = self.env["report.crm_club.club_survey_cards"].with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                cards._get_report_values(answers.ids)

    def test_card_and_mail_name_one_last_day_whoever_prints(self):
        """Rule C5: the day where the club is, not where whoever prints or mails is."""
        self._ask(self.manager, mode="paper").action_print()
        answer = self.activity.answer_ids[0]
        answer._write_guarded({"date_deadline": "2026-04-24 16:30:00"})
        day = self.company._club_day(answer.date_deadline)
        template = self.env.ref("crm_club.club_survey_mail")
        cards = self.env["report.crm_club.club_survey_cards"]
        for zone in ("UTC", "Asia/Shanghai", "America/New_York"):
            with self.subTest(zone=zone):
                (card,) = cards.with_context(tz=zone)._get_papers(answer, {})
                self.assertEqual(card.until, day)
                body = template.with_context(tz=zone)._render_field(
                    "body_html", answer.ids
                )[answer.id]
                self.assertIn(format_date(self.env, day), body)

    # === The survey === #

    def test_the_survey_is_the_types_or_the_activitys_own_until_somebody_was_asked(
        self,
    ):
        survey = self.env.ref("crm_club.club_survey")
        self.assertEqual(self.activity.survey_id, survey)
        other = survey.copy()
        self.activity.with_user(self.officer).survey_id = other
        self._ask(mode="mail").action_send()
        with self.assertRaisesRegex(UserError, "its survey stays"):
            self.activity.with_user(self.officer).survey_id = survey
        self.assertEqual(self._get_paper(self.guest_ann).survey_id, other)

    def test_a_survey_for_guests_needs_no_login_and_asks_for_satisfaction(self):
        survey = self.env.ref("crm_club.club_survey")
        for values in (
            {"access_mode": "public"},
            {"users_login_required": True},
            {"question_and_page_ids": [Command.clear()]},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.activity.survey_id = survey.copy(values)

    def test_a_purpose_fits_its_question(self):
        question = self._get_question("overall").copy({"survey_id": False})
        for values in (
            {"scale_max": 10},
            {"scale_min": 0},
            {"question_type": "text_box"},
            {"survey_id": self.env.ref("crm_club.club_survey").id},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                question.write(values)
            question.invalidate_recordset()

    # === Growth === #

    def test_queries_do_not_grow_with_guests(self):
        counts = []
        for number in (20, 40):
            activity = self._create_activity(f"Party {number}")
            contacts = self.env["res.partner"].create(
                [
                    {
                        "name": f"Guest {index}",
                        "parent_id": self.account_a.id,
                        "email": f"g{index}@example.com",
                        "phone": f"+86 138 0013 9{index:03}",
                    }
                    for index in range(number)
                ]
            )
            opened(self.env["club.invitation"]).create(
                [
                    {
                        "activity_id": activity.id,
                        "contact_id": contact.id,
                        "state": ATTENDED,
                    }
                    for contact in contacts
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._ask(activity=activity, mode="gateway").action_export()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 5)
