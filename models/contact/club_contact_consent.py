from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import format_list

from ..record.lock import is_open
from ..record.rpc import for_records
from .channels import ANSWERS, CHANNELS, CONSENTS, NOT_ASKED

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
        required=True,
        default=lambda self: self.env["club.program"]._today(),
    )
    way = fields.Selection(WAYS, "Said How", required=True, default="spoken")
    create_uid = fields.Many2one("res.users", "Recorded by", readonly=True)

    @api.constrains("stated_on")
    def _check_stated_on(self):
        today = self.env["club.program"]._today()
        if any(consent.stated_on > today for consent in self):
            raise ValidationError(
                self.env._(
                    "Nobody has agreed to anything in the future: mend the date."
                )
            )

    @for_records
    def write(self, vals):
        if not is_open(self.env):
            raise AccessError(
                self.env._(
                    "What a person said stays as it was recorded: add what was said "
                    "since."
                )
            )
        return super().write(vals)


class ClubContactProfile(models.Model):
    _inherit = "club.contact.profile"

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
    consent_mail = fields.Selection(
        CONSENTS, "Consent: E-mail", compute="_compute_consents", store=True
    )
    consent_visit = fields.Selection(
        CONSENTS, "Consent: Visit", compute="_compute_consents", store=True
    )
    consented_channels = fields.Char(
        "May Be Reached By", compute="_compute_consented_channels"
    )

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
        labels = dict(self._fields["channel"]._description_selection(self.env))
        for profile in self:
            found = [labels[code] for code in profile._get_consented()]
            profile.consented_channels = (
                format_list(self.env, found) if found else False
            )
