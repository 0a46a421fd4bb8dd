from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_list

from ...kernel import greeting_text, lunar, occasion_days
from ..contact.club_contact_profile import MONTHS
from ..record.names import get_labels
from ..record.navigate import open_list
from ..record.rpc import for_one
from .greeting_sql import TRIED

KINDS = [
    (occasion_days.SOLAR, "Solar Date"),
    (occasion_days.LUNAR, "Lunar Date"),
    (occasion_days.TERM, "Solar Term"),
    (occasion_days.SET, "Days Set by Hand"),
    (occasion_days.BIRTHDAY, "Birthdays of the Month"),
    (occasion_days.ENROLMENT, "Enrolment Anniversaries of the Month"),
    (occasion_days.FOUNDING, "Company Anniversaries of the Month"),
    (occasion_days.MONTHLY, "Message of the Month"),
    (occasion_days.WEATHER, "Heat or Cold, as It Comes"),
]
TERM_LABELS = (
    *("Minor Cold", "Great Cold", "Beginning of Spring", "Rain Water"),
    *("Awakening of Insects", "Spring Equinox", "Clear and Bright", "Grain Rain"),
    *("Beginning of Summer", "Grain Full", "Grain in Ear", "Summer Solstice"),
    *("Minor Heat", "Great Heat", "Beginning of Autumn", "End of Heat"),
    *("White Dew", "Autumn Equinox", "Cold Dew", "Frost's Descent"),
    *("Beginning of Winter", "Minor Snow", "Great Snow", "Winter Solstice"),
)
TERMS = list(zip(lunar.TERMS, TERM_LABELS, strict=True))
HEAD, UNIT, MANAGER = "head", "unit", "manager"
LEVELS = [
    (HEAD, "Head Office"),
    (UNIT, "Unit"),
    (MANAGER, "Account Manager"),
]
BY = {code: f"by_{code}" for code in TRIED}
TEXTS = ("text", "subject")
# What the days follow from.
OF_DAYS = {"active", "kind", "month", "day", "term"}
# How far the calendar of occasions reaches.
BEHIND, AHEAD = relativedelta(months=1), relativedelta(months=14)


class ClubOccasion(models.Model):
    """What members are greeted for: when, by whom, by which channels, in which words.

    One level owns each occasion, so that nobody is greeted twice. Rule D5.
    """

    _name = "club.occasion"
    _description = "Occasion to Greet"
    _inherit = ["club.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=50)
    active = fields.Boolean(default=True)
    color = fields.Integer(aggregator=None)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for all companies."
    )
    # === When === #
    kind = fields.Selection(
        KINDS,
        "Kind of Day",
        required=True,
        default=occasion_days.SOLAR,
        help="What is kept by one after the other is prepared for a month at a time, "
        "with the day of each.",
    )
    month = fields.Selection(MONTHS, help="Of the solar or the lunar calendar.")
    day = fields.Integer(
        aggregator=None, help="The 30th of a short lunar month is its 29th."
    )
    term = fields.Selection(TERMS, "Solar Term")
    lead_days = fields.Integer(
        "Shows Days Before",
        default=7,
        aggregator=None,
        help="How many days before the day it is to be prepared (assumed).",
    )
    day_ids = fields.One2many("club.occasion.day", "occasion_id", "Days")
    date_next = fields.Date("Next Day", compute="_compute_date_next")
    # === Who greets whom === #
    owner_level = fields.Selection(
        LEVELS,
        "Who Greets",
        required=True,
        default=MANAGER,
        help="Head office: the club's officers greet all accounts. Unit: its lead "
        "greets the unit's. Account manager: his own. Nobody else can, so that nobody "
        "is greeted twice.",
    )
    tier_ids = fields.Many2many(
        "club.tier", string="Tiers", help="Empty: members and accounts of any tier."
    )
    # === How === #
    by_sms = fields.Boolean("By SMS", default=True)
    by_mail = fields.Boolean("By E-mail", default=True)
    by_wechat = fields.Boolean("By WeChat", default=True)
    by_qq = fields.Boolean("By QQ Message", default=True)
    by_call = fields.Boolean(default=True)
    by_visit = fields.Boolean(default=True)
    channels = fields.Char(compute="_compute_channels")
    subject = fields.Char("E-Mail Subject", translate=True, help="Empty: the occasion.")
    text = fields.Text(
        translate=True,
        required=True,
        help="In braces what is filled in for each: {name}, {position}, {account}, "
        "{tier}, {manager}, {company}.",
    )
    preview = fields.Text("Reads", compute="_compute_preview")
    sms_length = fields.Char("Length as SMS", compute="_compute_preview")
    greeting_ids = fields.One2many("club.greeting", "occasion_id", "Greetings")
    greeting_count = fields.Integer(
        "Number of Greetings", compute="_compute_greeting_count"
    )
    is_monthly = fields.Boolean(compute="_compute_is_monthly")

    _lead_days_positive = models.Constraint(
        "CHECK (lead_days BETWEEN 0 AND 90)",
        "An occasion shows up to 90 days before its day.",
    )

    # === Computes === #

    @api.depends("kind")
    def _compute_is_monthly(self):
        for occasion in self:
            occasion.is_monthly = occasion.kind == occasion_days.MONTHLY

    @api.depends("day_ids.date")
    @api.depends_context("company")
    def _compute_date_next(self):
        today = self.env.company._club_today()
        found = dict(
            self.env["club.occasion.day"]._read_group(
                [("occasion_id", "in", self.ids), ("date", ">=", today)],
                ["occasion_id"],
                ["date:min"],
            )
        )
        for occasion in self:
            occasion.date_next = found.get(occasion._origin)

    @api.depends(*BY.values())
    @api.depends_context("lang")
    def _compute_channels(self):
        labels = get_labels(self.env["club.contact.profile"], "channel")
        for occasion in self:
            found = [labels[code] for code in occasion._get_channels()]
            occasion.channels = format_list(self.env, found) if found else False

    @api.depends("text")
    @api.depends_context("lang", "company")
    def _compute_preview(self):
        """Fill the text in for a member contact whom the user may read."""
        profile = self.env["club.contact.profile"]
        if profile.has_access("read"):
            profile = profile.search(
                [("company_id", "=", self.env.company.id)], limit=1
            )
        values = self.env["club.greeting.line"]._get_values(
            self.env.company, profile.contact_id, profile.account_id, self.env.user
        )
        for occasion in self:
            occasion.preview = greeting_text.fill(occasion.text or "", values)
            occasion.sms_length = self._describe_length(occasion.preview)

    @api.model
    def _describe_length(self, text):
        """Return in words how long a text is as a text message."""
        length, messages = greeting_text.count_messages(text or "")
        return self.env._(
            "%(length)s characters, %(messages)s text message(s)",
            length=length,
            messages=messages,
        )

    def _compute_greeting_count(self):
        counts = dict(
            self.env["club.greeting"]._read_group(
                [("occasion_id", "in", self.ids)], ["occasion_id"], ["__count"]
            )
        )
        for occasion in self:
            occasion.greeting_count = counts.get(occasion._origin, 0)

    # === Checks === #

    @api.constrains("kind", "month", "day", "term")
    def _check_day(self):
        for occasion in self:
            is_lunar = occasion.kind == occasion_days.LUNAR
            if is_lunar or occasion.kind == occasion_days.SOLAR:
                month = int(occasion.month or 0)
                if not lunar.is_day(month, occasion.day, lunar=is_lunar):
                    raise ValidationError(
                        self.env._(
                            "There is no day %(day)s in month %(month)s of this "
                            "calendar: correct the day of %(occasion)s.",
                            day=occasion.day,
                            month=occasion.month or "–",
                            occasion=occasion.name,
                        )
                    )
            if occasion.kind == occasion_days.TERM and not occasion.term:
                raise ValidationError(
                    self.env._("Say which solar term %s is.", occasion.name)
                )

    @api.constrains("text", "subject")
    def _check_text(self):
        for occasion in self:
            self._check_placeholders(occasion.text, occasion.subject)

    @api.model
    def _check_placeholders(self, *texts):
        """Refuse what can't be filled in: people would read the braces."""
        for text in texts:
            if unknown := greeting_text.find_unknown(text or ""):
                raise ValidationError(
                    self.env._(
                        "“{%(unknown)s}” can't be filled in. What can: %(known)s.",
                        unknown=unknown[0],
                        known=", ".join(f"{{{name}}}" for name in greeting_text.NAMES),
                    )
                )

    @api.constrains(*BY.values())
    def _check_channels(self):
        for occasion in self:
            if not occasion._get_channels():
                raise ValidationError(
                    self.env._(
                        "Nobody could be greeted for %s: allow a channel.",
                        occasion.name,
                    )
                )

    @api.constrains("tier_ids", "company_id")
    def _check_tier_ids(self):
        for occasion in self:
            others = occasion.tier_ids.program_id.company_id - occasion.company_id
            if occasion.tier_ids and (not occasion.company_id or others):
                raise ValidationError(
                    self.env._(
                        "Tiers are a company's own: %s needs the company of its tiers.",
                        occasion.name,
                    )
                )

    # === CRUD === #

    def _club_after_create(self):
        super()._club_after_create()
        self._update_days()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if OF_DAYS.intersection(vals):
            self._update_days()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: greetings of all units and companies
        for occasion_sudo in self.sudo():
            if occasion_sudo.greeting_ids:
                raise ValidationError(
                    self.env._(
                        "%s was greeted for already: archive it instead.",
                        occasion_sudo.name,
                    )
                )

    # === Days === #

    def _update_days(self):
        """Put down the days of a year ahead, and take away those that no longer hold.

        Days that somebody set, and those that were greeted on, stay.
        """
        today = self.env.company._club_today()
        first, last = today - BEHIND, today + AHEAD
        wanted = [
            (occasion.id, day)
            for occasion in self
            if occasion.active
            for day in occasion_days.find_days(
                occasion.kind,
                first,
                last,
                int(occasion.month or 0),
                occasion.day,
                occasion.term or "",
            )
        ]
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH wanted AS MATERIALIZED (
                    SELECT * FROM unnest(%(ids)s::int[], %(days)s::date[])
                        AS w(occasion_id, date)
                ), gone AS (
                    DELETE FROM club_occasion_day d
                     WHERE d.occasion_id = ANY(%(occasions)s) AND d.is_made
                       AND d.date > %(today)s
                       AND NOT EXISTS (SELECT FROM wanted w
                            WHERE w.occasion_id = d.occasion_id AND w.date = d.date)
                       AND NOT EXISTS (SELECT FROM club_greeting g
                            WHERE g.occasion_id = d.occasion_id AND g.date = d.date)
                )
                INSERT INTO club_occasion_day (
                    occasion_id, date, is_made,
                    create_uid, create_date, write_uid, write_date)
                SELECT occasion_id, date, TRUE, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM wanted
                    ON CONFLICT (occasion_id, date) DO NOTHING
                """,
                ids=[number for number, _day in wanted],
                days=[day for _number, day in wanted],
                occasions=self.ids,
                today=today,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.env["club.occasion.day"].invalidate_model()
        self.invalidate_recordset()

    @api.model
    def _cron_plan(self):
        """Keep the calendar a year ahead; draw up what is to be prepared by now."""
        # pylint: disable-next=no-search-all
        self.search([])._update_days()
        self.env["club.greeting"]._plan()

    def _get_channels(self):
        """Return the codes of the channels that it may take, in their order."""
        self.ensure_one()
        return [code for code in TRIED if self[BY[code]]]

    # === Actions === #

    @for_one
    def action_open_greetings(self):
        return open_list(self, "club_greeting_action", "occasion_id")

    @for_one
    def action_open_without_message(self):
        """Open the member contacts who had no message this month. Rule D4."""
        self.check_access("read")
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_contact_profile_action_without_message"
        )
