from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...kernel import taboos
from ...kernel.seating import GUEST, HOST, HOSTESS, SPOUSE
from ..record.lock import is_open
from ..record.names import join_clauses
from ..record.rpc import for_one, for_records, is_id

SIDES = [(GUEST, "Guest"), (HOST, "Host")]
ROLES = [(HOSTESS, "Hostess"), (SPOUSE, "Principal Guest's Spouse")]


class ClubBanquetSeat(models.Model):
    """A person's place at a banquet: who is on its list, and where he sits. Rule D11.

    A guest is a contact or just a name, a host is an employee. Whoever is seated by
    hand is pinned: proposals leave him where he is.
    """

    _name = "club.banquet.seat"
    _description = "Seat at a Banquet"
    _inherit = ["club.guest.mixin", "club.record.mixin"]
    _order = "banquet_id, table_id, number, side, rank, sequence, id"
    _club_texts = ("name", "title", "note", "address_form")
    _club_copies = {"contact_id": _club_texts}
    _club_parent = _guest_list = "banquet_id"
    _club_free = ("note",)

    banquet_id = fields.Many2one(
        "club.banquet", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="banquet_id.company_id", store=True)
    sequence = fields.Integer(default=10, help="Among those of one rank.")
    side = fields.Selection(SIDES, required=True, default=GUEST)
    contact_id = fields.Many2one(
        required=False, index="btree_not_null", domain=[("is_company", "=", False)]
    )
    user_id = fields.Many2one(
        "res.users",
        "Employee",
        index="btree_not_null",
        ondelete="restrict",
        domain=[("share", "=", False)],
    )
    name = fields.Char(help="Of somebody who is neither a contact nor an employee.")
    role = fields.Selection(
        ROLES,
        "Role at Table",
        help="The hostess sits opposite the main host, the principal guest's spouse at "
        "her right, whatever their rank.",
    )
    address_form = fields.Char(
        "Form of Address", help="Mr, Madam, Professor…: it stands on the cards."
    )
    title = fields.Char(
        "Job Title",
        compute="_compute_title",
        store=True,
        readonly=False,
        precompute=True,
        help="It stands on the cards.",
    )
    rank = fields.Integer(
        "Protocol Rank",
        required=True,
        default=3,
        help="1 is the highest. Guests and hosts have one scale: hosts should match "
        "the guests at their table.",
    )
    account_id = fields.Many2one(index="btree_not_null")
    is_principal = fields.Boolean(
        compute="_compute_is_principal", help="The principal guest, or the main host."
    )
    # Not ON DELETE SET NULL alone: a table that goes lets its people stand up.
    table_id = fields.Many2one(
        "club.banquet.table",
        index="btree_not_null",
        ondelete="set null",
        group_expand="_group_expand_tables",
    )
    number = fields.Integer(
        "Seat Number",
        aggregator=None,
        help="Seat 1 faces the door; numbers rise towards the host's right hand.",
    )
    is_pinned = fields.Boolean(
        "Moved by Hand", help="Proposals leave this person where he sits."
    )
    diet = fields.Char(
        compute="_compute_diet",
        help="From the member contact, for those who look after the account.",
    )
    is_diet_hidden = fields.Boolean(
        compute="_compute_diet",
        help="What the guest eats isn't known, or not for me to see.",
    )

    # Nobody sits on another's lap, not even for a moment between two clicks.
    _place_uniq = models.UniqueIndex(
        "(table_id, number) WHERE table_id IS NOT NULL",
        "Somebody sits on this seat already.",
    )
    _contact_uniq = models.UniqueIndex(
        "(banquet_id, contact_id) WHERE contact_id IS NOT NULL",
        "This person is on the list already.",
    )
    _user_uniq = models.UniqueIndex(
        "(banquet_id, user_id) WHERE user_id IS NOT NULL",
        "This person is on the list already.",
    )
    _role_uniq = models.UniqueIndex(
        "(banquet_id, role) WHERE role IS NOT NULL",
        "A banquet has one hostess, and its principal guest one spouse.",
    )
    _role = models.Constraint(
        f"CHECK(role IS NULL OR role = '{HOSTESS}' AND side = '{HOST}'"
        f" OR role = '{SPOUSE}' AND side = '{GUEST}')",
        "The hostess is one of the hosts, the principal guest's spouse a guest.",
    )
    _somebody = models.Constraint(
        "CHECK(contact_id IS NOT NULL OR user_id IS NOT NULL"
        " OR coalesce(name, '') <> '')",
        "Choose a contact or an employee, or enter a name.",
    )
    _number = models.Constraint(
        "CHECK(rank BETWEEN 1 AND 99 AND number >= 0"
        " AND (table_id IS NULL OR number > 0))",
        "Ranks are from 1 to 99, and whoever sits at a table has a seat there.",
    )

    # === Computes === #

    @api.depends("contact_id", "user_id")
    def _compute_title(self):
        for seat in self:
            partner = seat.contact_id or seat.user_id.partner_id
            seat.title = partner.function or seat.title

    @api.depends(
        *("side", "contact_id", "user_id"),
        *("banquet_id.principal_id", "banquet_id.host_id"),
    )
    def _compute_is_principal(self):
        for seat in self:
            banquet = seat.banquet_id
            first, person = (
                (banquet.host_id, seat.user_id)
                if seat.side == HOST
                else (banquet.principal_id, seat.contact_id)
            )
            seat.is_principal = bool(first) and first == person

    @api.depends("contact_id.name", "user_id.name", "name")
    def _compute_display_name(self):
        for seat in self:
            # sudo: every employee reads who a partner is; a user's own record may be
            # closed
            partner = seat.contact_id or seat.user_id.sudo().partner_id
            seat.display_name = partner.sudo().name or seat.name or ""

    @api.depends("contact_id", "company_id")
    @api.depends_context("uid", "company", "lang")
    def _compute_diet(self):
        known = self._get_profiles()
        for seat in self:
            profiles = known.get(seat.contact_id._origin.id)
            texts = profiles and [
                text for p in profiles for text in (p.diet, p.taboos) if text
            ]
            seat.diet = join_clauses(self.env, dict.fromkeys(texts or ()))
            seat.is_diet_hidden = bool(seat.contact_id) and not profiles

    def _get_profiles(self):
        """Return what is known of the contacts, as far as the user may read it. A8.

        Never more, whatever calls it: not as superuser for somebody else.

        :return: ``{contact id: profiles}``
        """
        profiles = self.env["club.contact.profile"].with_user(self.env.uid)
        if not profiles.has_access("read"):
            return {}
        found = profiles.search_fetch(
            [
                ("contact_id", "in", self.contact_id._origin.ids),
                ("company_id", "in", self.company_id._origin.ids),
            ],
            ["contact_id", "diet", "taboos"],
        )
        return {
            contact.id: of_contact
            for contact, of_contact in found.grouped("contact_id").items()
        }

    def _get_avoided(self):
        """Return ``{seat: what the guest avoids}``, as far as the user may read it."""
        known = self._get_profiles()
        return {
            seat: [
                word
                for profile in known.get(seat.contact_id._origin.id, ())
                for word in taboos.find_avoided(profile.diet, profile.taboos)
            ]
            for seat in self
        }

    @api.model
    def _group_expand_tables(self, tables, domain):
        """Show empty tables of the banquet, too: one drags people to them."""
        banquets = self.search(domain).banquet_id
        return banquets.table_ids | tables

    # === Constraints === #

    @api.constrains("table_id", "number", "banquet_id")
    def _check_place(self):
        for seat in self:
            table = seat.table_id
            if not table:
                continue
            if table.banquet_id != seat.banquet_id:
                raise ValidationError(
                    self.env._(
                        "%(table)s belongs to another banquet than %(person)s.",
                        table=table.name,
                        person=seat.display_name,
                    )
                )
            if seat.number > table.seats:
                raise ValidationError(
                    self.env._(
                        "%(table)s has %(seats)s seats: there is no seat %(number)s.",
                        table=table.name,
                        seats=table.seats,
                        number=seat.number,
                    )
                )

    @api.constrains("contact_id", "user_id", "banquet_id")
    def _check_employee_once(self):
        """An employee isn't on the list as a contact besides: no index sees that."""
        for banquet in self.banquet_id:
            # sudo: everybody on the list, seen or not
            seats = banquet.sudo().seat_ids
            count = Counter(seat._get_person() for seat in seats)
            for seat in self.sudo() & seats:
                person = seat._get_person()
                if person and count[person] > 1:
                    raise ValidationError(
                        self.env._(
                            "%(person)s is on the list of %(banquet)s already.",
                            person=person.display_name,
                            banquet=banquet.display_name,
                        )
                    )

    def _get_addressed_name(self):
        """Return the name with the form of address, after it as Chinese has it."""
        self.ensure_one()
        name, form = self.display_name, (self.address_form or "").strip()
        if not form:
            return name
        # Chinese puts 先生 after the name and no space between them.
        return f"{form} {name}" if form.isascii() else f"{name}{form}"

    def _get_person(self):
        return self.contact_id or self.user_id.partner_id

    # === CRUD === #

    @for_records
    def write(self, vals):
        """Let each of many find a seat for himself."""
        if len(self) > 1 and vals.get("table_id") and not is_open(self.env):
            for seat in self:
                seat.write(vals)
            return True
        return super().write(vals)

    def _club_prepare(self, values, is_new=False):
        """Whoever is put at a table by hand is pinned; who stands up no longer is."""
        values = super()._club_prepare(values, is_new=is_new)
        if is_open(self.env):
            return values
        if values.get("table_id"):
            return self._prepare_place(values)
        if not is_new and "table_id" in values:
            return {**values, "number": 0, "is_pinned": False}
        if not is_new and "number" in values:
            return {"is_pinned": True, **values}
        return values

    def _prepare_place(self, values):
        """Return the values of somebody whom a client puts at a table: on its first
        free seat unless one is named.

        :raises UserError: when none is free
        """
        values = {"is_pinned": True, **values}
        if values.get("number") or not is_id(values["table_id"]):
            return values
        self.check_access("write")
        table = self.env["club.banquet.table"].browse(values["table_id"])
        table.check_access("read")
        side = values.get("side") or self.side or GUEST
        values["number"] = table._get_free_number(side)
        if not values["number"]:
            raise UserError(self.env._("%s is full: choose another table.", table.name))
        return values

    # === Moving by hand === #

    @for_one
    def move_to(self, table_id=False, number=0):
        """Put somebody on a seat by hand; who sits there takes the seat left.

        :param table_id: the table; none: he stands
        :param number: the seat; none: the first that is free
        """
        seat = self.with_context(club_lock=None)
        seat.check_access("write")
        seat.banquet_id._check_club_open()
        if not is_id(table_id) or not table_id:
            return seat.write({"table_id": False})
        table = seat.banquet_id.table_ids.filtered(lambda t: t.id == table_id)
        if not table:
            raise UserError(self.env._("Choose a table of this banquet."))
        if type(number) is not int or not 0 <= number <= table.seats:
            raise UserError(
                self.env._(
                    "%(table)s has seats 1 to %(seats)s.",
                    table=table.name,
                    seats=table.seats,
                )
            )
        other = seat.search(
            [
                ("table_id", "=", table.id),
                ("number", "=", number),
                ("id", "!=", seat.id),
            ]
        )
        if not other:
            return seat.write({"table_id": table.id, "number": number})
        left = {"table_id": seat.table_id.id, "number": seat.number}
        other.write({"table_id": False})
        self.env.flush_all()
        seat.write({"table_id": table.id, "number": number})
        self.env.flush_all()
        if left["table_id"]:
            other.write(left)
        return True

    # === Merging contacts === #

    @api.model
    def _domain_of(self, partners):
        """Also the seats of employees: one may be on the list as a contact, too."""
        return [
            "|",
            ("contact_id", "in", partners.ids),
            ("user_id.partner_id", "in", partners.ids),
        ]

    def _get_merge_rank(self):
        """Who has a place at a table stays, by hand sooner than by a proposal."""
        return (not self.table_id, not self.is_pinned, self.rank, self.id)

    def _give_up_place(self, kept):
        """Role and form of address stay with the person."""
        values = {
            name: kept[name] or next(filter(None, self.mapped(name)), False)
            for name in ("role", "address_form")
        }
        # Only one row has the role: it leaves the one that goes before it comes.
        self._write_guarded({"role": False})
        self.flush_recordset(["role"])
        kept._write_guarded(values)
        return super()._give_up_place(kept)
