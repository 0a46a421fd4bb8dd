from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from .channels import ANSWERS, CHANNELS

WAYS = [
    ("spoken", "In Person"),
    ("written", "In Writing"),
    ("phone", "By Phone"),
    ("online", "Online"),
]


class ClubContactConsent(models.Model):
    """What a person said to being reached by a channel. Rule A8.

    Statements are added and never changed, so it can be shown what held when. The last
    one counts.
    """

    _name = "club.contact.consent"
    _description = "Consent of a Member Contact"
    _inherit = ["club.record.mixin"]
    _order = "stated_on desc, id desc"
    _rec_name = "channel"
    _club_parent = "profile_id"

    profile_id = fields.Many2one(
        "club.contact.profile",
        "Member Contact",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="profile_id.company_id")
    channel = fields.Selection(CHANNELS, "Way of Contact", required=True)
    answer = fields.Selection(ANSWERS, "Consent", required=True)
    stated_on = fields.Date(
        "Said On",
        compute="_compute_stated_on",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    way = fields.Selection(WAYS, "Said How", required=True, default="spoken")
    create_uid = fields.Many2one("res.users", "Recorded by", readonly=True)

    @api.depends("profile_id")
    def _compute_stated_on(self):
        """Propose today, where the company of the person's profile is."""
        for consent in self.filtered("profile_id"):
            company = consent.profile_id.company_id
            consent.stated_on = consent.stated_on or company._club_today()

    @api.constrains("stated_on")
    def _check_stated_on(self):
        if any(
            consent.stated_on > consent.company_id._club_today() for consent in self
        ):
            raise ValidationError(
                self.env._(
                    "Nobody has agreed to anything in the future: mend the date."
                )
            )

    def _club_check_write(self, vals):
        raise AccessError(
            self.env._(
                "What a person said stays as it was recorded: add what was said since."
            )
        )
