import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, plaintext2html

from ...kernel import greeting_text
from ..contact.channels import CHANNELS
from ..record.names import get_labels
from ..record.rpc import for_one, for_records
from .greeting_sql import (
    CLOSED,
    FAILED,
    GREETED,
    HAND,
    LEFT_OUT,
    MAIL,
    MOVED,
    NO_ADDRESS,
    NO_CONSENT,
    NO_CONTACT,
    OTHER_TIER,
    QUEUED,
    SENT,
    SMS,
    TO_SEND,
    WITHDRAWN,
    agreeing_sql,
    follow_sql,
    willing_sql,
    withdrawn_sql,
)

STATES = [
    (TO_SEND, "To Greet"),
    (QUEUED, "In the Queue"),
    (SENT, "Greeted"),
    (FAILED, "Not Delivered"),
    (LEFT_OUT, "Not Included"),
]
REASONS = [
    (NO_CONTACT, "Account without member contact"),
    (NO_CONSENT, "No consent to any of the channels"),
    (NO_ADDRESS, "No number or address for what he agreed to"),
    (OTHER_TIER, "Of another tier"),
    (GREETED, "Greeted already"),
    (MOVED, "Belongs to another account by now"),
    (WITHDRAWN, "May not be greeted that way any more"),
    (HAND, "Left out by hand"),
    (CLOSED, "Not greeted when it was closed"),
]


class ClubGreetingLine(models.Model):
    """A member contact who is greeted, or why he isn't. Rule D5.

    Written by the greeting's own statements and by buttons only.
    """

    _name = "club.greeting.line"
    _description = "Contact to Greet"
    _inherit = ["club.record.mixin"]
    _order = "greeting_id desc, state, account_id, id"
    _rec_name = "contact_id"
    _club_by_code = True
    _club_about = "contact_id"

    greeting_id = fields.Many2one(
        "club.greeting", required=True, index=True, ondelete="cascade", readonly=True
    )
    occasion_id = fields.Many2one(
        "club.occasion", required=True, ondelete="restrict", readonly=True
    )
    date = fields.Date("Day", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    root_id = fields.Many2one(
        "res.company",
        "Head Company",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="In whose tree of companies nobody is greeted twice.",
    )
    account_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="restrict", readonly=True
    )
    contact_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Greets",
        index=True,
        ondelete="restrict",
        readonly=True,
        help="By hand, the account's manager.",
    )
    channel = fields.Selection(CHANNELS, readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True)
    reason = fields.Selection(REASONS, "Why Left Out", readonly=True)
    greeted_by_id = fields.Many2one(
        "club.greeting", "Greeted in", ondelete="set null", readonly=True
    )
    is_counted = fields.Boolean(
        "Counts",
        readonly=True,
        help="As the one greeting for the occasion and day.",
    )
    sent_on = fields.Date("Greeted On", readonly=True)
    sent_by_id = fields.Many2one(
        "res.users", "Greeted by", readonly=True, ondelete="restrict"
    )
    failure = fields.Char("Why Not Delivered", readonly=True)
    explanation = fields.Char(compute="_compute_explanation")
    text = fields.Text("Reads", compute="_compute_text")
    sms_length = fields.Char("Length as SMS", compute="_compute_text")

    # Nobody is greeted twice, whoever prepares, also two at once.
    _contact_uniq = models.UniqueIndex(
        "(occasion_id, date, contact_id, root_id) WHERE is_counted",
        "This person is greeted for the occasion already.",
    )
    # What waits to be sent, and who is to greet by hand.
    _open_idx = models.Index("(greeting_id, id) WHERE state IN ('to_send', 'queued')")
    # Who had no message this month.
    _sent_idx = models.Index("(contact_id, sent_on) WHERE state = 'sent'")

    # === Computes === #

    @api.depends("contact_id.name", "account_id.name")
    def _compute_display_name(self):
        for line in self:
            # sudo: who reads a line may know whom it is about
            line_sudo = line.sudo()
            line.display_name = line_sudo.contact_id.name or line_sudo.account_id.name

    @api.depends("reason", "greeted_by_id", "failure")
    @api.depends_context("lang")
    def _compute_explanation(self):
        labels = get_labels(self, "reason")
        for line in self:
            # sudo: which company greeted him, also one that the user isn't in
            other_sudo = line.greeted_by_id.sudo()
            if line.reason == GREETED and other_sudo:
                line.explanation = self.env._(
                    "Greeted already: %(greeting)s, %(company)s",
                    greeting=other_sudo.display_name,
                    company=other_sudo.company_id.name,
                )
            else:
                line.explanation = labels.get(line.reason) or line.failure

    @api.depends("greeting_id.text", "contact_id", "account_id", "user_id")
    def _compute_text(self):
        texts = self._get_texts("text")
        for line in self:
            line.text = texts[line]
            line.sms_length = line.occasion_id._describe_length(line.text)

    # === What it says === #

    def _get_texts(self, name):
        """Return ``{line: text}``, filled in, in the contact's language."""
        texts = {}
        # sudo: language and names of those whom the user greets
        for lang, lines in (
            self.sudo().grouped(lambda line: line.contact_id.lang).items()
        ):
            tiers = lines._get_tier_names(lang)
            for line_sudo in lines:
                greeting_sudo = line_sudo.greeting_id.with_context(lang=lang)
                text = greeting_sudo[name] or ""
                if name == "subject" and not text:
                    text = greeting_sudo.occasion_id.name
                values = self._get_values(
                    line_sudo.company_id,
                    line_sudo.contact_id,
                    line_sudo.account_id,
                    line_sudo.account_id.with_company(
                        line_sudo.company_id
                    ).club_manager_id
                    or line_sudo.user_id,
                )
                values["tier"] = tiers.get(line_sudo.account_id.id)
                texts[line_sudo.with_env(self.env)] = greeting_text.fill(text, values)
        return texts

    def _get_tier_names(self, lang):
        """Return what the accounts' membership tiers are called, by account."""
        names = {}
        for company, lines in self.grouped("company_id").items():
            accounts = lines.account_id.with_company(company).with_context(lang=lang)
            names |= {a.id: a.club_tier_id.name for a in accounts}
        return names

    @api.model
    def _get_values(self, company, contact, account, manager):
        """Return what placeholders stand for."""
        # sudo: names only, of those whom the user greets
        contact_sudo, account_sudo = contact.sudo(), account.sudo()
        tier = account_sudo.with_company(company).club_tier_id
        return {
            "name": contact_sudo.name,
            "position": contact_sudo.function,
            "account": account_sudo.name,
            "tier": tier.name,
            "manager": manager.sudo().name,
            "company": company.sudo().name,
        }

    # === Buttons === #

    @for_records
    def action_mark_sent(self):
        """Say that these were greeted: by hand, or by the bureau's gateway. Rule D5.

        :raises UserError: for who took his consent back meanwhile
        """
        lines = self._get_to_change(TO_SEND, FAILED)
        if lines._drop_withdrawn():
            raise UserError(
                self.env._(
                    "Somebody of these may not be greeted that way any more: prepare "
                    "the greetings again, which leaves them out."
                )
            )
        lines._note_sent(self.env.user)
        return True

    @for_records
    def action_leave_out(self):
        """Leave these out; they stay left out when it is prepared again."""
        self._get_to_change(TO_SEND, FAILED)._leave_out(HAND)
        return True

    @for_records
    def action_take_in(self):
        """Undo what was left out by hand: the next preparation finds them again."""
        lines = self._get_to_change(LEFT_OUT)
        if any(line.reason != HAND for line in lines):
            raise UserError(
                self.env._("Only who was left out by hand can be taken in again.")
            )
        lines._write_by_sql(reason=CLOSED)
        # Prepared anew: whom another unit greeted meanwhile stays left out.
        for greeting in lines.greeting_id:
            greeting._prepare_lines()
        return True

    @for_one
    def action_open_contact(self):
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": (self.contact_id or self.account_id).id,
            "views": [(False, "form")],
        }

    @for_one
    def action_correct_birthday(self):
        """Open the dialog for a birthday that is said to be wrong. Rule D5."""
        self.check_access("read")
        profile = self.env["club.contact.profile"].search(
            [
                ("contact_id", "=", self.contact_id.id),
                ("account_id", "=", self.account_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            limit=1,
        )
        return profile.action_correct_birthday()

    def _get_to_change(self, *states):
        """Return the lines, held, in one of the states, of greetings that are open."""
        self.check_access("write")
        lines = self.sudo(False)
        # Rows are locked in the order of their ids, as two who press at once would.
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM club_greeting_line WHERE id = ANY(%s) ORDER BY id"
                " FOR UPDATE",
                lines.ids,
            )
        )
        lines.invalidate_recordset()
        lines._check_state(*states)
        # sudo: a manager greets by hand for head office, too
        lines.greeting_id.sudo()._check_state("prepared", "sending")
        return lines

    # === Changes === #

    def _write_by_sql(self, **values):
        """Write columns of all lines at once."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE club_greeting_line SET %s WHERE id = ANY(%s)",
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value)
                    for name, value in values.items()
                ),
                self.ids,
            )
        )
        self.invalidate_model()
        self.greeting_id.invalidate_recordset()

    def _leave_out(self, reason):
        self._write_by_sql(state=LEFT_OUT, reason=reason, is_counted=False)

    def _drop_withdrawn(self):
        """Leave out whom nobody may greet that way any more; return them. Rule A8."""
        self.env.flush_all()
        self.env.cr.execute(withdrawn_sql(self.ids))
        found = self.browse(number for (number,) in self.env.cr.fetchall())
        self.invalidate_model()
        return found

    def _filter_agreeing(self):
        """Return those who may still be greeted that way. Rule A8."""
        return self._filter_by_sql(agreeing_sql(self.ids))

    def _filter_willing(self):
        """Return those who agree to any way at all. Rule A8."""
        return self._filter_by_sql(willing_sql(self.ids))

    def _filter_by_sql(self, query):
        self.env.flush_all()
        self.env.cr.execute(query)
        found = {number for (number,) in self.env.cr.fetchall()}
        return self.filtered(lambda line: line.id in found)

    def _note_sent(self, user):
        """Note that these were greeted today, and what is done by it."""
        for company, lines in self.grouped("company_id").items():
            today = company._club_today()
            lines._write_by_sql(state=SENT, sent_on=today, sent_by_id=user.id)
        self._refresh_duties()

    def _refresh_duties(self):
        """A birthday greeting does a duty."""
        greeted = self.filtered(lambda line: line.occasion_id.kind == "birthday")
        if greeted:
            # sudo: duties are written by their own statements
            self.env["club.duty"].sudo()._refresh(greeted.account_id)

    # === Sending === #

    @api.model
    def _cron_send(self):
        """Send what is queued, a batch at a time. Rule D5."""
        crons = self.env["ir.cron"]
        while done := self._send_queued(500):
            left = self.search_count([("state", "=", QUEUED)])
            if not crons._commit_progress(done, remaining=left):
                break

    @api.model
    def _send_queued(self, limit, greetings=None):
        """Hand a batch of what is queued over to the SMS and mail queues.

        Whoever took his consent back since is left out. Rule A8.

        :return: how many lines were taken up
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM club_greeting_line WHERE state = %s AND %s"
                " ORDER BY greeting_id, id LIMIT %s FOR UPDATE SKIP LOCKED",
                QUEUED,
                SQL("greeting_id = ANY(%s)", greetings.ids)
                if greetings is not None
                else SQL("TRUE"),
                limit,
            )
        )
        taken = self.browse(number for (number,) in self.env.cr.fetchall())
        if not taken:
            return 0
        lines = taken - taken._drop_withdrawn()
        for (greeting, channel), found in lines.grouped(
            lambda line: (line.greeting_id, line.channel)
        ).items():
            if channel == SMS:
                found._send_sms()
            elif channel == MAIL:
                found._send_mail()
            found._note_sent(greeting.user_id)
        return len(taken)

    def _send_sms(self):
        texts = self._get_texts("text")
        # sudo: text messages are written by the system only
        self.env["sms.sms"].sudo().create(
            [
                {
                    "number": line._get_number(),
                    "partner_id": line.contact_id.id,
                    "body": texts[line],
                    "club_greeting_line_id": line.id,
                }
                for line in self
            ]
        )

    def _send_mail(self):
        """Queue a mail to each; it hangs on no record: nobody else reads it."""
        texts, subjects = self._get_texts("text"), self._get_texts("subject")
        # sudo: mails are written by the system only
        self.env["mail.mail"].sudo().create(
            [
                {
                    # A name on two lines would end the header.
                    "subject": " ".join(subjects[line].split()),
                    "body_html": plaintext2html(texts[line]),
                    "email_from": line.greeting_id.user_id.email_formatted
                    or line.company_id.email_formatted,
                    "recipient_ids": [fields.Command.link(line.contact_id.id)],
                    "auto_delete": True,
                }
                for line in self
            ]
        )

    def _get_number(self):
        """Return the number as gateways take it: digits, and a sign before them."""
        self.ensure_one()
        # sudo: the number of whom the user greets
        contact_sudo = self.contact_id.sudo()
        number = contact_sudo.phone_sanitized or contact_sudo.phone or ""
        return re.sub(r"[^+\d]", "", number)

    # === Handed over === #

    @api.model
    def _follow_managers(self, accounts):
        """Let the accounts' managers of today greet by hand. Rules D5, D9."""
        self.env.flush_all()
        self.env.cr.execute(follow_sql(accounts.ids))
        self.invalidate_model(["user_id"])

    # === Merging partners === #

    @api.model
    def _settle_merge(self, sources, target):
        """Let one greeting count for an occasion and day of who is one person now."""
        merged = (sources | target).ids
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE club_greeting_line line
                   SET is_counted = FALSE,
                       state = CASE WHEN line.state IN (%(to_send)s, %(queued)s)
                               THEN %(left_out)s ELSE line.state END,
                       reason = CASE WHEN line.state IN (%(to_send)s, %(queued)s)
                                THEN %(greeted)s ELSE line.reason END,
                       greeted_by_id = other.greeting_id
                  FROM club_greeting_line other
                 WHERE line.contact_id = ANY(%(merged)s) AND line.is_counted
                   AND other.contact_id = ANY(%(merged)s) AND other.is_counted
                   AND other.occasion_id = line.occasion_id
                   AND other.date = line.date AND other.root_id = line.root_id
                   AND (other.state NOT IN (%(to_send)s, %(queued)s), -other.id)
                       > (line.state NOT IN (%(to_send)s, %(queued)s), -line.id)
                """,
                merged=merged,
                to_send=TO_SEND,
                queued=QUEUED,
                left_out=LEFT_OUT,
                greeted=GREETED,
            )
        )
        self.invalidate_model()

    # === Today === #

    @api.model
    def _get_today_sql(self):
        """A row for each greeting and account manager who greets by hand in it, where
        it is somebody else's; it opens the first of his contacts.
        """
        return SQL(
            """
            SELECT min(line.id) AS res_id, 'greeting'::varchar AS kind, line.user_id,
                   NULL::int AS account_id, NULL::int AS contact_id, line.company_id,
                   NULL::int AS unit_id, min(line.date) - o.lead_days AS date_from,
                   min(line.date) AS date_due
              FROM club_greeting_line line
              JOIN club_greeting g ON g.id = line.greeting_id
              JOIN club_occasion o ON o.id = line.occasion_id
             WHERE line.state = %(to_send)s AND line.user_id <> g.user_id
               AND g.state <> 'closed'
             GROUP BY line.greeting_id, line.user_id, line.company_id, o.lead_days
            """,
            to_send=TO_SEND,
        )

    def _get_today_texts(self):
        """Return what to do, by id, in the reader's language."""
        counts = {
            (greeting.id, user.id): count
            for greeting, user, count in self._read_group(
                [
                    ("greeting_id", "in", self.greeting_id.ids),
                    ("user_id", "in", self.user_id.ids),
                    ("state", "=", TO_SEND),
                ],
                ["greeting_id", "user_id"],
                ["__count"],
            )
        }
        return {
            line.id: self.env._(
                "Contacts to greet yourself: %(count)s, %(occasion)s",
                count=counts.get((line.greeting_id.id, line.user_id.id), 0),
                occasion=line.occasion_id.name,
            )
            for line in self
        }
