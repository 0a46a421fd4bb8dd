from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..record.lock import is_open
from ..record.rpc import for_one, for_records
from .channels import CHANNELS, GIVEN, REFUSED


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
    _check_company_auto = True
    _rec_names_search = ("contact_id.name", "account_id.name")

    # What a profile is about never changes.
    _club_identity = ("contact_id", "company_id")

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
    channel = fields.Selection(CHANNELS, "Preferred Channel")
    note = fields.Text("Further Notes")

    # Of the contact, for lists and cards.
    contact_function = fields.Char(related="contact_id.function", string="Job Position")
    contact_phone = fields.Char(related="contact_id.phone", string="Phone")
    contact_email = fields.Char(related="contact_id.email", string="E-mail")
    contact_avatar = fields.Image(related="contact_id.avatar_128", string="Picture")
    manager_id = fields.Many2one(
        "res.users", "Account Manager", compute="_compute_manager_id"
    )
    is_moved = fields.Boolean(
        compute="_compute_is_moved",
        help="The contact belongs to another company by now.",
    )

    # One for each account that a person acts for. Also serves "merge partners".
    _contact_uniq = models.UniqueIndex(
        "(contact_id, account_id, company_id)",
        "This person is a member contact of the account already.",
    )

    @api.depends("contact_id")
    def _compute_account_id(self):
        """Take the contact's company when the profile is made, and not again."""
        for profile in self:
            profile.account_id = profile.contact_id.commercial_partner_id

    @api.depends("account_id.club_manager_id")
    @api.depends_context("company")
    def _compute_manager_id(self):
        for profile in self:
            profile.manager_id = profile.account_id.sudo().club_manager_id

    @api.depends("contact_id.commercial_partner_id", "account_id")
    def _compute_is_moved(self):
        for profile in self:
            profile.is_moved = (
                profile.contact_id.commercial_partner_id != profile.account_id
            )

    @api.depends("contact_id.name")
    def _compute_display_name(self):
        for profile in self:
            profile.display_name = profile.contact_id.sudo().name

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

    @api.constrains("channel")
    def _check_channel(self):
        """Nobody is to be reached where he said no. Rule A8."""
        for profile in self:
            if profile.channel and profile[f"consent_{profile.channel}"] == REFUSED:
                channels = dict(
                    self._fields["channel"]._description_selection(self.env)
                )
                raise ValidationError(
                    self.env._(
                        "%(contact)s refused to be reached by %(channel)s: choose "
                        "another preferred channel, or none.",
                        contact=profile.display_name,
                        channel=channels[profile.channel],
                    )
                )

    # === CRUD === #

    @for_records
    def write(self, vals):
        self._check_fixed(vals)
        return super().write(vals)

    def _check_fixed(self, vals):
        if is_open(self.env):
            return
        for name in set(self._club_identity).intersection(vals):
            for profile in self:
                if profile[name].id != vals[name]:
                    raise UserError(
                        self.env._(
                            "What is known of %s stays with this person and company: "
                            "make another member contact instead.",
                            profile.display_name,
                        )
                    )

    # pylint: disable-next=method-required-super
    def copy(self, default=None):
        raise UserError(self.env._("What is known of a person isn't copied."))

    # === Actions === #

    @for_records
    def action_hand_over(self):
        """Give what is known along with the contact to those of his new company."""
        self.check_access("write")
        for profile in self:
            account = profile.contact_id.sudo().commercial_partner_id
            if profile.sudo().search_count(
                [
                    ("contact_id", "=", profile.contact_id.id),
                    ("account_id", "=", account.id),
                    ("company_id", "=", profile.company_id.id),
                ],
                limit=1,
            ):
                raise UserError(
                    self.env._(
                        "%(contact)s is a member contact of %(account)s already.",
                        contact=profile.display_name,
                        account=account.name,
                    )
                )
            # He may not see it any more afterwards: that is what handing over is.
            profile.sudo()._write_guarded({"account_id": account.id})
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

    def _get_consented(self):
        """Return the codes of the channels that the person agreed to. Rule A8."""
        self.ensure_one()
        return [code for code, _label in CHANNELS if self[f"consent_{code}"] == GIVEN]
