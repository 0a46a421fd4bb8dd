from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...kernel import birthdays
from ..record.rpc import for_records

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
BIRTHDAY = {
    "birthday_calendar",
    "birthday_year",
    "birthday_month",
    "birthday_day",
    "birthday_leap_month",
}


class ClubContactProfile(models.Model):
    """The birthday: solar or lunar, where it is known from, when it was checked.

    A lunar date is kept as it was told and isn't converted. Rule A8.
    """

    _inherit = "club.contact.profile"

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
        help="Of birthdays by the solar calendar. Lunar dates aren't converted: look "
        "them up in a lunar calendar.",
    )
    is_birthday_month = fields.Boolean(
        "Birthday This Month",
        compute="_compute_birthday_next",
        search="_search_is_birthday_month",
    )

    @api.depends(*BIRTHDAY)
    @api.depends_context("lang")
    def _compute_birthday(self):
        for profile in self:
            profile.birthday = profile._format_birthday()

    def _format_birthday(self):
        """Return the birthday in words, False when there is none."""
        if not (self.birthday_month and self.birthday_day):
            return False
        day = f"{self.birthday_month}-{self.birthday_day:02}"
        if self.birthday_year:
            day = f"{self.birthday_year}-{day}"
        if self.birthday_calendar == SOLAR:
            return day
        if self.birthday_leap_month:
            return self.env._("%s (lunar, leap month)", day)
        return self.env._("%s (lunar)", day)

    @api.depends(*BIRTHDAY)
    def _compute_birthday_next(self):
        today = self.env["club.program"]._today()
        for profile in self:
            month, day = int(profile.birthday_month or 0), profile.birthday_day
            is_known = profile.birthday_calendar == SOLAR and birthdays.is_day(
                month, day
            )
            profile.birthday_next = is_known and birthdays.next_birthday(
                month, day, today
            )
            profile.is_birthday_month = is_known and month == today.month

    def _search_is_birthday_month(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env["club.program"]._today()
        return [
            ("birthday_calendar", "=", SOLAR),
            ("birthday_month", "=", f"{today.month:02}"),
            ("birthday_day", ">", 0),
        ]

    @api.constrains(*BIRTHDAY)
    def _check_birthday(self):
        this_year = self.env["club.program"]._today().year
        for profile in self:
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
            if (month or day) and not birthdays.is_day(month, day, year, is_lunar):
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
        today = self.env["club.program"]._today()
        for profile in self:
            if profile.birthday_checked_on and profile.birthday_checked_on > today:
                raise ValidationError(
                    self.env._(
                        "The birthday of %s can't have been checked in the future.",
                        profile.display_name,
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        profiles = super().create(vals_list)
        profiles.filtered("birthday_checked_on")._stamp_check()
        return profiles

    @for_records
    def write(self, vals):
        if BIRTHDAY & vals.keys() and "birthday_checked_on" not in vals:
            vals = {**vals, "birthday_checked_on": False}
        result = super().write(vals)
        if "birthday_checked_on" in vals and "birthday_checked_by_id" not in vals:
            self._stamp_check()
        return result

    def _stamp_check(self):
        for profile in self:
            checked = profile.birthday_checked_on and self.env.user
            profile.sudo()._write_guarded(
                {"birthday_checked_by_id": checked and checked.id}
            )

    # === Actions === #

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
        self.write({"birthday_checked_on": self.env["club.program"]._today()})
