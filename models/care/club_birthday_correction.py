from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..contact.club_contact_profile import BIRTHDAY, CALENDARS, MONTHS, SOLAR, SOURCES

# What was known before, by the fields of the profile.
BEFORE = {f"old_{name}": name for name in BIRTHDAY}


class ClubBirthdayCorrection(models.Model):
    """A birthday that was reported wrong: what it is, and that we apologised. Rule D5.

    It is corrected by putting it down, and stays on the profile's trail.
    """

    _name = "club.birthday.correction"
    _description = "Corrected Birthday"
    _inherit = ["club.record.mixin"]
    _order = "reported_on desc, id desc"
    _rec_name = "reported_on"
    _club_parent = "profile_id"

    profile_id = fields.Many2one(
        "club.contact.profile",
        "Member Contact",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="profile_id.company_id")
    reported_on = fields.Date(
        compute="_compute_reported_on",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    birthday_calendar = fields.Selection(
        CALENDARS, "Calendar", required=True, default=SOLAR
    )
    birthday_year = fields.Integer(
        "Year of Birth", aggregator=None, help="0 when it isn't known."
    )
    birthday_month = fields.Selection(MONTHS, "Month of Birth", required=True)
    birthday_day = fields.Integer("Day of Birth", required=True, aggregator=None)
    birthday_leap_month = fields.Boolean("Leap Month")
    source = fields.Selection(SOURCES, "Known From", required=True, default="self")
    apology = fields.Text(
        required=True,
        help="How, and by whom, we apologised for the wrong day.",
    )
    old_birthday_calendar = fields.Selection(CALENDARS, readonly=True)
    old_birthday_year = fields.Integer(readonly=True, aggregator=None)
    old_birthday_month = fields.Selection(MONTHS, readonly=True)
    old_birthday_day = fields.Integer(readonly=True, aggregator=None)
    old_birthday_leap_month = fields.Boolean(readonly=True)
    birthday = fields.Char("Right Birthday", compute="_compute_birthday")
    old_birthday = fields.Char("Wrong Birthday", compute="_compute_birthday")
    create_uid = fields.Many2one("res.users", "Corrected by", readonly=True)

    @api.depends("profile_id")
    def _compute_reported_on(self):
        """Propose today, where the company of the person's profile is."""
        for correction in self.filtered("profile_id"):
            company = correction.profile_id.company_id
            correction.reported_on = correction.reported_on or company._club_today()

    @api.depends(*BIRTHDAY, *BEFORE)
    @api.depends_context("lang")
    def _compute_birthday(self):
        for correction in self:
            new = {name: correction[name] for name in BIRTHDAY}
            old = {name: correction[before] for before, name in BEFORE.items()}
            profiles = self.env["club.contact.profile"]
            correction.birthday = profiles.new(new)._format_birthday()
            correction.old_birthday = profiles.new(old)._format_birthday()

    def _club_after_create(self):
        """Correct the profile, as its user may, and keep what it said."""
        super()._club_after_create()
        for correction in self:
            profile = correction.profile_id
            # sudo: who corrects it can't change what was noted
            correction.sudo()._write_guarded(
                {before: profile[name] for before, name in BEFORE.items()}
            )
            profile.write(
                {
                    **{name: correction[name] for name in BIRTHDAY},
                    "birthday_source": correction.source,
                    "birthday_checked_on": profile.company_id._club_today(),
                }
            )

    def _club_check_write(self, vals):
        raise AccessError(
            self.env._("What was corrected stays as it was noted: correct it again.")
        )
