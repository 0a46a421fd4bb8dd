from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...kernel.written import get_written
from ..record.accounts import check_contact
from ..record.rpc import for_records
from .club_match_offer import MATCHED, OPEN

INTRODUCED, AGREED, NOTHING = "introduced", "agreed", "nothing"
STATES = [
    (INTRODUCED, "Introduced"),
    (AGREED, "Do Business"),
    (NOTHING, "Came to Nothing"),
]


class ClubIntroduction(models.Model):
    """Two members who were introduced to each other, and what came of it. Rule C1.

    Both accounts' managers see it. When they do business, the offer or need for which
    they were introduced is matched.
    """

    _name = "club.introduction"
    _description = "Introduction of Members"
    _inherit = ["club.record.mixin"]
    _order = "date desc, id desc"

    _club_closed = (AGREED, NOTHING)
    _club_accounts = ("account_id", "other_account_id")
    _club_texts = ("result",)

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    offer_id = fields.Many2one(
        "club.match.offer",
        "Introduced For",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=[("state", "=", OPEN)],
        help="What the member offers or needs; empty where it was for nothing in "
        "particular.",
    )
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
        compute="_compute_account_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('is_company', '=', False),"
        " ('commercial_partner_id', '=?', account_id)]",
    )
    other_account_id = fields.Many2one(
        "res.partner",
        "Introduced To",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("is_company", "=", True)],
    )
    other_contact_id = fields.Many2one(
        "res.partner",
        "Their Contact",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('is_company', '=', False),"
        " ('commercial_partner_id', '=?', other_account_id)]",
    )
    user_id = fields.Many2one(
        "res.users",
        "Introduced by",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    date = fields.Date(
        "Introduced On",
        required=True,
        default=lambda self: self.env.company._club_today(),
    )
    activity_id = fields.Many2one(
        "club.activity",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Where they met, if at an activity.",
    )
    state = fields.Selection(
        STATES,
        default=INTRODUCED,
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    result = fields.Text("What Came of It", copy=False)
    settled_at = fields.Datetime("Settled On", readonly=True, copy=False)

    _two = models.Constraint(
        "CHECK(account_id <> other_account_id)",
        "Nobody is introduced to himself: choose another member.",
    )

    # === Computes === #

    @api.depends("offer_id")
    def _compute_account_id(self):
        for introduction in self:
            offer = introduction.offer_id
            introduction.account_id = offer.account_id or introduction.account_id
            introduction.contact_id = offer.contact_id or introduction.contact_id

    @api.depends("account_id.name", "other_account_id.name")
    def _compute_display_name(self):
        # sudo: names of the two who were introduced
        for introduction in self:
            # Every employee reads who a partner is.
            names = (introduction.account_id | introduction.other_account_id).sudo()
            introduction.display_name = " – ".join(
                name for name in names.mapped("name") if name
            )

    # === Constraints === #

    @api.constrains("account_id", "contact_id", "other_account_id", "other_contact_id")
    def _check_members(self):
        for introduction in self:
            check_contact(introduction.contact_id, introduction.account_id)
            check_contact(introduction.other_contact_id, introduction.other_account_id)

    @api.constrains("offer_id", "account_id", "date")
    def _check_offer_id(self):
        """It is for what one of them offers or needs, while that holds. Rule C1."""
        for introduction in self:
            offer_sudo = introduction.offer_id.sudo()
            if not offer_sudo:
                continue
            if offer_sudo.account_id != introduction.account_id:
                raise ValidationError(
                    self.env._(
                        "“%(offer)s” is of %(account)s: that is who is introduced.",
                        offer=offer_sudo.name,
                        account=offer_sudo.account_id.display_name,
                    )
                )
            if not offer_sudo._is_open_on(introduction.date):
                raise ValidationError(
                    self.env._(
                        "“%(offer)s” isn't open on %(day)s: reopen it, or mend its "
                        "dates.",
                        offer=offer_sudo.name,
                        day=format_date(self.env, introduction.date),
                    )
                )

    @api.constrains("date")
    def _check_date(self):
        for introduction in self:
            if introduction.date > introduction.company_id._club_today():
                raise ValidationError(
                    self.env._(
                        "%s lies ahead: note an introduction down once it was made.",
                        format_date(self.env, introduction.date),
                    )
                )

    @api.model
    def _domain_of_person(self, ids, account_id):
        return (
            Domain("contact_id", "in", ids)
            | Domain("other_contact_id", "in", ids)
            | Domain("account_id", "=", account_id)
            | Domain("other_account_id", "=", account_id)
        )

    # === Buttons === #

    @for_records
    def action_agree(self):
        """Say that they do business with each other, and what. Rule C1."""
        self._do_settle(AGREED)
        # Whoever looks after the other member needn't write this one's offer.
        offers_sudo = self.sudo().offer_id.filtered(lambda offer: offer.state == OPEN)
        offers_sudo._set_state((OPEN,), MATCHED)
        return True

    @for_records
    def action_give_up(self):
        """Say that nothing came of it, and why."""
        return self._do_settle(NOTHING)

    @for_records
    def action_reopen(self):
        """Take back what came of it; the offer or need has a button of its own."""
        return self._set_state((AGREED, NOTHING), INTRODUCED, settled_at=False)

    def _do_settle(self, state):
        for introduction in self:
            if not get_written(introduction.result):
                raise UserError(
                    self.env._(
                        "Write what came of the introduction %s first.",
                        introduction.display_name,
                    )
                )
        return self._set_state((INTRODUCED,), state, settled_at=fields.Datetime.now())
