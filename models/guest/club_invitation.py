from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...kernel.guest_states import (
    ABSENT,
    ATTENDED,
    CANCELLED,
    CONFIRMED,
    DECLINED,
    INVITED,
    PROPOSED,
    WAITING,
)
from ..activity.club_activity import INVITING, PREPARING
from ..approval.club_approval_mixin import ClubApprovalMixin
from ..record.lock import is_open
from ..record.rpc import for_records

STATES = [
    (PROPOSED, "Proposed"),
    (INVITED, "Invited"),
    (CONFIRMED, "Confirmed"),
    (WAITING, "Waiting List"),
    (DECLINED, "Declined"),
    (CANCELLED, "Cancelled"),
    (ATTENDED, "Attended"),
    (ABSENT, "Absent"),
]
# Who comes although his tier doesn't entitle him. Rule C10.
COMPANION, PROSPECT = "companion", "prospect"
PARTNER_GUEST, BELOW_TIER = "partner_guest", "below_tier"
EXCEPTION_KINDS = [
    (COMPANION, "Companion of a Guest"),
    (PROSPECT, "Prospect"),
    (PARTNER_GUEST, "Partner's Guest"),
    (BELOW_TIER, "Member below the Tier"),
]


class ClubInvitation(models.Model):
    """A guest of an activity: who is asked, what he answered, whether he came. C4."""

    _name = "club.invitation"
    _description = "Guest of an Activity"
    _inherit = [
        *("mail.thread", "mail.activity.mixin"),
        *("club.guest.mixin", "club.record.mixin"),
    ]
    _order = "activity_id desc, tier_rank desc, id"
    _rec_name = "contact_id"
    _rec_names_search = ("contact_id.name", "account_id.name")
    _check_company_auto = True
    _mail_post_access = "read"
    _guest_list = "activity_id"

    # Who is invited to what never changes.
    _club_identity = ("activity_id", "contact_id")

    activity_id = fields.Many2one(
        "club.activity",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="activity_id.company_id", store=True, precompute=True
    )
    contact_id = fields.Many2one(
        "res.partner",
        "Guest",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("is_company", "=", False)],
    )
    account_id = fields.Many2one(
        "res.partner",
        compute="_compute_account_id",
        store=True,
        precompute=True,
        index=True,
        ondelete="restrict",
        help="The company for which the guest comes, as on the day of invitation.",
    )
    state = fields.Selection(
        STATES, default=PROPOSED, required=True, readonly=True, copy=False, index=True
    )
    note = fields.Char(help="What to mind: where to be picked up, with whom to sit.")

    # === Entitlement, as on the day of invitation === #
    tier_id = fields.Many2one(
        "club.tier",
        "Membership Tier",
        readonly=True,
        ondelete="restrict",
        help="Of the account, on the day of invitation.",
    )
    tier_rank = fields.Integer(readonly=True, aggregator=None)
    tier_name = fields.Char(
        "Tier That Day", readonly=True, help="As it was called on that day."
    )
    judged_on = fields.Date(
        readonly=True, help="The day on which the tier was looked up."
    )

    # === Who did what, and when === #
    invited_at = fields.Datetime(readonly=True, copy=False)
    invited_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    answered_at = fields.Datetime(readonly=True, copy=False)
    answered_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    waiting_since = fields.Datetime(
        "On the Waiting List Since", readonly=True, copy=False
    )
    registration_id = fields.Many2one(
        "event.registration",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    # === Exception, rule C10 === #
    exception_kind = fields.Selection(
        EXCEPTION_KINDS, "Kind of Exception", readonly=True
    )
    exception_reason = fields.Char(readonly=True)
    host_id = fields.Many2one(
        "club.invitation",
        "Accompanies",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The guest whose companion it is.",
    )
    requested_by_id = fields.Many2one(
        "res.users", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    requested_at = fields.Datetime(readonly=True)
    consented_by_id = fields.Many2one("res.users", readonly=True)
    consented_at = fields.Datetime(readonly=True)

    # === Of account and activity, for lists === #
    manager_id = fields.Many2one(
        related="account_id.club_manager_id", string="Account Manager"
    )
    unit_id = fields.Many2one(related="account_id.club_unit_id", string="Unit")
    date_begin = fields.Datetime(related="activity_id.date_begin")
    confirm_until = fields.Date(related="activity_id.confirm_until")
    stage = fields.Selection(related="activity_id.stage", string="Stage of Activity")
    waiting_place = fields.Integer(
        "Place on the List",
        compute="_compute_waiting_place",
        compute_sudo=True,
        help="Place on the waiting list: by tier, then by time.",
    )

    # Whoever was cancelled may be proposed again. Also serves "merge partners".
    _contact_uniq = models.UniqueIndex(
        "(activity_id, contact_id) WHERE state <> 'cancelled'",
        "This person is on the guest list already.",
    )
    # The seats that are taken, and who waits: asked whenever somebody answers.
    _state_idx = models.Index("(activity_id, state)")

    _without_client_context = ClubApprovalMixin._without_client_context

    @api.depends("contact_id", "host_id")
    def _compute_account_id(self):
        """Take the company as it is now, and not again. Companions come for that of
        their host.
        """
        for invitation in self:
            invitation.account_id = (
                invitation.host_id.account_id
                or invitation.contact_id.commercial_partner_id
            )

    @api.constrains("contact_id")
    def _check_contact_id(self):
        for invitation in self:
            contact = invitation.contact_id
            if contact.is_company:
                raise ValidationError(
                    self.env._(
                        "%s is a company: invite a person of it.", contact.display_name
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """List guests: those whose tier entitles them, today. Rules C4, C10."""
        invitations = super().create(vals_list)
        if not is_open(self.env):
            invitations._check_can_list()
            invitations._judge()
            invitations._check_entitled()
        return invitations

    @for_records
    def write(self, vals):
        self._check_fixed(vals)
        self._check_activity_closed(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_invited(self):
        for invitation in self:
            if invitation.state != PROPOSED or invitation.exception_kind:
                raise UserError(
                    self.env._(
                        "%(guest)s stays on the guest list of %(activity)s as history: "
                        "cancel the invitation instead of deleting it.",
                        guest=invitation.contact_id.name,
                        activity=invitation.activity_id.theme,
                    )
                )

    # pylint: disable-next=method-required-super
    def copy(self, default=None):
        raise UserError(self.env._("Guests aren't copied: propose them again."))

    # === Checks === #

    def _check_fixed(self, vals):
        if is_open(self.env):
            return
        for name in set(self._club_identity).intersection(vals):
            if any(invitation[name].id != vals[name] for invitation in self):
                raise UserError(
                    self.env._(
                        "Who is invited to what doesn't change: cancel the invitation "
                        "and make another one."
                    )
                )

    def _check_activity_closed(self, vals):
        """Refuse to change guests of what is closed; their chatter stays open. C5."""
        if self._get_club_names(vals) and not is_open(self.env):
            for activity in self.activity_id:
                activity._check_club_open()

    def _check_officer(self):
        """The executive group fixes the guest list. Rule C4."""
        self.check_access("write")
        self.activity_id._check_guest_officer()

    def _check_can_list(self):
        self.activity_id._check_guest_officer()
        self.activity_id._check_guests_open((PREPARING, INVITING))
