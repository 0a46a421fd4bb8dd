from odoo import api, fields, models

# Proposed by the executive group, invited by the account manager, answered, come.
PROPOSED, INVITED, CONFIRMED, WAITING = "proposed", "invited", "confirmed", "waiting"
DECLINED, CANCELLED, ATTENDED, ABSENT = "declined", "cancelled", "attended", "absent"
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
# Those who take a seat.
SEATED = (CONFIRMED, ATTENDED, ABSENT)


class ClubInvitation(models.Model):
    """A guest of an activity: who is asked, what he answered, whether he came. C4."""

    _name = "club.invitation"
    _description = "Guest of an Activity"
    _inherit = [
        *("mail.thread", "mail.activity.mixin"),
        *("club.guard.mixin", "club.scope.mixin"),
    ]
    _order = "activity_id, id"
    _check_company_auto = True

    _club_guarded = ("company_id", "account_id", "tier_id", "state", "registration_id")

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
        "res.partner", "Guest", required=True, index=True, ondelete="restrict"
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
    tier_id = fields.Many2one(
        "club.tier",
        "Membership Tier",
        readonly=True,
        ondelete="restrict",
        help="Of the account, on the day of invitation.",
    )
    state = fields.Selection(
        STATES, default=PROPOSED, required=True, readonly=True, copy=False, index=True
    )
    registration_id = fields.Many2one(
        "event.registration",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    _contact_uniq = models.UniqueIndex(
        "(activity_id, contact_id)", "This person is on the guest list already."
    )

    @api.depends("contact_id")
    def _compute_account_id(self):
        for invitation in self:
            invitation.account_id = invitation.contact_id.commercial_partner_id
