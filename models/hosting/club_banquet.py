from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import float_compare
from odoo.tools.misc import formatLang

from ...kernel import seating
from ...kernel.guest_states import SEATED
from ...kernel.seating import GUEST, HOST
from ..activity.change import Consequence
from ..approval.states import DONE
from ..record.hold import hold
from ..record.rpc import for_one, for_records, without_client_context
from .club_hosting_mixin import CANCELLED, HELD
from .cost_sql import banquet_query

DRAFT, CONFIRMED = "draft", "confirmed"

STATES = [
    (DRAFT, "Draft"),
    (CONFIRMED, "Confirmed"),
    (HELD, "Held"),
    (CANCELLED, "Cancelled"),
]

GRADES = [
    ("state", "Highest"),
    ("business", "Business"),
    ("standard", "Standard"),
    ("working", "Working Meal"),
]


class ClubBanquet(models.Model):
    """A meal to which the club invites: who, why, what is served, who sits where. D11.

    What it costs is applied for as part of an activity (C3): a banquet with a budget is
    confirmed once the application of its activity is signed, and the budgets of an
    activity's banquets together never exceed the estimate that was signed.
    """

    _name = "club.banquet"
    _description = "Banquet"
    _inherit = ["club.hosting.mixin"]
    _order = "date_begin desc, id desc"
    _club_sequence = "BAN"
    _club_texts = ("purpose", "kitchen_note", "dress")

    _club_draft = DRAFT
    _club_subject = "purpose"
    _club_fixed = ("company_id", "unit_id", "activity_id", "budget")
    _club_free = ("kitchen_note",)
    _club_shares_cost = True

    purpose = fields.Char("Occasion", required=True, tracking=True)
    purpose_id = fields.Many2one(
        "club.banquet.purpose",
        "Banquet Purpose",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    state = fields.Selection(
        STATES,
        default=DRAFT,
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    principal_id = fields.Many2one(
        "res.partner",
        "Principal Guest",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("is_company", "=", False)],
        help="Has the seat at the host's right.",
    )
    account_id = fields.Many2one(
        "res.partner",
        compute="_compute_account_id",
        store=True,
        precompute=True,
        index=True,
        ondelete="restrict",
        help="The principal guest's company. Its account manager sees the banquet.",
    )
    host_id = fields.Many2one(
        "res.users",
        "Main Host",
        ondelete="restrict",
        domain=[("share", "=", False)],
        help="Has the seat that faces the door.",
    )
    form_id = fields.Many2one(
        "club.banquet.form",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["club.banquet.form"].search([], limit=1),
    )
    is_seated = fields.Boolean(related="form_id.is_seated")
    grade = fields.Selection(
        GRADES, "Hospitality Level", required=True, default="business"
    )
    date_begin = fields.Datetime("Begins", required=True, index=True, tracking=True)
    date_end = fields.Datetime("Ends")
    agreed_begin = fields.Datetime(
        "Time Agreed", readonly=True, copy=False, help="For which time they agreed."
    )
    agreed_with_id = fields.Many2one(
        "res.partner",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    agreed_on = fields.Date(readonly=True, copy=False)
    agreed_by_id = fields.Many2one(
        "res.users",
        "Agreement Noted by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    is_date_agreed = fields.Boolean(
        "Date Agreed",
        compute="_compute_is_date_agreed",
        help="The principal guest has agreed to this very time: invitations print only "
        "then. When the time or the principal guest changes, it is asked again.",
    )
    place = fields.Char(tracking=True, help="The house, with its address.")
    room = fields.Char()
    dress = fields.Char("Dress Code", help="It stands on the invitation.")
    activity_id = fields.Many2one(
        "club.activity",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="What it belongs to, in whose application its cost is signed.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    budget = fields.Monetary(
        tracking=True, help="Company currency. Above 0, an activity carries it."
    )
    cost_per_head = fields.Monetary(
        compute="_compute_cost_per_head", help="The budget by all who are on the list."
    )
    table_size = fields.Integer(
        "Seats per Table",
        required=True,
        default=10,
        help="Of the tables that Propose Seating adds.",
    )
    seat_ids = fields.One2many("club.banquet.seat", "banquet_id", "Guests and Hosts")
    table_ids = fields.One2many("club.banquet.table", "banquet_id", "Tables")
    dish_ids = fields.One2many("club.banquet.dish", "banquet_id", "Menu", copy=True)
    kitchen_note = fields.Text("Kitchen Notes")
    guest_count = fields.Integer("Guests", compute="_compute_counts")
    host_count = fields.Integer("Hosts", compute="_compute_counts")
    unseated_count = fields.Integer("Without a Seat", compute="_compute_counts")
    seating_warning = fields.Text(compute="_compute_seating_warning")
    dish_warning_count = fields.Integer(
        "Dishes with Warnings", compute="_compute_dish_warning_count"
    )

    _dates = models.Constraint(
        "CHECK(date_end IS NULL OR date_begin <= date_end)",
        "A banquet can't end before it begins.",
    )
    _numbers = models.Constraint(
        "CHECK(budget >= 0 AND budget < 1e12 AND table_size BETWEEN 1 AND 40)",
        "The budget of a banquet is 0 or more and below 1,000,000,000,000, and a table "
        "has 1 to 40 seats.",
    )

    # === Computes === #

    @api.depends("principal_id")
    def _compute_account_id(self):
        for banquet in self:
            banquet.account_id = banquet.principal_id.commercial_partner_id

    @api.depends("date_begin", "principal_id", "agreed_begin", "agreed_with_id")
    def _compute_is_date_agreed(self):
        for banquet in self:
            banquet.is_date_agreed = (
                bool(banquet.agreed_on)
                and banquet.agreed_begin == banquet.date_begin
                and banquet.agreed_with_id == banquet.principal_id
            )

    @api.depends("seat_ids.side", "seat_ids.table_id")
    def _compute_counts(self):
        for banquet in self:
            seats = banquet.seat_ids
            guests = seats.filtered(lambda seat: seat.side == GUEST)
            banquet.guest_count = len(guests)
            banquet.host_count = len(seats) - len(guests)
            banquet.unseated_count = len(seats.filtered(lambda s: not s.table_id))

    @api.depends("budget", "seat_ids")
    def _compute_cost_per_head(self):
        for banquet in self:
            heads = len(banquet.seat_ids)
            banquet.cost_per_head = banquet.budget / heads if heads else 0

    @api.depends("dish_ids.ingredients", "dish_ids.name", "seat_ids.contact_id")
    @api.depends_context("uid", "company")
    def _compute_dish_warning_count(self):
        for banquet in self:
            banquet.dish_warning_count = len(banquet.dish_ids.filtered("taboo_warning"))

    @api.depends(
        *("seat_ids.rank", "seat_ids.side", "seat_ids.table_id", "seat_ids.number"),
        *("principal_id", "host_id", "table_ids.name"),
    )
    def _compute_seating_warning(self):
        """Say where hosts don't match their guests in rank. Rule D11."""
        for banquet in self:
            seats = banquet.seat_ids.filtered("table_id")
            places = {
                seat._origin.id: seating.Place(seat.table_id.id, seat.number)
                for seat in seats
                if seat._origin
            }
            origin = banquet._origin
            people = origin._get_people() if origin else []
            found = seating.find_mismatches(people, places)
            banquet.seating_warning = "\n".join(map(origin._tell_mismatch, found))

    def _tell_mismatch(self, mismatch):
        seats = self.env["club.banquet.seat"]
        table = self.env["club.banquet.table"].browse(mismatch.table)
        guest = seats.browse(mismatch.guest)
        if mismatch.host is None:
            return self.env._("%s has no host.", table.name)
        return self.env._(
            "%(table)s: %(host)s is ranked well below %(guest)s.",
            table=table.name,
            host=seats.browse(mismatch.host).display_name,
            guest=guest.display_name,
        )

    @api.constrains("principal_id")
    def _check_principal_id(self):
        for banquet in self:
            if banquet.principal_id.is_company:
                raise ValidationError(
                    self.env._(
                        "%s is a company: the principal guest is a person of it.",
                        banquet.principal_id.display_name,
                    )
                )

    # === Buttons === #

    @for_records
    def action_confirm(self):
        """Settle it: its cost is signed, its principal guest is on the list. D11.

        :raises UserError: when nobody signed what it costs
        """
        self.check_access("write")
        for banquet in self:
            # One after the other: each uses up what the next one may cost.
            banquet._check_budget()
            banquet._add_principals()
            banquet._set_state((DRAFT,), CONFIRMED)
        return True

    @for_records
    def action_agree_date(self):
        """Note down that the principal guest agreed to the time. Rule D11."""
        self.check_access("write")
        self._check_state(*self._get_open_states())
        for banquet in without_client_context(self):
            banquet._write_guarded(
                {
                    "agreed_begin": banquet.date_begin,
                    "agreed_with_id": banquet.principal_id.id,
                    "agreed_on": banquet.company_id._club_today(),
                    "agreed_by_id": self.env.uid,
                }
            )
        return True

    def _check_date_agreed(self):
        """Refuse to invite for a time that the principal guest hasn't agreed to. D11.

        :raises UserError: naming the banquet and its principal guest
        """
        # sudo: a refusal names the principal guest
        for banquet in self:
            if not banquet.is_date_agreed:
                raise UserError(
                    self.env._(
                        "%(guest)s hasn't agreed to %(time)s for %(banquet)s yet: "
                        "agree on the date with the principal guest before "
                        "invitations are printed.",
                        guest=banquet.principal_id.sudo().name,
                        time=banquet._format_moment(banquet.date_begin),
                        banquet=banquet.display_name,
                    )
                )

    @for_records
    def action_hold(self):
        """Say that it took place; who sat where stays as it was."""
        return self._set_state((CONFIRMED,), HELD)

    @for_one
    def action_add_guests(self):
        """Put those on the list who accepted the activity's invitation. Rule C4.

        Only guests whom the user may see are added.
        """
        self.check_access("write")
        invitations = self.env["club.invitation"].search(
            [("activity_id", "=", self.activity_id.id), ("state", "in", SEATED)]
        )
        banquet = without_client_context(self)
        # sudo: everybody on the list, seen or not
        listed = banquet.sudo().seat_ids.contact_id
        banquet.env["club.banquet.seat"].create(
            [
                {"banquet_id": self.id, "side": GUEST, "contact_id": contact.id}
                for contact in invitations.contact_id - listed
            ]
        )
        return True

    def _add_principals(self):
        """Put principal guest and main host on the list where they are missing."""
        vals_list = []
        # sudo: everybody on the list, seen or not
        for banquet in self.sudo():
            seats = banquet.seat_ids
            if banquet.principal_id not in seats.contact_id:
                vals_list.append(
                    {
                        "banquet_id": banquet.id,
                        "side": GUEST,
                        "contact_id": banquet.principal_id.id,
                        "rank": 1,
                    }
                )
            if banquet.host_id - seats.user_id:
                vals_list.append(
                    {
                        "banquet_id": banquet.id,
                        "side": HOST,
                        "user_id": banquet.host_id.id,
                        "rank": 1,
                    }
                )
        without_client_context(self).env["club.banquet.seat"].create(vals_list)

    # === What it costs. Rule C3 === #

    def _check_budget(self):
        """Refuse a cost that no signed application carries. Rule C3."""
        self.ensure_one()
        if not self.budget:
            return
        if self.state == DRAFT and not self.activity_id:
            raise UserError(
                self.env._(
                    "%(banquet)s costs %(budget)s: link the activity whose application "
                    "covers it.",
                    banquet=self.display_name,
                    budget=self._format_amount(self.budget),
                )
            )
        # sudo: who confirms may not see every activity; that it is signed isn't secret
        activity_sudo = self.activity_id.sudo()
        if activity_sudo.approval_state != DONE:
            raise UserError(
                self.env._(
                    "%(banquet)s costs %(budget)s, and the application of "
                    "%(activity)s isn't signed yet: it has to be, first.",
                    banquet=self.display_name,
                    budget=self._format_amount(self.budget),
                    activity=activity_sudo.display_name,
                )
            )
        spent = self.budget + self._get_budget_of_others(activity_sudo)
        estimate = activity_sudo.cost_estimate
        if float_compare(spent, estimate, precision_digits=2) > 0:
            raise UserError(
                self.env._(
                    "The banquets of %(activity)s come to %(spent)s with %(banquet)s; "
                    "%(estimate)s were signed: apply for more, or lower the budget.",
                    activity=activity_sudo.display_name,
                    spent=self._format_amount(spent),
                    banquet=self.display_name,
                    estimate=self._format_amount(estimate),
                )
            )

    def _get_budget_of_others(self, activity_sudo):
        """Return what other banquets of the activity cost that are settled.

        Whoever confirms another one at the same moment waits, and sees this one.
        """
        hold(activity_sudo)
        others_sudo = self.sudo().search(
            [
                ("activity_id", "=", activity_sudo.id),
                ("id", "!=", self.id),
                ("state", "in", (CONFIRMED, HELD)),
            ]
        )
        return sum(others_sudo.mapped("budget"))

    def _format_amount(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    @api.model
    def _get_cost_sql(self):
        return banquet_query()

    # === With its activity === #

    def _get_consequence(self, change):
        """Return what becomes of the banquet; None where nothing does."""
        self.ensure_one()
        users = self.user_id | self.host_id | self.seat_ids.user_id
        people = users.filtered("active").partner_id
        values = {"banquet": self.display_name}
        now = fields.Datetime.now()
        if self.date_begin <= now:
            text = self.env._(
                "%(banquet)s has begun already: say whether it was held.", **values
            )
            return Consequence(text, people, stays=True)
        if change.is_cancelled:
            return Consequence(
                self.env._("%(banquet)s is cancelled.", **values),
                people,
                lambda: self._set_state(self._get_open_states(), CANCELLED),
            )
        moved = self._prepare_move(change)
        if not moved:
            return None
        begin = moved.get("date_begin", self.date_begin)
        values["time"] = self._format_moment(begin)
        if change.distance and begin <= now:
            text = self.env._(
                "%(banquet)s stays where it is: at %(time)s it would lie in the past.",
                **values,
            )
            return Consequence(text, people, stays=True)
        values["place"] = moved.get("place", self.place) or ""
        return Consequence(
            self.env._("%(banquet)s: %(time)s, %(place)s", **values)
            if values["place"]
            else self.env._("%(banquet)s: %(time)s", **values),
            people,
            lambda: self.write(moved),
        )

    def _prepare_move(self, change):
        """Return the values of the banquet once it has followed. Its place follows
        where it was the activity's.
        """
        moved = {}
        if change.distance:
            moved["date_begin"] = self.date_begin + change.distance
            if self.date_end:
                moved["date_end"] = self.date_end + change.distance
        place = change.get_place(self.place)
        if place != self.place:
            moved["place"] = place
        return moved

    # === Who sits where: what the kernel proposes, as it is kept. Rule D11 === #

    @for_records
    def action_propose_seating(self):
        """Seat everybody by rank around those who were moved by hand. Rule D11.

        Where there are no tables yet, as many as are needed are added.
        """
        self = without_client_context(self)
        self.check_access("write")
        self._check_club_open()
        self._add_principals()
        for banquet in self:
            banquet._add_missing_tables()
            banquet._do_propose_seating()
        return True

    @for_records
    def action_release_seats(self):
        """Forget who was moved by hand, so that all are proposed anew."""
        self = without_client_context(self)
        self.check_access("write")
        self._check_club_open()
        self.seat_ids._write_guarded({"is_pinned": False})
        return True

    @for_one
    def get_seating_plan(self):
        """Return tables and people for the plan that the form draws.

        :return: ``{"tables": [{id, name, column, row, seats: [{number, x, y}]}],
            "people": [{id, display_name, title, side, table_id, number, …}],
            "is_open": whether the user may move them}``
        """
        self.check_access("read")
        cells = self.table_ids._get_cells()
        return {
            "tables": [
                {
                    "id": table.id,
                    "name": table.name,
                    "column": cells[table][0],
                    "row": cells[table][1],
                    "seats": [
                        {"number": number, "x": across, "y": down}
                        for number, (across, down) in table._get_positions().items()
                    ],
                }
                for table in self.table_ids
            ],
            "people": self.seat_ids.read(
                [
                    *("display_name", "title", "side", "rank", "table_id", "number"),
                    *("is_pinned", "is_principal"),
                ],
                load=None,
            ),
            "is_open": self._is_open() and self.has_access("write"),
        }

    def _is_open(self):
        self.ensure_one()
        return self.state in self._get_open_states()

    def _do_propose_seating(self):
        """Ask the kernel, and seat people as it says."""
        self.ensure_one()
        tables = [table._to_kernel() for table in self.table_ids]
        seated = self.seat_ids.filtered(lambda seat: seat.is_pinned and seat.table_id)
        pinned = {
            seat.id: seating.Place(seat.table_id.id, seat.number) for seat in seated
        }
        try:
            proposal = seating.propose(tables, self._get_people(), pinned)
        except seating.NoSuchSeat as error:
            seat = self.seat_ids.browse(error.person)
            raise UserError(
                self.env._(
                    "%(person)s was put on seat %(number)s of %(table)s, which isn't "
                    "there: choose another one.",
                    person=seat.display_name,
                    number=seat.number,
                    table=seat.table_id.name,
                )
            ) from error
        self._set_places(proposal.places)

    def _get_people(self):
        """Return those on the list for the kernel, the first ones first.

        Nobody has a higher rank than the principal guest, nor than the main host.
        """
        self.ensure_one()
        ranks = dict.fromkeys((GUEST, HOST), 99)
        for seat in self.seat_ids:
            ranks[seat.side] = min(ranks[seat.side], seat.rank)
        people = sorted(
            self.seat_ids,
            key=lambda s: (not s.is_principal, s.rank, s.sequence, s.id),
        )
        return [
            seating.Person(
                seat.id,
                seat.side,
                ranks[seat.side] if seat.is_principal else seat.rank,
                seat.account_id.id or None,
                seat.role or None,
            )
            for seat in people
        ]

    def _set_places(self, places):
        """Seat those who aren't pinned; who has no place stands.

        :param places: the kernel's, by the seat's id
        """
        self.ensure_one()
        # sudo: what the user may write was asked of the banquet; asked again for each
        # seat, it would take a query for each
        seats_sudo = self.seat_ids.filtered(lambda seat: not seat.is_pinned).sudo()
        # All stand up first: no two may have one seat in between, either.
        seats_sudo._write_guarded({"table_id": False, "number": 0})
        self.env.flush_all()
        for seat_sudo in seats_sudo:
            if place := places.get(seat_sudo.id):
                seat_sudo._write_guarded(
                    {"table_id": place.table, "number": place.seat}
                )
        self.env.flush_all()

    def _add_missing_tables(self):
        """Add the tables that the list needs, if none was set up by hand."""
        self.ensure_one()
        if self.table_ids:
            return
        count = -(-len(self.seat_ids) // self.table_size)
        self.env["club.banquet.table"]._create_guarded(
            [
                {
                    "banquet_id": self.id,
                    "seats": self.table_size,
                    "is_main": not number,
                    **self._get_default_place(number, count),
                }
                for number in range(count)
            ]
        )

    @staticmethod
    def _get_default_place(number, count):
        """Two abreast before the main table, the right one first; a last one alone in
        the middle.
        """
        if not number:
            return {"row": 1, "column": 0}
        is_alone = number % 2 and number == count - 1
        side = 1 if number % 2 else -1
        return {"row": (number + 1) // 2, "column": 0 if is_alone else side}

    @api.model
    def _domain_of_person(self, ids, account_id):
        """Those to which he came, and those of his account. Rule C7."""
        people = [("principal_id", "in", ids), ("seat_ids.contact_id", "in", ids)]
        accounts = ("account_id", "seat_ids.account_id")
        return Domain.OR(
            Domain(*term)
            for term in [*people, *((name, "=", account_id) for name in accounts)]
        )
