from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date
from odoo.tools.translate import LazyTranslate

from ..record.derived import differs
from ..record.navigate import open_list
from ..record.rpc import for_one

_lt = LazyTranslate(__name__)

ROOM, AFFILIATED = "room", "affiliated"
KINDS = [(ROOM, "Club Room"), (AFFILIATED, "Affiliated Venue")]


class ClubVenue(models.Model):
    """A room of the club, or a venue that gives its members something. Rule C8."""

    _name = "club.venue"
    _description = "Venue"
    _inherit = ["club.record.mixin"]
    _order = "kind desc, sequence, name, id"
    _club_zeros = {"bookable_days": _lt("Any time ahead"), "capacity": _lt("No limit")}

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
    cooperation_id = fields.Many2one(
        "club.cooperation",
        "Contract",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('approval_state', '=', 'done'), ('partner_id', '=?', partner_id)]",
        help="The cooperation in effect with whoever runs it: number and period come "
        "from it.",
    )
    contract_number = fields.Char(
        compute="_compute_contract", store=True, readonly=False
    )
    date_from = fields.Date(
        "Contract From",
        compute="_compute_contract",
        store=True,
        readonly=False,
        help="Empty: since ever.",
    )
    date_to = fields.Date(
        "Contract To",
        compute="_compute_contract",
        store=True,
        readonly=False,
        help="Empty: until further notice.",
    )
    capacity = fields.Integer(help="How many people at once. 0: not limited.")
    bookable_days = fields.Integer(
        "Bookable Days Ahead",
        help="How many days ahead accounts may book it; tiers with priority booking, "
        "as many days earlier as that benefit says. 0: any time ahead.",
    )
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
    _bookable_days = models.Constraint(
        "CHECK(bookable_days BETWEEN 0 AND 3650)",
        "A venue is booked from 0 to 3,650 days ahead.",
    )

    @api.depends(
        *("cooperation_id.contract_number", "cooperation_id.date_from"),
        "cooperation_id.date_to",
    )
    def _compute_contract(self):
        """Take number and period from the contract; what has none keeps its own."""
        for venue in self:
            contract = venue.cooperation_id
            number = contract.contract_number or contract.name
            venue.contract_number = number or venue.contract_number
            venue.date_from = contract.date_from or venue.date_from
            venue.date_to = contract.date_to or venue.date_to

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

    @api.constrains("cooperation_id", "partner_id", "date_from", "date_to")
    def _check_cooperation_id(self):
        """The contract is in effect, and its partner's and period's are the venue's."""
        for venue in self:
            # Whoever keeps the register may not read every contract.
            contract_sudo = venue.cooperation_id.sudo()
            if not contract_sudo:
                continue
            values = {"venue": venue.name, "contract": contract_sudo.name}
            if not contract_sudo.effective_on:
                raise ValidationError(
                    self.env._(
                        "%(contract)s isn't in effect: %(venue)s can't go by it yet.",
                        **values,
                    )
                )
            partner = venue.partner_id.commercial_partner_id
            if partner != contract_sudo.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contract)s is with somebody else than who runs %(venue)s: "
                        "choose their own contract.",
                        **values,
                    )
                )
            period = (contract_sudo.date_from, contract_sudo.date_to)
            if (venue.date_from, venue.date_to) != period:
                raise ValidationError(
                    self.env._(
                        "The period of %(venue)s is that of its contract %(contract)s: "
                        "it isn't changed here.",
                        **values,
                    )
                )

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
