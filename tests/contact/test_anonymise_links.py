from odoo import Command
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from ...models.record.lock import opened
from ..common import TODAY
from ..survey.survey_case import SurveyFixture
from .care_case import CareFixture
from .test_anonymise import WORDS


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestAnonymiseLinks(SurveyFixture, CareFixture, HttpCase):
    """What led to a guest leads nowhere once he is anonymised. Rules A8, C5."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_care()
        cls._set_up_activity()
        cls.guest = cls._create_guest(cls.contact)
        # Refused texts so far; paper and mail are enough for a guest to be asked.
        cls.env["club.contact.consent"].create(
            [
                {"profile_id": cls.profile.id, "channel": channel, "answer": "given"}
                for channel in ("mail", "sms")
            ]
        )

    def _get_secrets(self):
        answer = self._get_answer(self.guest).sudo()
        papers = answer.input_ids
        return [
            answer.code,
            *papers.mapped("access_token"),
            *papers.mapped("invite_token"),
        ]

    def test_the_mail_and_the_link_of_a_survey_go(self):
        self._ask(mode="mail").action_send()
        self._fill_in(self.guest, mark=2, remark="Li Ming was bored")
        link = f"/club/s/{self._get_answer(self.guest).sudo().code}"
        paper = self._get_paper(self.guest)
        survey, token = paper.survey_id.access_token, paper.access_token
        printed = f"/survey/print/{survey}?answer_token={token}"
        mail = self.env["mail.mail"].search([("recipient_ids", "in", self.contact.ids)])
        self.assertIn(link, mail.body_html)
        other = self.env["mail.mail"].search([("recipient_ids", "in", self.ann.ids)])
        secrets = self._get_secrets()
        self.assertTrue(self._find_words(*secrets))
        self.env.flush_all()
        self.assertIn("How satisfied", self.url_open(printed).text)
        self._anonymise(self.contact)
        self.assertFalse(self._find_words(*WORDS, *secrets))
        self.assertEqual(mail.state, "cancel")
        self.assertFalse(mail.body_html)
        self.assertFalse(mail.subject)
        self.assertIn("Ann", other.body_html)
        self.assertEqual(other.state, "outgoing")
        self.env.flush_all()
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(link).status_code, 404)
            for address in (
                printed,
                f"/survey/{survey}/{token}",
                f"/survey/start/{survey}?answer_token={token}",
            ):
                self.assertNotIn("How satisfied", self.url_open(address).text)
        # What he said stays as a number.
        self.assertEqual(self.activity.answer_count, 1)

    def test_a_mail_to_others_too_loses_his_name_only(self):
        mail = self.env["mail.mail"].create(
            {
                "subject": "Li Ming and others",
                "body_html": "<p>Dear Li Ming, dear Ann</p>",
                "recipient_ids": [Command.set((self.contact | self.ann).ids)],
            }
        )
        by_address = self.env["mail.mail"].create(
            {
                "subject": "For Li Ming",
                "body_html": "<p>Dear Li Ming</p>",
                "email_to": '"Li Ming" <LI.MING@anchor.example.com>',
            }
        )
        namesake = self.env["mail.mail"].create(
            {
                "subject": "For Oli",
                "body_html": "<p>Dear Oli</p>",
                "email_to": "oli.ming@anchor.example.com",
            }
        )
        self._anonymise(self.contact)
        self.assertFalse(self._find_words("Li Ming"))
        self.assertIn("dear Ann", mail.body_html)
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual((by_address.state, by_address.body_html), ("cancel", False))
        self.assertEqual(
            (namesake.state, namesake.body_html, namesake.email_to),
            ("outgoing", "<p>Dear Oli</p>", "oli.ming@anchor.example.com"),
        )

    def test_text_messages_and_their_files_go(self):
        self._ask(mode="sms").action_send()
        sms = self.env["sms.sms"].search([("partner_id", "=", self.contact.id)])
        self.assertEqual(sms.state, "outgoing")
        dialog = self._ask(mode="gateway")
        dialog.action_export()
        secrets = self._get_secrets()
        self.assertTrue(dialog.file)
        self._anonymise(self.contact)
        self.assertFalse(self._find_words(*WORDS, *secrets))
        self.assertEqual(sms.state, "canceled")
        self.assertFalse(dialog.file)

    def test_event_mails_badges_and_files_go(self):
        """Odoo's own registration, its mail with a ticket, and a note about it."""
        event = self.env["event.event"].create(
            {
                "name": "Tea",
                "date_begin": "2026-05-08 06:00:00",
                "date_end": "2026-05-08 08:00:00",
            }
        )
        registration = self.env["event.registration"].create(
            {"event_id": event.id, "partner_id": self.contact.id}
        )
        barcode = registration.barcode
        self.assertIn("Li Ming", registration.name)
        self._say(registration, f"Li Ming comes with badge {barcode}")
        self._say(event, "Li Ming is late")
        ticket = self.env["ir.attachment"].create(
            {"name": "Ticket Li Ming.pdf", "raw": b"x", "res_model": "mail.message"}
        )
        shared, loose = self.env["ir.attachment"].create(
            [
                {"name": "Terms.pdf", "raw": b"x", "res_model": "mail.message"},
                {
                    "name": "Li Ming.pdf",
                    "raw": b"x",
                    "res_model": "event.registration",
                    "res_id": registration.id,
                },
            ]
        )
        mails = self.env["mail.mail"].create(
            [
                {
                    "subject": "Your registration",
                    "body_html": f"<p>{contact.name}: {text}</p>",
                    "model": "event.registration",
                    "res_id": registration.id,
                    "recipient_ids": [Command.set(contact.ids)],
                    "attachment_ids": [Command.set(files.ids)],
                }
                for contact, text, files in (
                    (self.contact, barcode, ticket | shared),
                    (self.ann, "as agreed", shared),
                )
            ]
        )
        self._anonymise(self.contact)
        self.assertFalse(self._find_words("Li Ming", barcode))
        self.assertNotEqual(registration.barcode, barcode)
        self.assertFalse(mails[0].body_html)
        self.assertFalse((ticket | loose).exists())
        self.assertTrue(shared.exists())
        self.assertTrue(mails[1].body_html)

    def test_what_was_said_about_him_on_the_activity_and_by_phone_is_corrected(self):
        self._say(self.activity, "Li Ming sat at table 3", partner_ids=self.ann.ids)
        self._say(self.guest, "Called Li Ming on 139 0000 4321")
        self.guest.activity_schedule(
            "mail.mail_activity_data_call",
            summary="Ring Li Ming",
            note="<p>Li Ming, 139 0000 4321</p>",
            user_id=self.officer.id,
        )
        done = self.guest.activity_schedule(
            "mail.mail_activity_data_call", summary="Li Ming", user_id=self.officer.id
        )
        done.action_feedback(feedback="Li Ming will come")
        self._ask(mode="paper").action_print()
        paper = self._get_paper(self.guest)
        self._say(paper, "Li Ming is slow to answer")
        elsewhere = self._create_activity("Elsewhere")
        self._say(elsewhere, "Li Ming of another firm")
        self._anonymise(self.contact)
        found = self._find_words("Li Ming", "139 0000 4321")
        self.assertEqual(found, {"mail_message.body"}, "but of his namesake")
        self.assertIn("Li Ming", str(elsewhere.message_ids[0].body))

    def test_blacklists_forget_his_address(self):
        self.env["mail.blacklist"]._add("li.ming@anchor.example.com")
        self.env["mail.blacklist"]._add("oli.ming@anchor.example.com")
        self._anonymise(self.contact)
        left = self.env["mail.blacklist"].search([("email", "like", "ming@anchor")])
        self.assertEqual(left.mapped("email"), ["oli.ming@anchor.example.com"])

    def test_a_guest_still_to_answer_is_not_asked_any_more(self):
        self._ask(mode="paper").action_print()
        answer, paper = self._get_answer(self.guest), self._get_paper(self.guest)
        link = answer._get_link()
        kept = self._get_answer(self.guest_ann)._get_link()
        self._anonymise(self.contact)
        self.assertNotEqual(answer._get_link(), link)
        self.assertEqual(self._get_answer(self.guest_ann)._get_link(), kept)
        self.assertEqual(answer.date_deadline.date(), TODAY)
        self.assertLessEqual(paper.deadline.date(), TODAY)
        self.assertFalse(opened(answer).input_ids.invite_token)
