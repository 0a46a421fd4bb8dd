from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from ...kernel import lunar, windows
from ...kernel.written import get_written
from ..record.names import get_labels
from ..record.rpc import for_one, for_records, is_id
from .channels import CHANNELS, CONSENTS, GIVEN, NOT_ASKED, REFUSED

SOLAR, LUNAR = "solar", "lunar"
CALENDARS = [(SOLAR, "Solar Calendar"), (LUNAR, "Lunar Calendar")]
MONTHS = [(f"{number:02}", f"{number:02}") for number in range(1, 13)]
SOURCES = [
    ("self", "Told by the Person"),
    ("colleague", "Told by a Colleague"),
    ("document", "Document Seen"),
    ("public", "Published"),
]
# A change to one of these is a birthday that nobody has checked.
BIRTHDAY = (
    *("birthday_calendar", "birthday_year", "birthday_month", "birthday_day"),
    "birthday_leap_month",
)
BIRTHDAY_CHECK = ("birthday_source", "birthday_checked_on", "birthday_checked_by_id")
# What a profile is about never changes.
ABOUT = ("contact_id", "company_id")
# What only one of two profiles can say; the birthday counts as one thing.
SINGLE = ("diet", "taboos", "phone_second", "wechat", "qq", "channel")


class ClubContactProfile(models.Model):
    """What is known of a person besides the contact that everybody sees. Rule A8.

    A record of its own, because who may read it depends on the account: its manager,
    the lead of its unit, the club's officers. It stays with the account for which it
    was told, also when somebody puts the contact under another company.
    """

    _name = "club.contact.profile"
    _description = "Member Contact"
    _inherit = ["club.record.mixin"]
    _order = "account_id, id"
    _rec_names_search = ("contact_id.name", "account_id.name")

    contact_id = fields.Many2one(
        "res.partner",
        required=True,
        ondelete="cascade",
        check_company=True,
        domain=[("is_company", "=", False)],
    )
    account_id = fields.Many2one(
        "res.partner",
        compute="_compute_account_id",
        store=True,
        precompute=True,
        required=True,
        index=True,
        ondelete="cascade",
        help="The company for which the contact acts. Who looks after it reads this.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    role_ids = fields.Many2many(
        "club.contact.role",
        string="Roles",
        help="What the person is to the club: several at once are possible.",
    )
    interest_ids = fields.Many2many("club.contact.interest", string="Interests")
    diet = fields.Char(help="What the person eats and drinks, and what not.")
    taboos = fields.Char(help="What to avoid: subjects, numbers, gifts, customs.")
    phone_second = fields.Char("Second Number")
    wechat = fields.Char("WeChat")
    qq = fields.Char("QQ", help="The person's QQ number.")
    channel = fields.Selection(CHANNELS, "Preferred Channel")
    note = fields.Text("Further Notes")

    # === Birthday: solar or lunar, where it is known from, when it was checked === #
    # A lunar date is kept as it was told; when it comes round is worked out.
    birthday_calendar = fields.Selection(CALENDARS, required=True, default=SOLAR)
    birthday_year = fields.Integer(
        "Year of Birth", aggregator=None, help="0 when it isn't known."
    )
    birthday_month = fields.Selection(MONTHS, "Month of Birth", index="btree_not_null")
    birthday_day = fields.Integer("Day of Birth", aggregator=None)
    birthday_leap_month = fields.Boolean(
        "Leap Month", help="Born in the leap month that follows a month of this number."
    )
    birthday_source = fields.Selection(SOURCES, "Known From")
    birthday_checked_on = fields.Date(
        "Last Checked", help="When somebody made sure that the birthday is right."
    )
    birthday_checked_by_id = fields.Many2one(
        "res.users", "Checked by", readonly=True, ondelete="set null"
    )
    birthday = fields.Char(compute="_compute_birthday")
    birthday_next = fields.Date(
        "Next Birthday",
        compute="_compute_birthday_next",
        store=True,
        index="btree_not_null",
        help="By the solar calendar, moved on each night. Who was born on 29 February "
        "keeps it on the 28th in a common year; the 30th of a lunar month that has 29 "
        "days is kept on the 29th; who was born in a leap month keeps it in the "
        "ordinary month of years without that one.",
    )
    is_birthday_month = fields.Boolean(
        "Birthday This Month",
        compute="_compute_is_birthday_month",
        search="_search_is_birthday_month",
    )

    # === Consents === #
    consent_ids = fields.One2many(
        "club.contact.consent", "profile_id", "Consents", copy=False
    )
    consent_call = fields.Selection(
        CONSENTS, "Consent: Call", compute="_compute_consents", store=True
    )
    consent_sms = fields.Selection(
        CONSENTS, "Consent: SMS", compute="_compute_consents", store=True
    )
    consent_wechat = fields.Selection(
        CONSENTS, "Consent: WeChat", compute="_compute_consents", store=True
    )
    consent_qq = fields.Selection(
        CONSENTS, "Consent: QQ", compute="_compute_consents", store=True
    )
    consent_mail = fields.Selection(
        CONSENTS, "Consent: E-mail", compute="_compute_consents", store=True
    )
    consent_visit = fields.Selection(
        CONSENTS, "Consent: Visit", compute="_compute_consents", store=True
    )
    consented_channels = fields.Char(
        "May Be Reached By", compute="_compute_consented_channels"
    )

    # Of the contact, for lists and cards.
    contact_function = fields.Char(
        related="contact_id.function", string="Job Position", readonly=False
    )
    contact_phone = fields.Char(
        related="contact_id.phone", string="Phone", readonly=False
    )
    contact_email = fields.Char(
        related="contact_id.email", string="E-mail", readonly=False
    )
    contact_avatar = fields.Image(related="contact_id.avatar_128", string="Picture")
    manager_id = fields.Many2one(
        "res.users", "Account Manager", compute="_compute_manager_id"
    )
    is_moved = fields.Boolean(
        compute="_compute_is_moved",
        help="The contact belongs to another company by now.",
    )

    # Of a person who is new: the contact is made along with what is known of him.
    new_name = fields.Char("New Person", store=False)
    new_account_id = fields.Many2one(
        "res.partner",
        "Acts for",
        store=False,
        default=lambda self: self.env.context.get("club_account_id"),
        domain=[("is_company", "=", True)],
    )

    # One for each account that a person acts for. Also serves "merge partners".
    _contact_uniq = models.UniqueIndex(
        "(contact_id, account_id, company_id)",
        "This person is a member contact of the account already.",
    )

    # === Computes === #

    @api.depends("contact_id")
    def _compute_account_id(self):
        """Take the contact's company when the profile is made, and not again."""
        for profile in self:
            profile.account_id = profile.contact_id.commercial_partner_id

    @api.depends("account_id.club_manager_id")
    @api.depends_context("company")
    def _compute_manager_id(self):
        for profile in self:
            # sudo: who reads a profile may know who looks after its account
            account_sudo = profile.account_id.sudo()
            company = profile.company_id or self.env.company
            profile.manager_id = account_sudo.with_company(company).club_manager_id

    @api.depends("contact_id.commercial_partner_id", "account_id")
    def _compute_is_moved(self):
        for profile in self:
            profile.is_moved = (
                profile.contact_id.commercial_partner_id != profile.account_id
            )

    @api.depends("contact_id.name")
    def _compute_display_name(self):
        for profile in self:
            # sudo: who reads a profile may know whose it is
            profile.display_name = profile.contact_id.sudo().name

    # === Checks === #

    @api.constrains("contact_id")
    def _check_contact_id(self):
        for profile in self:
            if profile.contact_id.is_company:
                raise ValidationError(
                    self.env._(
                        "%s is a company: a member contact is a person of it.",
                        profile.contact_id.display_name,
                    )
                )

    # === Created, written === #

    def _club_prepare(self, values, is_new=False):
        """Make the contact of a person who is new; take a birthday that changes for one
        that nobody has checked.
        """
        values = super()._club_prepare(values, is_new=is_new)
        if is_new and not values.get("contact_id") and values.get("new_name"):
            values = {**values, "contact_id": self._create_contact(values).id}
        is_changed = not is_new and any(name in values for name in BIRTHDAY)
        if is_changed and "birthday_checked_on" not in values:
            values = {**values, "birthday_checked_on": False}
        return values

    @api.model
    def _create_contact(self, values):
        """Return the new person's contact, made with the user's own rights.

        :raises UserError: without a name in words, or the account that he acts for
        """
        name, account_id = get_written(values["new_name"]), values.get("new_account_id")
        if not name or not is_id(account_id):
            raise UserError(
                self.env._("Enter the new person's name and the account he acts for.")
            )
        account = self.env["res.partner"].browse(account_id)
        account.check_access("read")
        return account.create({"name": name, "parent_id": account.id})

    def _club_after_create(self):
        super()._club_after_create()
        self.filtered("birthday_checked_on")._stamp_check()

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        for name in set(ABOUT).intersection(vals):
            for profile in self:
                if profile[name].id != vals[name]:
                    raise UserError(
                        self.env._(
                            "What is known of %s stays with this person and company: "
                            "make another member contact instead.",
                            profile.display_name,
                        )
                    )

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if "birthday_checked_on" in vals and "birthday_checked_by_id" not in vals:
            self._stamp_check()

    # pylint: disable-next=method-required-super
    def copy(self, default=None):
        raise UserError(self.env._("What is known of a person isn't copied."))

    # === Actions === #

    @for_records
    def action_hand_over(self):
        """Give what is known along with the contact to those of his new company."""
        self.check_access("write")
        # sudo: he may not read the new account, nor what is known there
        for profile_sudo in self.sudo():
            account = profile_sudo.contact_id.commercial_partner_id
            if profile_sudo.search_count(
                [
                    ("contact_id", "=", profile_sudo.contact_id.id),
                    ("account_id", "=", account.id),
                    ("company_id", "=", profile_sudo.company_id.id),
                ],
                limit=1,
            ):
                raise UserError(
                    self.env._(
                        "%(contact)s is a member contact of %(account)s already.",
                        contact=profile_sudo.display_name,
                        account=account.name,
                    )
                )
            # He may not see it any more afterwards: that is what handing over is.
            profile_sudo._write_guarded({"account_id": account.id})
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_contact_profile_action"
        )

    @for_one
    def action_open_contact(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.contact_id.id,
            "views": [[False, "form"]],
        }

    # === Birthday === #

    @api.depends(*BIRTHDAY)
    @api.depends_context("lang")
    def _compute_birthday(self):
        for profile in self:
            profile.birthday = profile._format_birthday()

    def _format_birthday(self):
        """Return the birthday in words, False when there is none."""
        if not (self.birthday_month and self.birthday_day):
            return False
        parts = (int(self.birthday_month), self.birthday_day)
        day = f"{self.birthday_month}-{self.birthday_day:02}"
        if self.birthday_calendar == LUNAR and self._is_read_in_chinese():
            day = lunar.format_chinese(*parts, leap=self.birthday_leap_month)
            day = f"{self.birthday_year}年{day}" if self.birthday_year else day
            return self.env._("%s (lunar)", day)
        if self.birthday_year:
            day = f"{self.birthday_year}-{day}"
        if self.birthday_calendar == SOLAR:
            return day
        if self.birthday_leap_month:
            return self.env._("%s (lunar, leap month)", day)
        return self.env._("%s (lunar)", day)

    def _is_read_in_chinese(self):
        return (self.env.lang or "").startswith("zh")

    def _get_birthday_parts(self):
        """Return the birthday as the kernel takes it, None when it isn't known.

        :rtype: dict | None
        """
        self.ensure_one()
        month, day = int(self.birthday_month or 0), self.birthday_day
        is_lunar = self.birthday_calendar == LUNAR
        if not lunar.is_day(month, day, lunar=is_lunar):
            return None
        leap = is_lunar and self.birthday_leap_month
        return {"month": month, "day": day, "lunar": is_lunar, "leap": leap}

    @api.depends(*BIRTHDAY, "company_id")
    def _compute_birthday_next(self):
        todays = {
            company: company._club_today()
            for company in self.company_id or self.env.company
        }
        for profile in self:
            parts = profile._get_birthday_parts()
            today = todays.get(profile.company_id) or self.env.company._club_today()
            profile.birthday_next = parts and lunar.next_birthday(**parts, today=today)

    @api.depends(*BIRTHDAY)
    def _compute_is_birthday_month(self):
        month = self._get_this_month()
        for profile in self:
            parts = profile._get_birthday_parts()
            profile.is_birthday_month = bool(parts) and lunar.is_kept(*month, **parts)

    def _search_is_birthday_month(self, operator, value):
        if operator != "in":
            return NotImplemented
        month = self._get_this_month()
        domain = Domain.FALSE
        for calendar, leap in ((SOLAR, None), (LUNAR, False), (LUNAR, True)):
            kept = lunar.get_kept(*month, lunar=calendar == LUNAR, leap=bool(leap))
            of_calendar = Domain("birthday_calendar", "=", calendar)
            if leap is not None:
                of_calendar &= Domain("birthday_leap_month", "=", leap)
            for number, days in kept.items():
                domain |= (
                    of_calendar
                    & Domain("birthday_month", "=", f"{number:02}")
                    & Domain("birthday_day", "in", days)
                )
        return domain

    @api.model
    def _get_this_month(self):
        """Return the first and the last day of the month it is."""
        today = self.env["club.program"]._today()
        return windows.month_start(today), windows.month_end(today)

    @api.model
    def _cron_move_birthdays(self):
        """Move on the birthdays that have passed; whoever has none isn't looked at."""
        for company in self.env["res.company"].search([]):  # pylint: disable=no-search-all
            passed = self.search(
                [
                    ("company_id", "=", company.id),
                    ("birthday_next", "<", company._club_today()),
                ]
            )
            self.env.add_to_compute(self._fields["birthday_next"], passed)

    @api.constrains(*BIRTHDAY)
    def _check_birthday(self):
        for profile in self:
            this_year = profile.company_id._club_today().year
            year, day = profile.birthday_year, profile.birthday_day
            if not (year or day or profile.birthday_month):
                continue
            is_lunar = profile.birthday_calendar == LUNAR
            if year and not 1900 <= year <= this_year:
                raise ValidationError(
                    self.env._(
                        "%s is no year of birth: leave it empty when it isn't known.",
                        str(year),
                    )
                )
            month = int(profile.birthday_month or 0)
            if (month or day) and not lunar.is_day(month, day, year, is_lunar):
                raise ValidationError(
                    self.env._(
                        "There is no day %(day)s in month %(month)s of this calendar: "
                        "correct the birthday of %(contact)s.",
                        day=day,
                        month=profile.birthday_month or "–",
                        contact=profile.display_name,
                    )
                )
            if profile.birthday_leap_month and not is_lunar:
                raise ValidationError(
                    self.env._("Only the lunar calendar has leap months.")
                )

    @api.constrains("birthday_checked_on")
    def _check_birthday_checked_on(self):
        for profile in self:
            today = profile.company_id._club_today()
            if profile.birthday_checked_on and profile.birthday_checked_on > today:
                raise ValidationError(
                    self.env._(
                        "The birthday of %s can't have been checked in the future.",
                        profile.display_name,
                    )
                )

    def _stamp_check(self):
        """Note who has checked the birthdays, or that nobody has."""
        checked = self.filtered("birthday_checked_on")
        for profiles, checker in ((checked, self.env.uid), (self - checked, False)):
            # sudo: also of what was just handed over
            profiles.sudo()._write_guarded({"birthday_checked_by_id": checker})

    @for_records
    def action_check_birthday(self):
        """Note that the birthday was made sure of today."""
        for profile in self:
            if not profile.birthday:
                raise ValidationError(
                    self.env._(
                        "No birthday of %s is known: enter it first.",
                        profile.display_name,
                    )
                )
        for company, profiles in self.grouped("company_id").items():
            profiles.write({"birthday_checked_on": company._club_today()})

    # === Consents. Rule A8 === #

    @api.depends("consent_ids.channel", "consent_ids.answer", "consent_ids.stated_on")
    def _compute_consents(self):
        for profile in self:
            # What is just being entered has no number yet and is the last word.
            said = profile.consent_ids.filtered("stated_on").sorted(
                lambda c: (c.stated_on, c._origin.id or float("inf"))
            )
            last = {consent.channel: consent.answer for consent in said}
            for code, _label in CHANNELS:
                profile[f"consent_{code}"] = last.get(code) or NOT_ASKED

    @api.depends(*(f"consent_{code}" for code, _label in CHANNELS))
    @api.depends_context("lang")
    def _compute_consented_channels(self):
        labels = get_labels(self, "channel")
        for profile in self:
            found = [labels[code] for code in profile._get_consented()]
            profile.consented_channels = (
                format_list(self.env, found) if found else False
            )

    @api.constrains("channel")
    def _check_channel(self):
        """Nobody is to be reached where he said no. Rule A8."""
        for profile in self:
            if profile.channel and profile[f"consent_{profile.channel}"] == REFUSED:
                channels = get_labels(self, "channel")
                raise ValidationError(
                    self.env._(
                        "%(contact)s refused to be reached by %(channel)s: choose "
                        "another preferred channel, or none.",
                        contact=profile.display_name,
                        channel=channels[profile.channel],
                    )
                )

    def _get_consented(self):
        """Return the codes of the channels that the person agreed to. Rule A8."""
        self.ensure_one()
        return [code for code, _label in CHANNELS if self[f"consent_{code}"] == GIVEN]

    # === Merging === #

    @api.model
    def _settle_merge(self, sources, target):
        """Make one profile of those that would be the same person's for one account.

        Profiles for other accounts stay apart: other people look after those.
        """
        merged = sources | target
        profiles = self.search(
            ["|", ("contact_id", "in", merged.ids), ("account_id", "in", merged.ids)]
        )
        groups = profiles.grouped(
            lambda p: (
                target if p.contact_id in merged else p.contact_id,
                target if p.account_id in merged else p.account_id,
                p.company_id,
            )
        )
        for found in groups.values():
            kept, *others = found.sorted(
                lambda p: (p.contact_id != target, p.account_id != target, p.id)
            )
            for other in others:
                kept._absorb(other)

    def _absorb(self, other):
        """Take over all that the other profile says; what differs goes to the notes."""
        self.ensure_one()
        # What was said goes first: a preferred channel is checked against it.
        other.consent_ids._write_guarded({"profile_id": self.id})
        values, notes = {}, [text for text in (self.note, other.note) if text]
        for name in SINGLE:
            if not other[name] or other[name] == self[name]:
                continue
            if self[name] or self._is_refused(name, other[name]):
                notes.append(self._describe_other(other, name))
            else:
                values[name] = other[name]
        if other.birthday and not self.birthday:
            parts = {name: other[name] for name in (*BIRTHDAY, *BIRTHDAY_CHECK)}
            values.update(other._convert_to_write(parts))
        elif other.birthday and other.birthday != self.birthday:
            notes.append(self._describe_other(other, "birthday"))
        self._write_guarded(
            {
                **values,
                "note": "\n".join(notes),
                "role_ids": [Command.link(key) for key in other.role_ids.ids],
                "interest_ids": [Command.link(key) for key in other.interest_ids.ids],
            }
        )
        other.unlink()

    def _is_refused(self, name, value):
        return name == "channel" and self[f"consent_{value}"] == REFUSED

    def _describe_other(self, other, name):
        field = other._fields[name]
        value = other[name]
        if field.type == "selection":
            value = get_labels(self, name)[value]
        return self.env._(
            "%(field)s in the duplicate: %(value)s",
            field=field._description_string(self.env),
            value=value,
        )
