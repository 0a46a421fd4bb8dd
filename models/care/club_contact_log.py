from textwrap import shorten

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...kernel.service_hours import get_answer_due
from ...kernel.written import get_written
from ..contact.channels import CHANNELS, REFUSED
from ..record.accounts import check_contact, use_company
from ..record.derived import differs
from ..record.figure_source import FigureSource
from ..record.groups import OFFICER
from ..record.hold import hold
from ..record.names import get_labels
from ..record.number import number
from ..record.rpc import for_one, for_records

RECORDED, RETURNED, CONFIRMED = "recorded", "returned", "confirmed"
STATES = [
    (RECORDED, "Recorded"),
    (RETURNED, "Returned"),
    (CONFIRMED, "Confirmed"),
]
OUTBOUND, INBOUND = "out", "in"
DIRECTIONS = [(OUTBOUND, "By Us"), (INBOUND, "By the Account")]
TEXTS = (
    *("place", "situation", "conversation", "concerns", "solved"),
    *("to_mind", "other", "return_reason"),
)
# Within so many working hours an account without a tier is answered (assumed).
ANSWER_HOURS = 8
# Whose contact it was never changes.
ABOUT = ("account_id", "company_id")
# What decides which duties a contact fulfils.
DEEDS = {
    *("held_on", "channel", "direction", "contact_id", "date_next"),
    *("is_coaching", "is_rights_told", "is_number_given"),
}
# What of it a contact has done them by: not what it plans.
DONE_BY = DEEDS - {"date_next"}
# What a superior writes, and whoever made the record doesn't.
SUPERIORS = {"return_reason"}


class ClubContactLog(models.Model):
    """A contact with an account (拜访记录): who met whom, what was said. Rules D3, D4.

    Whoever looks after the account records it and may correct it until a superior has
    confirmed it. Person, title and address are kept as they were at that moment.
    """

    _name = "club.contact.log"
    _description = "Contact with an Account"
    _inherit = ["mail.thread", "club.record.mixin"]
    _order = "held_on desc, id desc"
    _rec_names_search = ("name", "account_id.name", "contact_name")
    _mail_post_access = "read"
    _club_sequence = "LOG"
    _club_closed = (CONFIRMED,)
    _club_about = "contact_id"
    _club_texts = TEXTS
    _club_copies = {"contact_id": ("contact_name", "contact_function")}

    name = number(required=False)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        required=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
        default=lambda self: self.env.user,
        help="Who recorded the contact.",
    )
    state = fields.Selection(
        STATES,
        default=RECORDED,
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )

    # === With whom, when and how === #
    account_id = fields.Many2one(
        "res.partner",
        compute="_compute_account_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
        check_company=True,
        domain=[("is_company", "=", True)],
    )
    contact_id = fields.Many2one(
        "res.partner",
        "Contact Person",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('is_company', '=', False), '|', (not account_id, '=', True),"
        " ('commercial_partner_id', '=', account_id)]",
    )
    contact_name = fields.Char(
        "Name of the Person",
        compute="_compute_contact_name",
        store=True,
        precompute=True,
    )
    contact_function = fields.Char(
        "Title of the Person",
        compute="_compute_contact_name",
        store=True,
        precompute=True,
    )
    address = fields.Char(compute="_compute_address", store=True, precompute=True)
    unit_id = fields.Many2one(
        "crm.team",
        compute="_compute_address",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The unit that looked after the account at that moment.",
    )
    channel = fields.Selection(CHANNELS, required=True, default="call", tracking=True)
    direction = fields.Selection(
        DIRECTIONS,
        "Begun",
        required=True,
        default=OUTBOUND,
        tracking=True,
        help="Who got in touch.",
    )
    place = fields.Char(help="Where a visit took place, if not at the address.")
    date_filled = fields.Date(
        "Filled In On",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env.company._club_today(),
    )
    held_on = fields.Date(
        "Date of Contact",
        required=True,
        default=lambda self: self.env.company._club_today(),
        copy=False,
        tracking=True,
    )
    is_backdated = fields.Boolean(
        "Back-Dated",
        compute="_compute_is_backdated",
        store=True,
        precompute=True,
        help="The day was stated more working days later than the program allows.",
    )
    ordinal = fields.Integer(
        "Contact No.",
        compute="_compute_ordinal",
        help="Counted from the first recorded contact with the account.",
    )

    # === What was said === #
    situation = fields.Text("Customer's Situation")
    conversation = fields.Text("What Was Said", required=True)
    summary = fields.Char("In Short", compute="_compute_summary")
    concerns = fields.Text(help="What the customer is worried or complains about.")
    solved = fields.Text(help="What was settled on the spot.")
    to_mind = fields.Text(help="What to see to from now on.")
    date_next = fields.Date(
        "Next Contact", copy=False, help="The day that the next contact is planned for."
    )
    other = fields.Text()

    # === First contact and coaching. Rule D3 === #
    is_coaching = fields.Boolean("Products Explained", copy=False, tracking=True)
    is_rights_told = fields.Boolean("Member's Rights Told", copy=False)
    is_number_given = fields.Boolean("Our Number Given", copy=False)
    # Read as the user: what is known of a person isn't for everybody. Rule A8.
    profile_id = fields.Many2one(
        "club.contact.profile", "Member Contact", compute="_compute_profile_id"
    )
    can_note_profile = fields.Boolean(compute="_compute_profile_id")
    has_birthday = fields.Boolean("Birthday", compute="_compute_profile_id")
    has_interests = fields.Boolean("Interests", compute="_compute_profile_id")
    has_phone_second = fields.Boolean("Second Number", compute="_compute_profile_id")
    has_wechat = fields.Boolean("WeChat", compute="_compute_profile_id")

    # === The account got in touch. Rule D16 === #
    received_at = fields.Datetime(copy=False, tracking=True)
    answered_at = fields.Datetime(copy=False, tracking=True)
    tier_id = fields.Many2one(
        "club.tier",
        "Tier at the Time",
        compute="_compute_answer_due",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    answer_due = fields.Datetime(
        "Answer Until",
        compute="_compute_answer_due",
        store=True,
        precompute=True,
        help="So many working hours after it was received as the account's tier says.",
    )
    is_answered_late = fields.Boolean(
        "Answered Late",
        compute="_compute_is_answered_late",
        search="_search_is_answered_late",
        help="Answered after it was due, or still waiting by then.",
    )

    # === What the superior says === #
    return_reason = fields.Text(
        copy=False, tracking=True, help="What the salesperson is to correct, and why."
    )
    checked_by_id = fields.Many2one(
        "res.users", "Checked by", readonly=True, copy=False, ondelete="restrict"
    )
    checked_on = fields.Date(readonly=True, copy=False)
    can_correct = fields.Boolean(compute="_compute_can")
    can_check = fields.Boolean(compute="_compute_can")

    _held_on = models.Constraint(
        "CHECK(held_on <= date_filled)",
        "A contact is recorded once it has taken place: its day can't lie ahead.",
    )
    _date_next = models.Constraint(
        "CHECK(date_next >= held_on)", "The next contact can't come before this one."
    )
    _received = models.Constraint(
        "CHECK(direction = 'in' OR (received_at IS NULL AND answered_at IS NULL))",
        "Received and answered are for contacts that the account began.",
    )
    _answered = models.Constraint(
        "CHECK(answered_at IS NULL OR received_at <= answered_at"
        " AND received_at IS NOT NULL)",
        "An answer comes after what was received.",
    )
    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name IS NOT NULL", "This number is taken."
    )
    # The last contact and the count of each account; the ordinal.
    _account_day = models.Index("(account_id, company_id, held_on DESC, id DESC)")
    # "My contacts", and a manager's paper of a month.
    _user_day = models.Index("(user_id, held_on)")
    # What is owed today.
    _owed = models.Index(
        "(user_id) WHERE state = 'returned' OR direction = 'in'"
        " AND received_at IS NOT NULL AND answered_at IS NULL"
    )

    # === Computes === #

    @api.depends("contact_id")
    def _compute_account_id(self):
        for log in self:
            log.account_id = log.account_id or log.contact_id.commercial_partner_id

    @api.depends("contact_id")
    def _compute_contact_name(self):
        """Take name and title as they are when the person is chosen."""
        for log in self:
            log.contact_name = log.contact_id.name
            log.contact_function = log.contact_id.function

    @api.depends("account_id", "company_id")
    def _compute_address(self):
        """Take address and unit as they are when the account is chosen."""
        for log in self:
            account = log.account_id.with_company(log.company_id)
            lines = account._display_address(without_company=True).splitlines()
            log.address = " ".join(line.strip() for line in lines if line.strip())
            log.unit_id = account.club_unit_id

    @api.depends("account_id", "company_id", "received_at")
    def _compute_answer_due(self):
        """Count working hours by the tier that the account has then. Rule D16."""
        # sudo: tiers, calendar and hours aren't the salesperson's to read
        calendar = self.env["club.day"].sudo()._get_calendar()
        programs_sudo = self.env["club.program"].sudo()
        for log in self:
            company = log.company_id
            account_sudo = log.account_id.sudo().with_company(company)
            tier_sudo = account_sudo.club_tier_id
            program_sudo = programs_sudo._get_main(company)
            log.tier_id = log.received_at and tier_sudo
            log.answer_due = (
                log.received_at
                and program_sudo
                and company._club_utc(
                    get_answer_due(
                        company._club_local(log.received_at),
                        tier_sudo.answer_hours or ANSWER_HOURS,
                        calendar,
                        program_sudo.service_from,
                        program_sudo.service_to,
                    )
                )
            )

    @api.depends("answer_due", "answered_at")
    def _compute_is_answered_late(self):
        now = fields.Datetime.now()
        for log in self:
            due = log.answer_due
            log.is_answered_late = bool(due) and (log.answered_at or now) > due

    def _search_is_answered_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "coalesce(%s, %s) > %s",
                SQL.identifier(alias, "answered_at"),
                fields.Datetime.now(),
                SQL.identifier(alias, "answer_due"),
            ),
            predicate=lambda log: log.is_answered_late,
        )

    @api.depends("held_on")
    def _compute_is_backdated(self):
        """Compare with the day on which it is stated, also when it is corrected."""
        # sudo: the calendar and the rule aren't the salesperson's to read
        days_sudo = self.env["club.day"].sudo()
        programs_sudo = self.env["club.program"].sudo()
        for company, logs in self.grouped("company_id").items():
            today = company._club_today()
            stated = [today, *logs.mapped("held_on")]
            found = days_sudo.search([("date", "in", stated)])
            numbers = {day.date: day.number for day in found}
            allowed = programs_sudo._get_main(company).contact_log_days
            for log in logs:
                # A day from before the calendar is long ago.
                passed = numbers.get(today, 0) - numbers.get(log.held_on, -1)
                log.is_backdated = bool(log.held_on) and passed > allowed

    @api.depends("account_id")
    def _compute_ordinal(self):
        """Count the account's records in the order in which they were made."""
        self.flush_model(["account_id", "company_id"])
        self.env.cr.execute(
            SQL(
                """
                SELECT id, number FROM (
                    SELECT id, row_number() OVER (
                               PARTITION BY account_id, company_id
                                   ORDER BY id) AS number
                      FROM club_contact_log
                     WHERE account_id = ANY(%s)) counted
                 WHERE id = ANY(%s)
                """,
                self.account_id.ids,
                self._origin.ids,
            )
        )
        numbers = dict(self.env.cr.fetchall())
        for log in self:
            log.ordinal = numbers.get(log._origin.id, 0)

    @api.depends("conversation")
    def _compute_summary(self):
        """Return what fits into a line of a list, or onto a card."""
        for log in self:
            log.summary = shorten(log.conversation or "", 120, placeholder="…")

    @api.depends("contact_id", "account_id", "company_id")
    @api.depends_context("uid", "company")
    def _compute_profile_id(self):
        """Say what is collected of the person, to who may read that. Rules A8, D3."""
        profiles = self.env["club.contact.profile"]
        found = {}
        if profiles.has_access("read"):
            domain = [("contact_id", "in", self.contact_id.ids)]
            found = {
                (p.contact_id.id, p.account_id.id, p.company_id.id): p
                for p in profiles.search(domain)
            }
        scope = self.env["res.partner"]._get_my_scope(OFFICER)
        for log in self:
            key = (log.contact_id.id, log.account_id.id, log.company_id.id)
            profile = found.get(key, profiles)
            log.profile_id = profile
            log.has_birthday = bool(profile.birthday_month and profile.birthday_day)
            log.has_interests = bool(profile.interest_ids)
            log.has_phone_second = bool(profile.phone_second)
            log.has_wechat = bool(profile.wechat)
            log.can_note_profile = bool(log.contact_id) and (
                bool(profile) or scope.holds(log.account_id)
            )

    @api.depends("user_id", "state", "account_id", "unit_id")
    @api.depends_context("uid", "company")
    def _compute_can(self):
        mine = self._filter_checked_by_me()
        for log in self:
            log.can_correct = log.state != CONFIRMED and log.user_id == self.env.user
            log.can_check = log in mine

    # === Constraints === #

    @api.constrains("account_id", "contact_id")
    def _check_contact_id(self):
        for log in self:
            if log.contact_id.is_company:
                raise ValidationError(
                    self.env._(
                        "%s is a company: name the person whom you spoke with.",
                        log.contact_id.display_name,
                    )
                )
            check_contact(log.contact_id, log.account_id)

    @api.constrains("channel", "direction", "contact_id", "held_on")
    def _check_channel(self):
        """Nobody is reached where he had said no by that day. Rule A8."""
        ours = self.filtered(lambda log: log.direction == OUTBOUND and log.contact_id)
        # sudo: a colleague of the account's team need not read what is known of him
        consents_sudo = self.env["club.contact.consent"].sudo()
        said_sudo = consents_sudo.search(
            [("profile_id.contact_id", "in", ours.contact_id.ids)],
            order="stated_on, id",
        ).grouped(
            lambda c: (
                *(c.profile_id.contact_id.id, c.profile_id.account_id.id),
                *(c.profile_id.company_id.id, c.channel),
            )
        )
        for log in ours:
            key = (log.contact_id.id, log.account_id.id, log.company_id.id, log.channel)
            said = said_sudo.get(key, consents_sudo)
            by_then = said.filtered(lambda c, day=log.held_on: c.stated_on <= day)
            if by_then[-1:].answer == REFUSED:
                raise ValidationError(
                    self.env._(
                        "%(person)s had refused to be reached by %(channel)s on "
                        "%(day)s: choose the channel that it was, or note first that "
                        "the person agreed.",
                        person=log.contact_name,
                        channel=get_labels(log, "channel")[log.channel],
                        day=format_date(self.env, log.held_on),
                    )
                )

    @api.constrains("received_at", "answered_at")
    def _check_received(self):
        now = fields.Datetime.now()
        for log in self:
            if max(filter(None, (log.received_at, log.answered_at)), default=now) > now:
                raise ValidationError(
                    self.env._(
                        "%s can't have been received or answered in the future.",
                        log.display_name,
                    )
                )

    # === Created, written === #

    def _club_prepare(self, values, is_new=False):
        values = super()._club_prepare(values, is_new=is_new)
        if is_new:
            values = use_company(self.env, values)
        return values

    def _club_after_create(self):
        super()._club_after_create()
        self._check_said()
        self.env["club.duty"]._refresh(self.account_id)

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if self.env.su:
            return
        names = set(self._get_club_names(vals))
        if names & SUPERIORS:
            self._check_can_check()
        for log in self:
            fixed = next(
                (n for n in ABOUT if n in vals and differs(log, n, vals[n])), 0
            )
            if fixed:
                raise UserError(
                    self.env._(
                        "%s stays with its account: record another contact instead.",
                        log.display_name,
                    )
                )
            if names - SUPERIORS and log.user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "%(log)s was recorded by %(user)s, who alone may correct it: "
                        "return it and say why.",
                        log=log.display_name,
                        user=log.user_id.sudo().name,  # sudo: a refusal names him
                    )
                )

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if "conversation" in vals:
            self._check_said()
        if DONE_BY & vals.keys():
            self.env["club.duty"]._judge_anew(self)
        if DEEDS & vals.keys():
            self.env["club.duty"]._refresh(self.account_id)

    def _check_said(self):
        for log in self:
            if not get_written(log.conversation):
                raise ValidationError(
                    self.env._(
                        "Say what was talked about with %s, in a word or two.",
                        log.account_id.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Recorded contacts stay: correct what is wrong in one.")
        )

    # pylint: disable-next=method-required-super
    def copy(self, default=None):
        raise UserError(self.env._("A contact took place once: record another one."))

    @api.model
    def _domain_of_person(self, ids, account_id):
        """Those with him, and those with his account, which may speak of him."""
        return Domain("account_id", "in", [*ids, account_id]) | Domain(
            "contact_id", "in", ids
        )

    # === Buttons === #

    @for_records
    def action_confirm(self):
        """Confirm what a subordinate recorded; from then on it is fixed. Rule D4."""
        self._get_to_check()._judge(CONFIRMED)
        return True

    @for_records
    def action_return(self):
        """Give it back to the salesperson, with the reason. Rule D4."""
        logs = self._get_to_check()
        for log in logs:
            if not get_written(log.return_reason):
                raise UserError(
                    self.env._(
                        "Write first what is to be corrected in %s, and why.",
                        log.display_name,
                    )
                )
        logs._judge(RETURNED)
        return True

    def _judge(self, state):
        """Note who confirmed or returned them, on the day that it is where they are."""
        for company, logs in self.grouped("company_id").items():
            logs._set_state(
                (RECORDED,),
                state,
                checked_by_id=self.env.uid,
                checked_on=company._club_today(),
            )

    @for_records
    def action_hand_in(self):
        """Say that what the superior returned is corrected."""
        self.check_access("write")
        hold(self)
        for log in self:
            if log.user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "%s is corrected and handed in by its salesperson.",
                        log.display_name,
                    )
                )
        self._set_state((RETURNED,), RECORDED)
        return True

    @for_one
    def action_open_profile(self):
        """Open what is known of the person, or a new member contact."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_contact_profile_action_new"
        )
        if self.profile_id:
            return {**action, "name": self.contact_name, "res_id": self.profile_id.id}
        return {**action, "context": {"default_contact_id": self.contact_id.id}}

    # === Who checks === #

    def _filter_checked_by_me(self):
        """Return those of which the user is a superior. Rule D4."""
        scope = self.env["res.partner"]._get_my_scope(OFFICER)
        return self.filtered(lambda log: scope.judges(log, log.unit_id))

    def _check_can_check(self):
        for log in self - self._filter_checked_by_me():
            if log.user_id == self.env.user:
                raise AccessError(
                    self.env._(
                        "%s was recorded by you: somebody above you confirms or "
                        "returns it.",
                        log.display_name,
                    )
                )
            raise AccessError(
                self.env._(
                    "%s is confirmed or returned by the lead of its unit, or by a "
                    "club officer.",
                    log.display_name,
                )
            )

    def _get_to_check(self):
        """Return these, held until the transaction ends, once the user may judge."""
        self.check_access("write")
        hold(self)
        self._check_can_check()
        return self

    # === What is counted === #

    @api.model
    def _get_figure_sources(self):
        """Visits, on the day of the visit; not those that a superior gave back."""
        domain = (("channel", "=", "visit"), ("state", "!=", RETURNED))
        return [FigureSource("visits", domain, "held_on", unit="unit_id")]

    # === What is owed today === #

    @api.model
    def _get_today_sql(self):
        """Records to correct, and accounts that wait for an answer."""
        return SQL(
            """
            SELECT l.id AS res_id,
                   (CASE l.state WHEN 'returned' THEN 'log_returned'
                                 ELSE 'answer' END)::varchar AS kind,
                   l.user_id, l.account_id, l.contact_id, l.company_id, l.unit_id,
                   owed.day AS date_from, owed.day AS date_due
              FROM club_contact_log l
              JOIN res_company c ON c.id = l.company_id
             CROSS JOIN LATERAL (
                   SELECT CASE l.state WHEN 'returned' THEN l.checked_on ELSE
                              (l.received_at AT TIME ZONE 'UTC' AT TIME ZONE
                               coalesce(c.club_timezone, 'UTC'))::date END AS day) owed
             WHERE l.state = 'returned'
                OR l.state = 'recorded' AND l.direction = 'in'
                   AND l.received_at IS NOT NULL AND l.answered_at IS NULL
            """
        )

    def _get_today_texts(self):
        """Return what to do about each, in the reader's language."""
        return {
            log.id: self.env._(
                "Correct the record of %(day)s: %(reason)s",
                day=format_date(self.env, log.held_on),
                reason=log.return_reason,
            )
            if log.state == RETURNED
            else self.env._(
                "Answer %(person)s: %(said)s",
                person=log.contact_name or log.account_id.name,
                said=log.summary,
            )
            for log in self
        }
