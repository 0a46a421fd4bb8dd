from secrets import choice
from unicodedata import normalize

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.orm.models import NO_ACCESS
from odoo.tools import SQL

from ...kernel import survey_channels
from ..lock import opened
from ..rpc import for_one, without_client_context
from .club_invitation import ATTENDED
from .holds import hold_records
from .survey_question import BEST, WORST

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


class ClubAnswer(models.Model):
    """What one guest answers after an activity, by a link of his own. Rule C5.

    The link's secrets are read by our own methods only. Nobody writes an answer: it
    comes from the survey.
    """

    _name = "club.answer"
    _description = "Answer of a Guest"
    _inherit = ["mail.thread", "club.scope.mixin"]
    _order = "activity_id desc, id"
    _rec_name = "contact_id"
    _check_company_auto = True

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
        entered = self.sudo()._get_entered()
        lines = entered.user_input_line_ids.filtered(lambda line: not line.skipped)
        return [(line.question_id.title, line.display_name) for line in lines]

    def _get_entered(self):
        """Return the survey's paper that counts: the last one that was completed."""
        completed = self.input_ids.filtered(lambda paper: paper.state == "done")
        return completed.sorted("id")[-1:]

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
        answer_sudo = opened(without_client_context(self).sudo())
        hold_records(answer_sudo)
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
        return f"{self.get_base_url()}/club/s/{self.sudo().code}"

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
        answer_sudo = self.sudo().search([("code", "=", code)], limit=1, order="id")
        paper = answer_sudo.input_ids.filtered(lambda p: not p.club_is_correction)
        return paper.get_start_url() if paper else None


def _make_code():
    return "".join(choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


class ClubNeed(models.Model):
    _inherit = "club.need"

    answer_id = fields.Many2one(
        "club.answer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )

    def _get_fixed(self):
        """What a guest wrote himself stays as he wrote it."""
        return [*super()._get_fixed(), *(["name"] if self.answer_id else [])]
