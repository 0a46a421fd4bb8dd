from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_date

from ...kernel import greeting_text, occasion_days
from ..record.groups import OFFICER
from ..record.hold import hold
from ..record.names import get_labels
from ..record.navigate import open_list
from ..record.reader import get_officers
from ..record.rpc import for_one, for_records, without_client_context
from .club_occasion import HEAD, LEVELS, MANAGER, UNIT
from .greeting_sql import (
    CLOSED,
    FAILED,
    HAND,
    LEFT_OUT,
    MAIL,
    QUEUED,
    SENT,
    SMS,
    TO_SEND,
    handed_over_sql,
    plan_sql,
    prepare_sql,
    withdrawn_sql,
)

DRAFT, PREPARED, SENDING, DONE = "draft", "prepared", "sending", "closed"
STATES = [
    (DRAFT, "Draft"),
    (PREPARED, "Prepared"),
    (SENDING, "Being Sent"),
    (DONE, "Closed"),
]
OPEN = (DRAFT, PREPARED, SENDING)
BATCH = 500  # lines that are sent at once


class ClubGreeting(models.Model):
    """An occasion's greetings of one day by one owner: prepared, sent, closed. D5.

    Nobody is put down twice for an occasion and day, in all companies of a tree: an
    index sees to it, also when two prepare at once.
    """

    _name = "club.greeting"
    _description = "Greeting"
    _inherit = ["club.record.mixin"]
    _order = "date desc, id desc"
    _rec_names_search = ("occasion_id.name",)
    _club_fixed = ("occasion_id", "date", "company_id", "unit_id", "user_id")
    _club_closed = (DONE,)

    occasion_id = fields.Many2one(
        "club.occasion",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    kind = fields.Selection(related="occasion_id.kind")
    color = fields.Integer(related="occasion_id.color")
    date = fields.Date(
        "Day",
        required=True,
        compute="_compute_from_occasion",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        help="One of the occasion's days. For what is kept by one after the other, the "
        "first of the month.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    # As it was when it was drawn up: rights follow from it.
    owner_level = fields.Selection(
        LEVELS,
        "Who Greets",
        compute="_compute_owner_level",
        store=True,
        precompute=True,
        readonly=True,
        required=True,
    )
    unit_id = fields.Many2one(
        "crm.team",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Whose accounts are greeted, with the units below it.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Sees to It",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="Of an account manager's greeting: whose accounts are greeted.",
    )
    state = fields.Selection(
        STATES, default=DRAFT, required=True, readonly=True, copy=False, index=True
    )
    subject = fields.Char(
        "E-Mail Subject",
        compute="_compute_from_occasion",
        store=True,
        readonly=False,
        precompute=True,
        translate=True,
    )
    text = fields.Text(
        compute="_compute_from_occasion",
        store=True,
        readonly=False,
        precompute=True,
        translate=True,
        help="The occasion's, unless you write another one. In braces: {name}, "
        "{position}, {account}, {tier}, {manager}, {company}.",
    )
    line_ids = fields.One2many("club.greeting.line", "greeting_id", "Greeted Persons")
    # Counts name nobody: they are of all lines, also those that one may not read.
    to_send_count = fields.Integer("To Greet", compute="_compute_counts")
    sms_count = fields.Integer("Text Messages to Send", compute="_compute_counts")
    hand_count = fields.Integer("To Greet by Hand", compute="_compute_counts")
    queued_count = fields.Integer("In the Queue", compute="_compute_counts")
    sent_count = fields.Integer("Greeted", compute="_compute_counts")
    failed_count = fields.Integer("Not Delivered", compute="_compute_counts")
    left_out_count = fields.Integer("Not Included", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts")
    preview = fields.Text("Reads", compute="_compute_preview")
    sms_length = fields.Char("Length as SMS", compute="_compute_preview")
    sms_hint = fields.Char("How Text Messages Go", compute="_compute_sms_hint")
    can_change = fields.Boolean(compute="_compute_can_change")

    _owner_uniq = models.UniqueIndex(
        "(occasion_id, date, company_id, coalesce(unit_id, 0),"
        " (CASE WHEN owner_level = 'manager' THEN user_id ELSE 0 END))",
        "There is a greeting for this occasion, day and owner already: open that one.",
    )

    # === Computes === #

    @api.depends("occasion_id")
    def _compute_owner_level(self):
        for greeting in self:
            greeting.owner_level = greeting.occasion_id.owner_level

    @api.depends("occasion_id")
    def _compute_from_occasion(self):
        """Take the next day and the text of the occasion."""
        for greeting in self:
            occasion = greeting.occasion_id
            greeting.date = greeting.date or greeting._get_next_day()
            greeting.subject = occasion.subject
            greeting.text = occasion.text

    def _get_next_day(self):
        """Return the day of the occasion that isn't over; a month counts until its
        last day.
        """
        occasion = self.occasion_id
        if not occasion:
            return False
        today = (self.company_id or self.env.company)._club_today()
        if occasion.kind in occasion_days.OF_A_MONTH:
            return today.replace(day=1)
        return (
            self.env["club.occasion.day"]
            .search([("occasion_id", "=", occasion.id), ("date", ">=", today)], limit=1)
            .date
        )

    @api.depends("occasion_id.name", "date", "owner_level", "unit_id", "user_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for greeting in self:
            # sudo: who reads a greeting may know whose it is
            greeting_sudo = greeting.sudo()
            day = greeting.date and format_date(self.env, greeting.date)
            owner = {
                UNIT: greeting_sudo.unit_id.name,
                MANAGER: greeting_sudo.user_id.name,
            }.get(greeting.owner_level)
            parts = (greeting_sudo.occasion_id.name, day, owner)
            greeting.display_name = " · ".join(part for part in parts if part)

    @api.depends("line_ids.state", "line_ids.channel")
    def _compute_counts(self):
        # sudo: see the fields
        lines_sudo = self.env["club.greeting.line"].sudo()
        counts = {}
        for greeting, state, channel, count in lines_sudo._read_group(
            [("greeting_id", "in", self._origin.ids)],
            ["greeting_id", "state", "channel"],
            ["__count"],
        ):
            counts.setdefault(greeting.id, []).append((state, channel, count))
        for greeting in self:
            found = counts.get(greeting._origin.id, [])

            def total(*states, of=None, found=found):
                return sum(
                    count
                    for state, channel, count in found
                    if state in states and (of is None or of(channel))
                )

            greeting.to_send_count = total(TO_SEND)
            greeting.sms_count = total(TO_SEND, of=lambda channel: channel == SMS)
            greeting.hand_count = total(
                TO_SEND, of=lambda channel: channel not in (SMS, MAIL)
            )
            greeting.queued_count = total(QUEUED)
            greeting.sent_count = total(SENT)
            greeting.failed_count = total(FAILED)
            greeting.left_out_count = total(LEFT_OUT)
            whole = total(TO_SEND, QUEUED, SENT, FAILED)
            greeting.progress = 100 * greeting.sent_count / whole if whole else 0

    @api.depends("text", "line_ids")
    @api.depends_context("lang")
    def _compute_preview(self):
        """Fill the text in for the first contact whom the user may read."""
        firsts = self._get_first_lines()
        for greeting in self:
            line = firsts.get(greeting._origin.id, self.env["club.greeting.line"])
            values = line._get_values(
                greeting.company_id or self.env.company,
                line.contact_id,
                line.account_id,
                line.user_id or greeting.user_id,
            )
            greeting.preview = greeting_text.fill(greeting.text or "", values)
            greeting.sms_length = greeting.occasion_id._describe_length(
                greeting.preview
            )

    def _get_first_lines(self):
        """Return a line of each whom the user may read and who is greeted, by id."""
        lines = self.env["club.greeting.line"]
        if not lines.has_access("read"):
            return {}
        found = lines._read_group(
            [
                *(("greeting_id", "in", self._origin.ids), ("contact_id", "!=", False)),
                ("state", "!=", LEFT_OUT),
            ],
            ["greeting_id"],
            ["id:min"],
        )
        return {greeting.id: lines.browse(number) for greeting, number in found}

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_sms_hint(self):
        for greeting in self:
            company = greeting.company_id or self.env.company
            greeting.sms_hint = not company._club_sends_sms() and self._get_sms_hint()

    @api.model
    def _get_sms_hint(self):
        return self.env._(
            "Text messages don't leave from here: Odoo's paid foreign provider is "
            "switched off in the program. Export them for the bureau's gateway, then "
            "mark them as sent."
        )

    @api.depends_context("uid")
    def _compute_can_change(self):
        allowed = self._origin._filtered_access("write")
        for greeting in self:
            greeting.can_change = not greeting._origin or greeting._origin in allowed

    # === Checks === #

    @api.constrains("text", "subject")
    def _check_text(self):
        for greeting in self:
            greeting.occasion_id._check_placeholders(greeting.text, greeting.subject)

    @api.constrains("occasion_id", "date")
    def _check_date(self):
        """Only on the occasion's own days: by another day somebody could be greeted a
        second time.
        """
        days_sudo = self.env["club.occasion.day"].sudo()
        for greeting in self:
            if not days_sudo.search_count(
                [
                    ("occasion_id", "=", greeting.occasion_id.id),
                    ("date", "=", greeting.date),
                ],
                limit=1,
            ):
                raise ValidationError(
                    self.env._(
                        "%(day)s is no day of %(occasion)s: choose one of its "
                        "calendar.",
                        day=format_date(self.env, greeting.date),
                        occasion=greeting.occasion_id.name,
                    )
                )

    @api.constrains("owner_level", "unit_id", "user_id", "occasion_id")
    def _check_owner(self):
        for greeting in self:
            if (greeting.owner_level == UNIT) != bool(greeting.unit_id):
                raise ValidationError(
                    self.env._(
                        "%(occasion)s is greeted by: %(level)s. A unit is named "
                        "where units greet, and nowhere else.",
                        occasion=greeting.occasion_id.name,
                        level=get_labels(self, "owner_level")[greeting.owner_level],
                    )
                )

    # === CRUD === #

    def _club_after_create(self):
        super()._club_after_create()
        self._check_may_greet()
        self._check_sees_to_it()
        self._take_translations()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if {"occasion_id", "user_id", "unit_id"} & vals.keys():
            self._check_may_greet()
            self._check_sees_to_it()
        if "occasion_id" in vals:
            self._take_translations()

    def _check_may_greet(self):
        """Each occasion has one owner: others are refused, in words. Rule D5.

        :raises AccessError: for who isn't the occasion's level
        """
        if self.env.su or self.env.user.has_group(OFFICER):
            return
        for greeting in self:
            if greeting.owner_level == HEAD:
                raise AccessError(
                    self.env._(
                        "Head office greets for %s: a club officer prepares it.",
                        greeting.occasion_id.name,
                    )
                )
            units = self.env["res.partner"]._get_club_led_units()
            if greeting.owner_level == UNIT and greeting.unit_id not in units:
                raise AccessError(
                    self.env._(
                        "The lead of the unit greets for %s: choose a unit that you "
                        "lead.",
                        greeting.occasion_id.name,
                    )
                )
            if greeting.owner_level == MANAGER and greeting.user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "Account managers greet for %s: each prepares his own.",
                        greeting.occasion_id.name,
                    )
                )

    def _check_sees_to_it(self):
        """Mails go out in the name of who sees to it: only officers name another one.

        :raises AccessError: for a lead who names somebody else
        """
        if self.env.su or self.env.user.has_group(OFFICER):
            return
        for greeting in self:
            if greeting.user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "The greetings for %s go out in the name of who sees to it: "
                        "name yourself, or ask a club officer.",
                        greeting.occasion_id.name,
                    )
                )

    def _take_translations(self):
        """Take the occasion's text in all languages, where it is the occasion's."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """
                UPDATE club_greeting g
                   SET text = CASE WHEN g.text ->> %(lang)s = coalesce(
                                o.text ->> %(lang)s, o.text ->> 'en_US')
                              THEN o.text ELSE g.text END,
                       subject = CASE WHEN g.subject ->> %(lang)s = coalesce(
                                o.subject ->> %(lang)s, o.subject ->> 'en_US')
                              THEN o.subject ELSE g.subject END
                  FROM club_occasion o
                 WHERE o.id = g.occasion_id AND g.id = ANY(%(ids)s)
                """,
                lang=self.env.lang or "en_US",
                ids=self.ids,
            )
        )
        self.invalidate_recordset(["text", "subject"])

    def _check_club_fixed(self, vals):
        super()._check_club_fixed(vals)
        if {"text", "subject"} & vals.keys():
            for greeting in self:
                if greeting.state == SENDING:
                    raise UserError(
                        self.env._(
                            "%s is being sent: its text stays.", greeting.display_name
                        )
                    )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        for greeting in self:
            if greeting.state != DRAFT:
                raise UserError(
                    self.env._(
                        "%s stays: close it instead. Only drafts are deleted.",
                        greeting.display_name,
                    )
                )

    # === Actions === #

    @for_records
    def action_prepare(self):
        """Put down everybody, with channel, or with why he is left out. Rule D5.

        Again, it takes in what has changed since; who was sent to stays.
        """
        greetings = self._get_to_change(DRAFT, PREPARED)
        for greeting in greetings:
            greeting._prepare_lines()
            greeting._set_state((DRAFT, PREPARED), PREPARED)
        return True

    @for_records
    def action_send(self):
        """Send text messages and mails; a long batch goes on in the background."""
        greetings = self._get_to_change(PREPARED, SENDING)
        told = False
        for greeting in greetings:
            channels = [MAIL]
            if greeting.company_id._club_sends_sms():
                channels.append(SMS)
            elif greeting.sms_count:
                told = self._get_sms_hint()
            greeting._queue(channels, told)
        greetings.filtered(lambda g: g.state == PREPARED)._set_state(
            (PREPARED,), SENDING
        )
        lines_sudo = self.env["club.greeting.line"].sudo()  # what was queued, all
        lines_sudo._send_queued(BATCH, greetings)
        if greetings.filtered("queued_count"):
            # sudo: jobs are the administrators'
            self.env.ref("crm_club.ir_cron_club_greeting_send").sudo()._trigger()
        return told and {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": told,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @for_one
    def action_export(self):
        """Download the text messages for the bureau's own gateway. Rule D5."""
        lines = self._get_to_hand_over(SMS)
        return self.env["club.xlsx.greeting"]._get_download_action(lines)

    @for_one
    def action_mark_sms(self):
        """Say that the bureau's gateway has sent the text messages."""
        self._get_to_change(PREPARED, SENDING)
        lines = self._get_to_hand_over(SMS)
        lines.action_mark_sent()
        return True

    @for_one
    def action_print_labels(self):
        """Print a label for the card to each who is to be greeted or was."""
        self.check_access("read")
        lines = self.env["club.greeting.line"].search(
            [("greeting_id", "=", self.id), ("state", "!=", LEFT_OUT)]
        )
        if not lines:
            raise UserError(self._get_nobody())
        report = self.env.ref("crm_club.club_greeting_labels_report")
        return report.report_action(lines.ids, config=False)

    @for_records
    def action_close(self):
        """Close it: who wasn't greeted by now is left out."""
        greetings = self._get_to_change(PREPARED, SENDING)
        lines_sudo = self.env["club.greeting.line"].sudo()  # all that are open
        lines_sudo = lines_sudo.search(
            [("greeting_id", "in", greetings.ids), ("state", "in", (TO_SEND, QUEUED))]
        )
        lines_sudo._leave_out(CLOSED)
        greetings._set_state((PREPARED, SENDING), DONE)
        return True

    @for_one
    def action_open_lines(self):
        return open_list(self, "club_greeting_line_action", "greeting_id", create=False)

    # === Preparing === #

    def _get_to_change(self, *states):
        """Return the greetings, held, free of the client's context; raise unless the
        user may change them and all are in one of the states.
        """
        self.check_access("write")
        self._check_may_greet()
        greetings = without_client_context(self)
        hold(greetings)
        greetings._check_state(*states)
        return greetings

    def _prepare_lines(self):
        """Put the contacts down, one statement for ten or a hundred thousand."""
        # sudo: whom another unit or company greeted counts, too
        greeting_sudo = self.sudo()
        lines = self.env["club.greeting.line"]
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM club_greeting_line line
                 WHERE line.greeting_id = %s AND line.state IN (%s, %s)
                   AND line.reason IS DISTINCT FROM %s
                   -- A birthday that is over would be next year's: it stays as it is.
                   AND NOT (%s AND line.date < %s AND EXISTS (
                       SELECT FROM club_contact_profile p
                        WHERE p.contact_id = line.contact_id
                          AND p.account_id = line.account_id
                          AND p.company_id = line.company_id
                          AND p.birthday_next >= line.date + 350))
                """,
                self.id,
                TO_SEND,
                LEFT_OUT,
                HAND,
                self.kind == occasion_days.BIRTHDAY,
                self.company_id._club_today(),
            )
        )
        self.env.cr.execute(handed_over_sql(greeting_sudo))
        self.env.cr.execute(
            prepare_sql(
                greeting_sudo,
                greeting_sudo._get_scope(),
                greeting_sudo.occasion_id._get_channels(),
                self.env.uid,
            )
        )
        lines.invalidate_model()
        self.invalidate_recordset()

    def _get_scope(self):
        """Return the condition of the accounts that its owner greets."""
        if self.owner_level == UNIT:
            units = self.env["crm.team"].with_context(active_test=False)
            below = units.search([("id", "child_of", self.unit_id.id)])
            return SQL("unit_id = ANY(%s)", below.ids)
        if self.owner_level == MANAGER:
            return SQL("manager_id = %s", self.user_id.id)
        return SQL("TRUE")

    @api.model
    def _plan(self):
        """Draw up what is to be prepared by now, for each owner, once. Rule D5."""
        programs_sudo = self.env["club.program"].sudo()  # of all companies
        # pylint: disable-next=no-search-all
        for company in programs_sudo.search([]).company_id:
            today = company._club_today()
            officer = get_officers(self.env, company)[:1]
            self.env.flush_all()
            self.env.cr.execute(
                plan_sql(company, today, officer.id or None, self.env.uid)
            )
        self.invalidate_model()

    # === Sending === #

    def _queue(self, channels, told):
        """Queue what is to be sent by these channels, if the person still agrees."""
        self._drop_withdrawn(channels)
        lines_sudo = self.env["club.greeting.line"].sudo()  # all of the greeting
        lines_sudo = lines_sudo.search(
            [
                *(("greeting_id", "=", self.id), ("state", "=", TO_SEND)),
                ("channel", "in", channels),
            ]
        )
        if not lines_sudo and not self.queued_count:
            raise UserError(told or self._get_nobody())
        lines_sudo._write_by_sql(state=QUEUED)

    def _get_nobody(self):
        return self.env._("Nobody of %s is to be greeted that way.", self.display_name)

    def _drop_withdrawn(self, channels):
        """Leave out whom nobody may greet that way any more. Rule A8."""
        lines_sudo = self.env["club.greeting.line"].sudo()  # all of the greeting
        found = lines_sudo.search(
            [
                *(("greeting_id", "=", self.id), ("state", "=", TO_SEND)),
                ("channel", "in", channels),
            ]
        )
        self.env.flush_all()
        self.env.cr.execute(withdrawn_sql(found.ids))
        found.invalidate_model()

    def _get_to_hand_over(self, channel):
        """Return the lines to send by a channel of those who still agree."""
        self.check_access("write")
        self._drop_withdrawn([channel])
        lines = self.env["club.greeting.line"].search(
            [
                *(("greeting_id", "=", self.id), ("state", "=", TO_SEND)),
                ("channel", "=", channel),
            ]
        )
        if not lines:
            raise UserError(self._get_nobody())
        return lines

    # === Today === #

    @api.model
    def _get_today_sql(self):
        """A row for each greeting that is to be prepared or sent."""
        return SQL(
            """
            SELECT g.id AS res_id, 'greeting'::varchar AS kind, g.user_id,
                   NULL::int AS account_id, NULL::int AS contact_id, g.company_id,
                   g.unit_id, g.date - o.lead_days AS date_from,
                   CASE WHEN o.kind = ANY(%(of_a_month)s)
                        THEN (g.date + interval '1 month - 1 day')::date
                        ELSE g.date END AS date_due
              FROM club_greeting g JOIN club_occasion o ON o.id = g.occasion_id
             WHERE g.state <> %(done)s
            """,
            of_a_month=list(occasion_days.OF_A_MONTH),
            done=DONE,
        )

    def _get_today_texts(self):
        """Return what to do, by id, in the reader's language."""
        return {greeting.id: greeting._describe_to_do() for greeting in self}

    def _describe_to_do(self):
        name = self.occasion_id.name
        if self.state == DRAFT:
            return self.env._("Prepare the greetings: %s", name)
        if not self.to_send_count:
            return self.env._("Close the greetings: %s", name)
        return self.env._(
            "Greet for %(occasion)s: %(left)s to go, %(done)s greeted",
            occasion=name,
            left=self.to_send_count,
            done=self.sent_count,
        )
