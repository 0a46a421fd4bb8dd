from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...kernel.guest_states import SEATED
from ..activity.club_activity import CANCELLED, CLOSED, HELD, INVITING
from ..program.club_membership_tier_mixin import MEMBERSHIP_TIERS
from ..record.rpc import for_records


class ClubActivitySeat(models.Model):
    """Seats of an activity that are set aside for a tier. Rule C4."""

    _name = "club.activity.seat"
    _description = "Seats for a Tier"
    _inherit = ["club.record.mixin", "club.membership.tier.mixin"]
    _order = "activity_id, tier_id desc"
    _check_company_auto = True
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

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_can_change()
        rows._do_fill()
        return rows

    @for_records
    def write(self, vals):
        self._check_can_change()
        result = super().write(vals)
        self._check_can_change()
        self._do_fill()
        return result

    @for_records
    def unlink(self):
        self._check_can_change()
        activities = self.activity_id
        result = super().unlink()
        activities._fill_guest_seats()
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
        self.activity_id._fill_guest_seats()


class ClubActivity(models.Model):
    _inherit = "club.activity"

    seat_ids = fields.One2many(
        "club.activity.seat", "activity_id", "Seats per Tier", copy=True
    )

    @api.constrains("headcount", "tier_id")
    def _check_tier_seats(self):
        """Refuse to set aside more seats than there are, or for who isn't entitled."""
        for activity in self.filtered("seat_ids"):
            aside = sum(activity.seat_ids.mapped("seats"))
            if aside > activity.headcount:
                raise ValidationError(
                    self.env._(
                        "“%(activity)s” has %(headcount)s seats, and %(aside)s are set "
                        "aside for tiers: set aside fewer.",
                        activity=activity.theme,
                        headcount=activity.headcount,
                        aside=aside,
                    )
                )
            groups = activity._get_tier_groups()
            for tier in activity.seat_ids.tier_id:
                if (
                    tier.group_id not in groups
                    or tier.sequence < activity.tier_id.sequence
                ):
                    raise ValidationError(
                        self.env._(
                            "%(tier)s isn't entitled to “%(activity)s”: no seats can "
                            "be set aside for it.",
                            tier=tier.name,
                            activity=activity.theme,
                        )
                    )

    def _count_seated_by_tier(self):
        """Return ``{(activity, tier): guests who have a seat}``, without exceptions."""
        invitations_sudo = self.env["club.invitation"].sudo()
        found = invitations_sudo._read_group(
            [
                ("activity_id", "in", self._origin.ids),
                ("state", "in", SEATED),
                ("exception_kind", "=", False),
            ],
            ["activity_id", "tier_id"],
            ["__count"],
        )
        return {(activity, tier): count for activity, tier, count in found}

    def _fill_guest_seats(self):
        """Let guests move up when there are more seats than before."""
        inviting = self.sudo().filtered(lambda activity: activity.stage == INVITING)
        if inviting:
            inviting._hold_guests()
            for activity in inviting:
                activity._place_guests()
