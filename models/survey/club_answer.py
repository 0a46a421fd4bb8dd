import re
from secrets import choice
from unicodedata import normalize

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.orm.models import NO_ACCESS
from odoo.tools import SQL

from ...kernel import survey_channels
from ...kernel.guest_states import ATTENDED
from ..record.figure_source import FigureSource
from ..record.hold import hold
from ..record.rpc import for_one, without_client_context
from .survey_question import BEST, CALL_BACK, NEED, REMARK, SATISFACTION, WORST

WAITING, ANSWERED = "waiting", "answered"

STATES = [(WAITING, "Not Answered Yet"), (ANSWERED, "Answered")]

CHANNELS = [
    (survey_channels.MAIL, "E-mail"),
    (survey_channels.SMS, "SMS"),
    (survey_channels.GATEWAY, "SMS by Own Gateway"),
    (survey_channels.PAPER, "QR Code on Paper"),
    (survey_channels.CALL, "Call"),
]

# What a link is made of: nothing that a reader of paper mistakes; 59 bits.
CODE_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"

CODE_LENGTH = 12

SILENT = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
}


class ClubAnswer(models.Model):
    """What one guest answers after an activity, by a link of his own. Rule C5.

    The link's secrets are read by our own methods only. Nobody writes an answer: it
    comes from the survey.
    """

    _name = "club.answer"
    _description = "Answer of a Guest"
    _inherit = ["mail.thread", "club.record.mixin"]
    _order = "activity_id desc, id"
    _rec_name = "contact_id"
    _club_about = "contact_id"
    _club_is_his = True
    _club_texts = ("remark",)

    invitation_id = fields.Many2one(
        "club.invitation",
        required=True,
        ondelete="restrict",
        readonly=True,
    )
    company_id = fields.Many2one(
        related="invitation_id.company_id", store=True, precompute=True, index=True
    )
    activity_id = fields.Many2one(
        related="invitation_id.activity_id", store=True, precompute=True, index=True
    )
    type_id = fields.Many2one(
        related="activity_id.type_id", store=True, precompute=True, index=True
    )
    unit_id = fields.Many2one(
        related="activity_id.unit_id", store=True, precompute=True, index=True
    )
    date = fields.Datetime(
        "Date of the Activity",
        related="activity_id.date_begin",
        store=True,
        precompute=True,
    )
    contact_id = fields.Many2one(
        related="invitation_id.contact_id", store=True, precompute=True, index=True
    )
    account_id = fields.Many2one(
        related="invitation_id.account_id", store=True, precompute=True, index=True
    )
    state = fields.Selection(STATES, default=WAITING, required=True, readonly=True)

    # === Asking === #
    code = fields.Char(
        required=True, groups=NO_ACCESS, default=lambda _: _make_code(), readonly=True
    )
    input_ids = fields.One2many(
        "survey.user_input", "club_answer_id", groups=NO_ACCESS, readonly=True
    )
    date_deadline = fields.Datetime("Open Until", readonly=True)
    channel = fields.Selection(
        CHANNELS, "Asked by", readonly=True, help="How the guest was asked last."
    )
    sent_at = fields.Datetime("Asked Last", readonly=True)
    sent_count = fields.Integer("Times Asked", readonly=True)
    sent_by_id = fields.Many2one("res.users", "Asked by User", readonly=True)

    # === What he said === #
    answered_at = fields.Datetime("Answered", readonly=True)
    entered_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        help="Who entered it after a call. Empty: the guest did, by his link.",
    )
    satisfaction = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="From 1 to 5, the best. 0: the guest gave no mark.",
    )
    wants_call = fields.Boolean("Wants a Call", readonly=True)
    remark = fields.Text("Remarks", readonly=True)
    need_ids = fields.One2many("club.need", "answer_id", "Needs", readonly=True)
    answers_html = fields.Html(
        "All Answers", compute="_compute_answers_html", sanitize=False
    )

    _invitation_uniq = models.UniqueIndex(
        "(invitation_id)", "This guest is asked already."
    )
    _code_uniq = models.UniqueIndex("(code)", "Two guests can't share a link.")
    _satisfaction = models.Constraint(
        f"CHECK(satisfaction BETWEEN {WORST} AND {BEST})",
        "Satisfaction goes from 1 to 5.",
    )

    def _compute_answers_html(self):
        """Show what was answered last, question by question, to whoever reads it."""
        qweb = self.env["ir.qweb"]
        for answer in self:
            answer.answers_html = qweb._render(
                "crm_club.club_answer_lines",
                {"lines": answer._get_answered_lines()},
            )

    def _get_answered_lines(self):
        """Return question and answer, as texts, of what counts. Needs read access."""
        self.ensure_one()
        answer_sudo = self.sudo()  # past the rights on surveys
        entered = answer_sudo._get_entered()
        lines = entered.user_input_line_ids.filtered(lambda line: not line.skipped)
        return [(line.question_id.title, line.display_name) for line in lines]

    def _get_entered(self):
        """Return the survey's paper that counts: the last one that was completed."""
        completed = self.input_ids.filtered(lambda paper: paper.state == "done")
        return completed.sorted("id")[-1:]

    # === What is counted === #

    @api.model
    def _get_figure_sources(self):
        """The marks that guests gave, in the month of the activity. Rule C5."""
        return [
            FigureSource(
                "satisfaction",
                (("state", "=", ANSWERED), ("satisfaction", ">=", WORST)),
                "date",
                unit="unit_id",
                value="satisfaction",
                is_mean=True,
            )
        ]

    # === Actions === #

    @for_one
    def action_enter(self):
        """Open the survey for the user to enter what the guest says on the phone. C5.

        What was answered before stays in Odoo's surveys; the new entry takes its place
        once it is complete, and the chatter tells.

        :raises UserError: when the guest isn't to be called, or it is too late
        """
        self.check_access("read")
        self._check_may_ask()
        # sudo: whoever looks after the guest may enter what he says
        answer_sudo = without_client_context(self).sudo()
        hold(answer_sudo)
        paper = answer_sudo._get_open_paper() or answer_sudo._make_correction()
        return {
            "type": "ir.actions.act_url",
            "url": paper.get_start_url(),
            "target": "new",
        }

    def _check_may_ask(self):
        """Raise unless the user looks after these guests, and they came."""
        self.invitation_id.check_access("write")
        for answer in self:
            if answer.invitation_id.state != ATTENDED:
                raise UserError(
                    self.env._(
                        "%s didn't come: only guests who came are asked.",
                        answer.contact_id.display_name,
                    )
                )

    def _may_enter(self, user):
        """Tell whether a colleague may enter what the guest says. Rule C5."""
        self.ensure_one()
        company = self.company_id
        if company not in user.company_ids:
            return False
        guest = self.invitation_id.with_user(user).with_company(company)
        return guest.has_access("write")

    def _get_open_paper(self):
        """Return the survey's paper that is still to be completed, if any."""
        return self.input_ids.filtered(lambda paper: paper.state != "done")[:1]

    def _get_link(self):
        """Return the guest's own short link, for whoever may ask him."""
        self.ensure_one()
        if not self.env.su:
            self._check_may_ask()
        answer_sudo = self.sudo()  # the code is nobody's to read
        return f"{self.get_base_url()}/club/s/{answer_sudo.code}"

    @api.model
    def _get_keys_of_persons(self, ids):
        """Return what stands in links that lead to what these contacts answered."""
        papers = SQL("SELECT id FROM survey_user_input WHERE partner_id = ANY(%s)", ids)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT code FROM club_answer WHERE contact_id = ANY(%(ids)s)
                UNION SELECT access_token FROM survey_user_input
                 WHERE id IN (%(papers)s)
                UNION SELECT invite_token FROM survey_user_input
                 WHERE id IN (%(papers)s)
                """,
                ids=ids,
                papers=papers,
            )
        )
        return {key for (key,) in rows if key}

    @api.model
    def _forget_persons(self, ids):
        """End the links of contacts: they lead nowhere, and nobody knows the new keys.

        By SQL, as all of anonymising: nothing is left in caches and logs.
        """
        cr = self.env.cr
        cr.execute("SELECT id FROM club_answer WHERE contact_id = ANY(%s)", [ids])
        for (key,) in cr.fetchall():
            cr.execute(
                "UPDATE club_answer SET code = %s WHERE id = %s", [_make_code(), key]
            )
        cr.execute(
            """
            UPDATE survey_user_input
               SET access_token = gen_random_uuid()::text, invite_token = NULL,
                   deadline = least(deadline, %(now)s)
             WHERE partner_id = ANY(%(ids)s)
            """,
            {"ids": ids, "now": fields.Datetime.now()},
        )
        cr.execute(
            "UPDATE club_answer SET date_deadline = least(date_deadline, %s)"
            " WHERE contact_id = ANY(%s)",
            [fields.Datetime.now(), ids],
        )

    @api.model
    def _find_address(self, code):
        """Return the survey's address to which a guest's link leads, None for no guest.

        :param code: what anybody may have typed: capitals, full-width letters and
            spaces around it make no difference
        """
        code = normalize("NFKC", code).strip().lower()
        if not set(CODE_SIGNS).issuperset(code):
            return None
        answers_sudo = self.sudo()  # whoever has the link is its guest
        answer_sudo = answers_sudo.search([("code", "=", code)], limit=1, order="id")
        paper = answer_sudo.input_ids.filtered(lambda p: not p.club_is_correction)
        return paper.get_start_url() if paper else None

    # === Asking guests: each has one link, however often he is asked. Rule C5 === #

    def _get_last_day(self):
        """Return the last day of the link where the club is: on card and mail alike,
        whoever's clock is asked; False for one without end.
        """
        self.ensure_one()
        deadline = self.date_deadline
        return deadline and self.company_id._club_day(deadline)

    @api.model
    def _prepare_for(self, guests, deadline):
        """Return the answers to ask guests for, made where there are none yet.

        :param guests: of one activity, whom the user may ask
        :param deadline: until when the links are open
        """
        activity = guests.activity_id
        activity._check_can_ask()
        # Two who press Send at once: the second finds the links of the first.
        hold(activity)
        # sudo: the links are nobody's to read
        answers_sudo = self.sudo().with_context(**SILENT)
        found_sudo = answers_sudo.search([("invitation_id", "in", guests.ids)])
        made_sudo = answers_sudo._create_guarded(
            [{"invitation_id": guest.id} for guest in guests - found_sudo.invitation_id]
        )
        made_sudo._make_papers(activity.survey_id)
        answers_sudo = found_sudo | made_sudo
        answers_sudo._write_guarded({"date_deadline": deadline})
        papers_sudo = answers_sudo.input_ids
        waiting_sudo = papers_sudo.filtered(lambda paper: paper.state != "done")
        waiting_sudo.write({"deadline": deadline})
        # Without the silence: mails and messages are made of them.
        return self.sudo().browse(answers_sudo.ids)

    def _make_papers(self, survey, **values):
        """Make the survey's paper of each, for its guest and nobody else."""
        survey_sudo = survey.sudo()  # who asks needn't edit surveys
        questions = survey_sudo._prepare_user_input_predefined_questions()
        papers = self.env["survey.user_input"]
        languages = {lang.code: lang.id for lang in survey_sudo.lang_ids}
        return papers._create_guarded(
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

    def _send_mail(self):
        """Queue a mail to each, from the user.

        The mail hangs on no record, since whoever reads the answer would read its link.
        """
        # sudo: whoever asks guests may send them the club's own text
        template_sudo = self.env.ref("crm_club.club_survey_mail").sudo()
        template_sudo.send_mail_batch(
            self.ids, email_values={"model": False, "res_id": False}
        )
        self._note_sent(survey_channels.MAIL)

    def _send_sms(self):
        """Queue a text message to each."""
        texts = self._get_texts()
        # sudo: text messages are written by the system only
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
        # sudo: whoever asks guests may send them the club's own text
        template_sudo = self.env.ref("crm_club.club_survey_sms").sudo()
        return template_sudo._render_field("body", self.ids, compute_lang=True)

    def _get_number(self):
        """Return the number as gateways take it: digits, and a sign before them."""
        self.ensure_one()
        contact = self.contact_id
        return re.sub(r"[^+\d]", "", contact.phone_sanitized or contact.phone)

    # === Taking over what a guest has entered into the survey. Rule C5 === #

    def _take_over(self, entered):
        """Copy what counts from the survey's paper, state needs, count anew.

        :param entered: the paper, just completed
        """
        self.ensure_one()
        # sudo: the guest has no login; his link says who he is
        answer_sudo = without_client_context(self.sudo())
        hold(answer_sudo)
        if answer_sudo.state != WAITING and not entered.club_is_correction:
            return
        entered_sudo = entered.sudo()
        said = answer_sudo._read_paper(entered_sudo)
        if answer_sudo.state != WAITING:
            answer_sudo._log_correction(said)
        user = self.env.user
        is_guest = user._is_public() or user.partner_id == self.contact_id
        answer_sudo._write_guarded(
            {
                "state": ANSWERED,
                "answered_at": fields.Datetime.now(),
                "entered_by_id": False if is_guest else user.id,
                "wants_call": said[CALL_BACK],
                "remark": said[REMARK] or False,
            }
        )
        # The ORM would write 0 for no mark, which isn't one.
        self.env.execute_query(
            SQL(
                "UPDATE club_answer SET satisfaction = %s WHERE id = %s RETURNING id",
                said[SATISFACTION],
                self.id,
            )
        )
        answer_sudo.invalidate_recordset(["satisfaction"])
        answer_sudo._state_need(said)
        answer_sudo.activity_id._refresh_satisfaction()

    def _read_paper(self, entered):
        """Return what was entered, by purpose of the question."""
        lines = entered.user_input_line_ids.filtered(lambda line: not line.skipped)
        by_purpose = lines.grouped(lambda line: line.question_id.club_purpose)
        none = lines.browse()
        marks = by_purpose.get(SATISFACTION, none)
        chosen = by_purpose.get(CALL_BACK, none).suggested_answer_id
        return {
            SATISFACTION: marks[:1].value_scale or None,
            CALL_BACK: bool(
                chosen and chosen == chosen.question_id.suggested_answer_ids[:1]
            ),
            **{
                purpose: "\n".join(
                    line.value_text_box or line.value_char_box or ""
                    for line in by_purpose.get(purpose, none)
                ).strip()
                for purpose in (NEED, REMARK)
            },
        }

    def _log_correction(self, said):
        """Tell in the chatter what was said before a correction."""
        self._message_log(
            body=self.env._(
                "Entered anew after a call. Satisfaction was %(before)s and is "
                "%(after)s. Remarks were: %(remark)s",
                before=self.satisfaction or "–",
                after=said[SATISFACTION] or "–",
                remark=self.remark or "–",
            )
        )

    def _state_need(self, said):
        """Put down what the guest needs, once; ask its owner to call who wants it."""
        self.ensure_one()
        if not said[NEED] and not said[CALL_BACK]:
            return
        text = said[NEED] or self.env._("Asked to be called")
        need = self.need_ids.filtered(lambda n: n.name == text)[:1]
        if not need:
            need = self.env["club.need"]._create_guarded(
                [
                    {
                        "name": text,
                        "invitation_id": self.invitation_id.id,
                        "company_id": self.company_id.id,
                        "answer_id": self.id,
                    }
                ]
            )
        if said[CALL_BACK] and need.owner_id:
            need.action_schedule_follow_up()


def _make_code():
    return "".join(choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
