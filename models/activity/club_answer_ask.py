import re

from odoo import Command, api, fields, models
from odoo.tools import SQL

from ...kernel import survey_channels
from ..lock import opened
from .holds import hold_records

SILENT = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
}


class ClubAnswer(models.Model):
    """Asking guests: each has one link, however often he is asked. Rule C5."""

    _inherit = "club.answer"

    @api.model
    def _prepare_for(self, guests, deadline):
        """Return the answers to ask guests for, made where there are none yet.

        :param guests: of one activity, whom the user may ask
        :param deadline: until when the links are open
        """
        activity = guests.activity_id
        activity._check_can_ask()
        # Two who press Send at once: the second finds the links of the first.
        hold_records(activity)
        answers_sudo = opened(self.sudo().with_context(**SILENT))
        found = answers_sudo.search([("invitation_id", "in", guests.ids)])
        unasked = guests - found.invitation_id
        made = answers_sudo.create([{"invitation_id": guest.id} for guest in unasked])
        made._make_papers(activity.survey_id)
        answers_sudo = found | made
        answers_sudo.write({"date_deadline": deadline})
        waiting = answers_sudo.input_ids.filtered(lambda paper: paper.state != "done")
        waiting.write({"deadline": deadline})
        # Without the open lock: mails and messages are made of them.
        return self.sudo().browse(answers_sudo.ids)

    def _make_papers(self, survey, **values):
        """Make the survey's paper of each, for its guest and nobody else."""
        survey_sudo = survey.sudo()
        questions = survey_sudo._prepare_user_input_predefined_questions()
        papers = self.env["survey.user_input"]
        languages = {lang.code: lang.id for lang in survey_sudo.lang_ids}
        return papers.create(
            [
                {
                    "survey_id": survey.id,
                    "club_answer_id": answer.id,
                    "partner_id": answer.contact_id.id,
                    "email": answer.contact_id.email,
                    "nickname": answer.contact_id.name,
                    "deadline": answer.date_deadline,
                    "invite_token": papers._generate_invite_token(),
                    "lang_id": languages.get(answer.contact_id.lang),
                    "predefined_question_ids": [Command.set(questions.ids)],
                    **values,
                }
                for answer in self
            ]
        )

    def _make_correction(self):
        """Make another paper, to be entered in place of what the guest answered."""
        survey = self._get_entered().survey_id
        self._message_log(
            body=self.env._("%s corrects the answer after a call.", self.env.user.name)
        )
        return self.with_context(**SILENT)._make_papers(
            survey, club_is_correction=True, deadline=False
        )

    def _note_sent(self, channel):
        """Note by which channel guests were asked, and when."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE club_answer SET channel = %s, sent_at = %s, sent_by_id = %s,"
                " sent_count = coalesce(sent_count, 0) + 1 WHERE id = ANY(%s)",
                channel,
                fields.Datetime.now(),
                self.env.uid,
                self.ids,
            )
        )
        self.invalidate_recordset()
        self.activity_id._refresh_satisfaction()

    # === By each channel === #

    def _send_mail(self):
        """Queue a mail to each, from the user.

        The mail hangs on no record, since whoever reads the answer would read its link.
        """
        template_sudo = self.env.ref("crm_club.club_survey_mail").sudo()
        template_sudo.send_mail_batch(
            self.ids, email_values={"model": False, "res_id": False}
        )
        self._note_sent(survey_channels.MAIL)

    def _send_sms(self):
        """Queue a text message to each."""
        texts = self._get_texts()
        self.env["sms.sms"].sudo().create(
            [
                {
                    "number": answer._get_number(),
                    "partner_id": answer.contact_id.id,
                    "body": texts[answer.id],
                }
                for answer in self
            ]
        )
        self._note_sent(survey_channels.SMS)

    def _get_texts(self):
        """Return the text message to each, with his link, in his language, by id."""
        template_sudo = self.env.ref("crm_club.club_survey_sms").sudo()
        return template_sudo._render_field("body", self.ids, compute_lang=True)

    def _get_number(self):
        """Return the number as gateways take it: digits, and a sign before them."""
        self.ensure_one()
        contact = self.contact_id
        return re.sub(r"[^+\d]", "", contact.phone_sanitized or contact.phone)
