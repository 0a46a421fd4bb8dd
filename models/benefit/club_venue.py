from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..record.derived import differs
from ..record.navigate import open_list
from ..record.rpc import for_one

ROOM, AFFILIATED = "room", "affiliated"
KINDS = [(ROOM, "Club Room"), (AFFILIATED, "Affiliated Venue")]


class ClubVenue(models.Model):
    """A room of the club, or a venue that gives its members something. Rule C8."""

    _name = "club.venue"
    _description = "Venue"
    _inherit = ["club.record.mixin"]
    _order = "kind desc, sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    kind = fields.Selection(KINDS, required=True, default=ROOM)
    partner_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Who runs an affiliated venue.",
    )
    contract_number = fields.Char()
    date_from = fields.Date("Contract From", help="Empty: since ever.")
    date_to = fields.Date("Contract To", help="Empty: until further notice.")
    capacity = fields.Integer(help="How many people at once. 0: not limited.")
    is_exclusive = fields.Boolean(
        "One Party at a Time",
        default=True,
        help="Bookings don't overlap. Without it, several parties may be there at "
        "once, as in a restaurant. A change holds for bookings made from then on.",
    )
    address = fields.Char()
    opening = fields.Char("Opening Hours", translate=True)
    benefit_ids = fields.One2many(
        "club.venue.benefit", "venue_id", "Benefits by Tier", copy=True
    )
    note = fields.Text()
    booking_count = fields.Integer("Bookings", compute="_compute_booking_count")

    _contract = models.Constraint(
        "CHECK(date_from <= date_to)", "A contract can't end before it begins."
    )
    _capacity = models.Constraint(
        "CHECK(capacity >= 0)", "A venue can't have room for fewer than nobody."
    )

    def _compute_booking_count(self):
        counts = dict(
            self.env["club.venue.booking"]._read_group(
                [("venue_id", "in", self.ids), ("state", "!=", "cancelled")],
                ["venue_id"],
                ["__count"],
            )
        )
        for venue in self:
            venue.booking_count = counts.get(venue._origin, 0)

    @api.constrains("kind", "partner_id")
    def _check_partner_id(self):
        for venue in self:
            if venue.kind == AFFILIATED and not venue.partner_id:
                raise ValidationError(
                    self.env._(
                        "%s is an affiliated venue: choose the partner who runs it.",
                        venue.name,
                    )
                )

    # === CRUD === #

    def _check_club_fixed(self, vals):
        """Refuse to give a venue with bookings to another company."""
        super()._check_club_fixed(vals)
        for venue in self if "company_id" in vals else ():
            if differs(venue, "company_id", vals["company_id"]):
                venue._check_not_booked()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        for venue in self:
            venue._check_not_booked()

    def _check_not_booked(self):
        self.ensure_one()
        # sudo: also bookings that the user doesn't see
        bookings_sudo = self.env["club.venue.booking"].sudo()
        if bookings_sudo.search_count([("venue_id", "=", self.id)], limit=1):
            raise UserError(
                self.env._(
                    "%s has bookings and stays with its company: archive it instead.",
                    self.name,
                )
            )

    # === Actions === #

    @for_one
    def action_open_bookings(self):
        return open_list(self, "club_venue_booking_action", "venue_id")

    # === Booking === #

    def _check_can_take(self, first, last, headcount):
        """Refuse what lies outside the contract or doesn't fit in. Rule C8.

        :param first: first day of the booking, where the company is
        :param last: last day
        """
        self.ensure_one()
        if not self.active:
            raise ValidationError(
                self.env._("%s is archived: choose another venue.", self.name)
            )
        if self.date_from and first < self.date_from:
            raise ValidationError(
                self.env._(
                    "The contract with %(venue)s begins on %(day)s: choose a later "
                    "time, or another venue.",
                    venue=self.name,
                    day=format_date(self.env, self.date_from),
                )
            )
        if self.date_to and last > self.date_to:
            raise ValidationError(
                self.env._(
                    "The contract with %(venue)s ends on %(day)s: choose an earlier "
                    "time, or another venue.",
                    venue=self.name,
                    day=format_date(self.env, self.date_to),
                )
            )
        if self.capacity and headcount > self.capacity:
            raise ValidationError(
                self.env._(
                    "%(venue)s has room for %(capacity)s people, not for "
                    "%(headcount)s: choose a larger one.",
                    venue=self.name,
                    capacity=self.capacity,
                    headcount=headcount,
                )
            )
