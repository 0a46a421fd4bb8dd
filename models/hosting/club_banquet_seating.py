"""Who sits where at a banquet: what the kernel proposes, as it is kept. Rule D11."""

from odoo import api, models
from odoo.exceptions import UserError

from ...kernel import seating
from ...kernel.seating import GUEST, HOST
from ..lock import opened
from ..rpc import for_one, for_records, without_client_context


class ClubBanquet(models.Model):
    _inherit = "club.banquet"

    @for_records
    def action_propose_seating(self):
        """Seat everybody by rank around those who were moved by hand. Rule D11.

        Where there are no tables yet, as many as are needed are added.
        """
        self = without_client_context(self)
        self.check_access("write")
        self._check_open()
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
        self._check_open()
        opened(self.seat_ids).write({"is_pinned": False})
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
            )
            for seat in people
        ]

    def _set_places(self, places):
        """Seat those who aren't pinned; who has no place stands.

        :param places: the kernel's, by the seat's id
        """
        self.ensure_one()
        # What the user may write was asked of the banquet; asked again for each seat,
        # it would take a query for each.
        seats_sudo = opened(self.seat_ids.filtered(lambda s: not s.is_pinned).sudo())
        # All stand up first: no two may have one seat in between, either.
        seats_sudo.write({"table_id": False, "number": 0})
        self.env.flush_all()
        for seat_sudo in seats_sudo:
            place = places.get(seat_sudo.id)
            if place:
                seat_sudo.write({"table_id": place.table, "number": place.seat})
        self.env.flush_all()

    def _add_missing_tables(self):
        """Add the tables that the list needs, if none was set up by hand."""
        self.ensure_one()
        if self.table_ids:
            return
        count = -(-len(self.seat_ids) // self.table_size)
        opened(self.env["club.banquet.table"]).create(
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
