from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..activity.club_activity import CANCELLED, CLOSED, HELD, INVITING
from ..program.club_membership_tier_mixin import MEMBERSHIP_TIERS
from ..record.rpc import for_records
from .guest_list import GuestList


class ClubActivitySeat(models.Model):
    """How many seats of an activity are set aside for a tier. Rule C4.

    (Where a person sits at a banquet is a `club.banquet.seat`.)
    """

    _name = "club.activity.seat"
    _description = "Seats for a Tier"
    _inherit = ["club.record.mixin", "club.membership.tier.mixin"]
    _order = "activity_id, tier_id desc"
    _rec_name = "tier_id"

    activity_id = fields.Many2one(
        "club.activity", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="activity_id.company_id", store=True, precompute=True
    )
    tier_id = fields.Many2one(
        "club.tier",
        required=True,
        ondelete="restrict",
        check_company=True,
        domain=MEMBERSHIP_TIERS,
    )
    seats = fields.Integer(
        "Guest Seats",
        required=True,
        help="Guests of this tier have these seats and no others. Tiers that have none "
        "set aside share the rest.",
    )
    taken = fields.Integer(
        compute="_compute_taken",
        compute_sudo=True,
        help="Guests of this tier who have a seat, without exceptions.",
    )

    _tier_uniq = models.UniqueIndex(
        "(activity_id, tier_id)", "Each tier has its seats once."
    )
    _seats = models.Constraint("CHECK(seats >= 0)", "Seats can't be negative.")

    @api.depends("activity_id.invitation_ids.state")
    def _compute_taken(self):
        counts = self.activity_id._count_seated_by_tier()
        for row in self:
            row.taken = counts.get((row.activity_id._origin, row.tier_id), 0)

    @api.constrains("seats", "tier_id", "activity_id")
    def _check_seats(self):
        self.activity_id._check_tier_seats()

    # === Changed: while there are seats to give === #

    def _club_after_create(self):
        super()._club_after_create()
        self._check_can_change()
        self._do_fill()

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        self._check_can_change()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        self._check_can_change()
        self._do_fill()

    @for_records
    def unlink(self):
        self._check_can_change()
        activities = self.activity_id
        result = super().unlink()
        _fill_seats(activities)
        return result

    def _check_can_change(self):
        for activity in self.activity_id:
            if activity.stage in (HELD, CLOSED, CANCELLED):
                raise UserError(
                    self.env._(
                        "“%s” is over: its seats stay as they were.", activity.theme
                    )
                )

    def _do_fill(self):
        """Check whether those who are seated still fit; let who waits move up."""
        for row in self:
            if row.seats < row.taken:
                raise ValidationError(
                    self.env._(
                        "%(taken)s guests of %(tier)s have a seat at "
                        "“%(activity)s”: set aside as many at least.",
                        taken=row.taken,
                        tier=row.tier_id.name,
                        activity=row.activity_id.theme,
                    )
                )
        _fill_seats(self.activity_id)


def _fill_seats(activities):
    """Let guests move up when there are more seats than before."""
    inviting_sudo = activities.sudo().filtered(lambda found: found.stage == INVITING)
    if inviting_sudo:
        GuestList(inviting_sudo).hold().place()
