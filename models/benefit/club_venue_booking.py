from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

from ..activity.change import Consequence
from ..activity.stages import CANCELLED as ACTIVITY_CANCELLED
from ..contact.looked_after import unit_of
from ..record.accounts import check_contact
from ..record.lock import is_open
from ..record.names import add_title
from ..record.rpc import for_records
from .priority import check_days_ahead

BOOKED, DONE, CANCELLED = "booked", "done", "cancelled"
STATES = [(BOOKED, "Booked"), (DONE, "Used"), (CANCELLED, "Cancelled")]


class ClubVenueBooking(models.Model):
    """A club room or an affiliated venue, from one time to another. Rule C8.

    Two bookings of a venue that takes one party at a time never overlap: PostgreSQL
    keeps them apart. One may begin the moment another ends.
    """

    _name = "club.venue.booking"
    _description = "Venue Booking"
    _inherit = ["club.record.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "purpose"
    _club_texts = ("purpose",)

    # What stays once it is over.
    _club_draft = BOOKED
    _club_accounts = ("account_id",)
    _club_fixed = (
        *("venue_id", "date_from", "date_to", "purpose", "activity_id", "account_id"),
        *("contact_id", "headcount"),
    )

    venue_id = fields.Many2one(
        "club.venue", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="venue_id.company_id", store=True, precompute=True
    )
    color = fields.Integer(related="venue_id.color")
    is_exclusive = fields.Boolean(
        compute="_compute_is_exclusive",
        store=True,
        precompute=True,
        help="As the venue was when it was booked.",
    )
    date_from = fields.Datetime("From", required=True, index=True)
    date_to = fields.Datetime("To", required=True)
    purpose = fields.Char(required=True)
    activity_id = fields.Many2one(
        "club.activity",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    account_id = fields.Many2one(
        "res.partner",
        compute="_compute_account_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=[("parent_id", "=", False)],
        help="Which account uses it. Empty: the club itself.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('is_company', '=', False),"
        " ('commercial_partner_id', '=?', account_id)]",
    )
    headcount = fields.Integer(default=1)
    given = fields.Text(
        "What the Tier Gives",
        compute="_compute_given",
        help="What the venue gives members of the account's tier on that day; to "
        "whoever may read the account's standing.",
    )
    state = fields.Selection(
        STATES, default=BOOKED, required=True, readonly=True, copy=False, index=True
    )
    booked_by_id = fields.Many2one(
        "res.users",
        "Booked by",
        required=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )

    _dates = models.Constraint(
        "CHECK(date_from < date_to)", "A booking ends after it begins."
    )
    _headcount = models.Constraint(
        "CHECK(headcount >= 1)", "A booking is for one person at least."
    )
    # int4range(id, id, '[]') lets GiST compare plain integers without an extension;
    # a tsrange holds its begin and not its end, so touching bookings don't overlap.
    _no_clash = models.Constraint(
        "EXCLUDE USING gist ("
        " int4range(venue_id, venue_id, '[]') WITH =,"
        " tsrange(date_from, date_to) WITH &&)"
        " WHERE (is_exclusive AND state <> 'cancelled')",
        "The venue is taken at that time, by a booking that came first: choose another "
        "time or venue.",
    )

    # === Computes === #

    @api.depends("venue_id")
    def _compute_is_exclusive(self):
        for booking in self:
            booking.is_exclusive = booking.venue_id.is_exclusive

    @api.depends("contact_id")
    def _compute_account_id(self):
        for booking in self:
            contact = booking.contact_id
            booking.account_id = contact.commercial_partner_id or booking.account_id

    @api.depends("venue_id.name", "purpose")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for booking in self:
            booking.display_name = add_title(
                self.env, booking.venue_id.name, booking.purpose
            )

    @api.depends("venue_id", "account_id", "date_from")
    @api.depends_context("uid", "company", "lang")
    def _compute_given(self):
        """Tell the benefits of the highest tier that isn't above the account's."""
        self.given = False
        readable = self.account_id._origin._filter_club_readable()
        asked = self.filtered(
            lambda b: b.venue_id and b.date_from and b.account_id._origin in readable
        )
        # sudo: which of them count is judged below, by the day of each booking
        terms_sudo = (
            self.env["club.membership"]
            .sudo()
            .search(
                [("account_id", "in", asked.account_id.ids), ("state", "=", "valid")]
            )
        )
        for booking in asked:
            day = (booking.company_id or self.env.company)._club_day(booking.date_from)
            held = terms_sudo.filtered(
                lambda m, booking=booking, day=day: (
                    m.account_id == booking.account_id._origin
                    and m.date_from <= day <= m.date_grace
                )
            ).tier_id
            found = booking.venue_id.benefit_ids._filter_for(held)
            booking.given = "\n".join(found._describe(held)) or False

    # === Constraints === #

    @api.constrains("venue_id", "account_id", "activity_id", "date_from")
    def _check_days_ahead(self):
        """Let accounts book so many days ahead; the club itself, any time. Rule D12."""
        for booking in self:
            if booking.account_id and not booking._is_of_activity():
                company = booking.company_id
                day = company._club_day(booking.date_from)
                account = booking.account_id
                check_days_ahead(booking.venue_id, account, day, company)

    def _is_of_activity(self):
        """Tell whether it is booked for the days of its activity, or moves with it.

        Otherwise whoever names any activity would book any day.
        """
        activity_sudo = self.activity_id.sudo()  # its days, whoever may read it
        if not activity_sudo or is_open(self.env):
            return bool(activity_sudo)
        day, first, last = map(
            self.company_id._club_day,
            (self.date_from, activity_sudo.date_begin, activity_sudo.date_end),
        )
        return first <= day <= last and activity_sudo.stage != ACTIVITY_CANCELLED

    @api.constrains("venue_id", "date_from", "date_to", "headcount")
    def _check_venue(self):
        for booking in self:
            company = booking.company_id
            booking.venue_id._check_can_take(
                company._club_day(booking.date_from),
                company._club_day(booking.date_to),
                booking.headcount,
            )

    @api.constrains("contact_id", "account_id")
    def _check_contact_id(self):
        for booking in self:
            check_contact(booking.contact_id, booking.account_id)

    # === CRUD === #

    def _get_fixed_refusal(self, names):
        return self._get_closed_refusal()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for booking in self:
            if booking.state == DONE:
                raise UserError(
                    self.env._(
                        "%s was used and stays: it isn't deleted.",
                        booking.display_name,
                    )
                )

    # === What is owed: a day for which it is booked === #

    @api.model
    def _get_today_sql(self):
        return SQL(
            """
            SELECT b.id AS res_id, %(kind)s::varchar AS kind, b.booked_by_id AS user_id,
                   b.account_id, b.contact_id, b.company_id, %(unit)s AS unit_id,
                   NULL::date AS date_from,
                   (b.date_from AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                   AS date_due
              FROM club_venue_booking b
         LEFT JOIN res_partner a ON a.id = b.account_id
             WHERE b.state = %(booked)s
            """,
            kind="venue",
            unit=unit_of(SQL("a"), SQL("b.company_id")),
            zone=self.env.company._club_zone(),
            booked=BOOKED,
        )

    def _get_today_texts(self):
        return {
            booking.id: self.env._(
                "%(venue)s is booked: %(purpose)s, %(moment)s",
                venue=booking.venue_id.name,
                purpose=booking.purpose,
                moment=format_datetime(
                    self.env,
                    booking.date_from,
                    tz=booking.company_id._club_zone(),
                    dt_format="short",
                ),
            )
            for booking in self
        }

    # === Actions === #

    @for_records
    def action_hold(self):
        """Say that the venue was used; it then counts for the account."""
        self.check_access("write")
        self._check_state(BOOKED)
        now = fields.Datetime.now()
        for booking in self:
            if booking.date_from > now:
                raise UserError(
                    self.env._(
                        "%s hasn't begun: say afterwards whether it was used.",
                        booking.display_name,
                    )
                )
        self._set_state((BOOKED,), DONE)
        return True

    @for_records
    def action_cancel(self):
        """Free the venue for others."""
        self._set_state((BOOKED,), CANCELLED)
        self.flush_recordset(["state"])  # before somebody else's is inserted
        return True

    # === With an activity === #

    def _get_booker(self):
        return self.booked_by_id.filtered("active").partner_id

    def _get_move_consequences(self, change):
        """Return what becomes of bookings of one venue when their activity moves.

        They follow together, or all stay: then each says why.
        """
        spans = {b: change.shift(b.date_from, b.date_to) for b in self}
        if all((b.date_from, b.date_to) == span for b, span in spans.items()):
            if not change.is_elsewhere:
                return []
            return [
                Consequence(
                    self.env._(
                        "%s stays booked, though the place is another one: cancel it "
                        "if it isn't needed any more.",
                        booking.display_name,
                    ),
                    booking._get_booker(),
                    stays=True,
                )
                for booking in self
            ]
        obstacle = self._get_move_obstacle(spans)
        if obstacle:
            return [
                Consequence(
                    self.env._(
                        "%(booking)s stays as it was booked: %(obstacle)s",
                        booking=booking.display_name,
                        obstacle=obstacle,
                    ),
                    booking._get_booker(),
                    stays=True,
                )
                for booking in self
            ]
        later = change.distance > timedelta()
        return [
            Consequence(
                self.env._(
                    "%(booking)s: %(begin)s to %(end)s",
                    booking=booking.display_name,
                    begin=booking._format_moment(begin),
                    end=booking._format_moment(end),
                ),
                booking._get_booker(),
                partial(booking._do_move, begin, end),
            )
            # One after the other, the way they go, so that none meets the next one.
            for booking, (begin, end) in sorted(
                spans.items(), key=lambda item: item[1], reverse=later
            )
        ]

    def _get_move_obstacle(self, spans):
        """Return why bookings of one venue can't have other times; None if they can.

        :param spans: ``{booking: (begin, end)}``
        """
        now = fields.Datetime.now()
        for booking, (begin, end) in spans.items():
            if begin <= now:
                return self.env._("it would have come to lie in the past.")
            company = booking.company_id
            try:
                booking.venue_id._check_can_take(
                    company._club_day(begin),
                    company._club_day(end),
                    booking.headcount,
                )
            except ValidationError as error:
                return error.args[0]
            clash = booking.is_exclusive and self.search(
                [
                    ("venue_id", "=", booking.venue_id.id),
                    ("is_exclusive", "=", True),
                    ("state", "!=", CANCELLED),
                    ("date_from", "<", end),
                    ("date_to", ">", begin),
                    ("id", "not in", self.ids),
                ],
                limit=1,
            )
            if clash:
                return self.env._(
                    "the venue is taken from %(begin)s to %(end)s.",
                    begin=self._format_moment(clash.date_from),
                    end=self._format_moment(clash.date_to),
                )
        return None

    def _do_move(self, begin, end):
        self._write_guarded({"date_from": begin, "date_to": end})
        self.flush_recordset(["date_from", "date_to"])  # before the next one moves

    def _format_moment(self, moment):
        """Return a moment as the company's clocks show it."""
        zone = self.company_id._club_zone()
        return format_datetime(self.env, moment, tz=zone, dt_format="short")

    def _forget_persons(self, ids):
        """Take people out of bookings: that the venue was used stays."""
        self.env.cr.execute(
            "UPDATE club_venue_booking SET contact_id = NULL"
            " WHERE contact_id = ANY(%s)",
            [list(ids)],
        )

    @api.model
    def _domain_of_person(self, ids, account_id):
        """Bookings of his account, on whoever's behalf they were made."""
        return Domain("account_id", "=", account_id)
