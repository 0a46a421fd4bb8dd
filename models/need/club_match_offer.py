from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..record.accounts import check_contact
from ..record.rpc import for_one, for_records

OFFER, NEED = "offer", "need"
KINDS = [(OFFER, "Offers"), (NEED, "Needs")]

CATEGORIES = [
    ("goods", "Goods"),
    ("service", "Services"),
    ("logistics", "Logistics"),
    ("channel", "Sales Channels"),
    ("funding", "Funding"),
    ("premises", "Premises"),
    ("staff", "Staff and Training"),
    ("other", "Other"),
]

OPEN, MATCHED, CLOSED = "open", "matched", "closed"
STATES = [(OPEN, "To Be Matched"), (MATCHED, "Matched"), (CLOSED, "Ended")]


class ClubMatchOffer(models.Model):
    """What a member offers other members, or needs from them. Rule C1.

    Everybody in the club reads it, for whoever looks after another account may know
    whom to introduce; those who look after the account write it.
    """

    _name = "club.match.offer"
    _description = "Offer or Need of a Member"
    _inherit = ["club.record.mixin"]
    _order = "date_from desc, id desc"

    _club_closed = (MATCHED, CLOSED)
    _club_accounts = ("account_id",)
    _club_texts = ("name", "description")

    name = fields.Char("In a Line", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(KINDS, "Offers or Needs", required=True, default=OFFER)
    category = fields.Selection(
        CATEGORIES, "Offer Category", required=True, default="goods"
    )
    description = fields.Text()
    account_id = fields.Many2one(
        "res.partner",
        compute="_compute_account_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("is_company", "=", True)],
    )
    contact_id = fields.Many2one(
        "res.partner",
        "Whom to Ask",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('is_company', '=', False),"
        " ('commercial_partner_id', '=?', account_id)]",
    )
    date_from = fields.Date(
        "Holds From",
        required=True,
        default=lambda self: self.env.company._club_today(),
    )
    date_to = fields.Date("Holds Until", help="Empty: until further notice.")
    state = fields.Selection(
        STATES, default=OPEN, required=True, readonly=True, copy=False, index=True
    )
    introduction_ids = fields.One2many("club.introduction", "offer_id", "Introductions")
    introduction_count = fields.Integer(
        "Number of Introductions", compute="_compute_introduction_count"
    )

    _dates = models.Constraint(
        "CHECK(date_from <= date_to)",
        "What a member offers or needs can't end before it begins.",
    )

    @api.depends("contact_id")
    def _compute_account_id(self):
        for offer in self:
            contact = offer.contact_id
            offer.account_id = contact.commercial_partner_id or offer.account_id

    @api.depends_context("uid", "company")
    def _compute_introduction_count(self):
        """Count what the user may see: the record rules of introductions apply."""
        counts = dict(
            self.env["club.introduction"]._read_group(
                [("offer_id", "in", self.ids)], ["offer_id"], ["__count"]
            )
        )
        for offer in self:
            offer.introduction_count = counts.get(offer._origin, 0)

    @api.constrains("contact_id", "account_id")
    def _check_contact_id(self):
        for offer in self:
            check_contact(offer.contact_id, offer.account_id)

    @api.constrains("account_id", "company_id")
    def _check_whose(self):
        """Whose it is stays, once somebody was introduced for it."""
        # sudo: introductions of any account
        for offer_sudo in self.sudo():
            met_sudo = offer_sudo.introduction_ids
            if (
                met_sudo.account_id - offer_sudo.account_id
                or met_sudo.company_id - offer_sudo.company_id
            ):
                raise ValidationError(
                    self.env._(
                        "Members were introduced for “%s”: whose it is stays. Close it "
                        "and note down another one.",
                        offer_sudo.name,
                    )
                )

    @api.model
    def _domain_of_person(self, ids, account_id):
        return Domain("contact_id", "in", ids) | Domain("account_id", "=", account_id)

    def _is_open_on(self, day):
        """Tell whether somebody can be introduced for it on a day, bounds included."""
        self.ensure_one()
        return (
            self.state == OPEN
            and self.date_from <= day
            and (not self.date_to or day <= self.date_to)
        )

    # === Buttons === #

    @for_records
    def action_close(self):
        """Say that it holds no more; it stays as history."""
        return self._set_state((OPEN, MATCHED), CLOSED)

    @for_records
    def action_reopen(self):
        """Look for others again."""
        return self._set_state((MATCHED, CLOSED), OPEN)

    @for_one
    def action_introduce(self):
        """Note down that somebody was introduced to this member for it. Rule C1."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Introduction"),
            "res_model": "club.introduction",
            "views": [(False, "form")],
            "context": {"default_offer_id": self.id},
        }

    @for_one
    def action_open_introductions(self):
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_introduction_action"
        )
        return {
            **action,
            "domain": [("offer_id", "=", self.id)],
            "context": {"default_offer_id": self.id},
        }
