from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...kernel import seating
from ..record.rpc import is_id
from ..record.values import check_dicts


class ClubBanquetTable(models.Model):
    """A round table of a banquet, and where it stands in the hall. Rule D11."""

    _name = "club.banquet.table"
    _description = "Table of a Banquet"
    _inherit = ["club.record.mixin"]
    _order = "banquet_id, sequence, id"
    _club_parent = "banquet_id"

    banquet_id = fields.Many2one(
        "club.banquet", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="banquet_id.company_id", store=True)
    name = fields.Char(required=True)
    seats = fields.Integer("Seats at the Table", required=True, default=10)
    is_main = fields.Boolean("Main Table")
    row = fields.Integer(
        "Row in the Hall",
        required=True,
        default=1,
        help="1 is the row next to the main table.",
    )
    column = fields.Integer(
        "Column in the Hall",
        help="0 is the middle; 1, 2… at the main host's right, -1, -2… at his left.",
    )
    sequence = fields.Integer(
        compute="_compute_sequence",
        store=True,
        help="Main table, then near before far, right before left.",
    )
    seat_ids = fields.One2many("club.banquet.seat", "table_id", "Seated Here")
    taken = fields.Integer(compute="_compute_taken")

    _main_uniq = models.UniqueIndex(
        "(banquet_id) WHERE is_main", "A banquet has one main table."
    )
    _numbers = models.Constraint(
        'CHECK(seats BETWEEN 1 AND 40 AND "row" BETWEEN 1 AND 99'
        ' AND "column" BETWEEN -99 AND 99)',
        "A table has 1 to 40 seats and stands in rows 1 to 99, columns -99 to 99.",
    )

    @api.depends("is_main", "row", "column")
    def _compute_sequence(self):
        for table in self:
            table.sequence = seating.table_rank(table.is_main, table.row, table.column)

    @api.depends("seat_ids")
    def _compute_taken(self):
        for table in self:
            table.taken = len(table.seat_ids)

    @api.constrains("seats")
    def _check_seats(self):
        """Nobody sits on a seat that isn't there any more."""
        for table in self:
            # sudo: whoever sits there, seen or not
            last = max(table.sudo().seat_ids.mapped("number"), default=0)
            if last > table.seats:
                raise ValidationError(
                    self.env._(
                        "Somebody sits on seat %(number)s of %(table)s: move that "
                        "guest first.",
                        number=last,
                        table=table.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Call tables by their number where nobody gave them a name."""
        check_dicts(self, vals_list)
        added = {}
        named = []
        for values in vals_list:
            banquet_id = values.get("banquet_id")
            if not values.get("name") and is_id(banquet_id):
                if banquet_id not in added:
                    domain = [("banquet_id", "=", banquet_id)]
                    # sudo: a number, whoever may read the tables
                    added[banquet_id] = self.sudo().search_count(domain)
                added[banquet_id] += 1
                name = self.env._("Table %s", added[banquet_id])
                if values.get("is_main"):
                    name = self.env._("Main Table")
                values = {**values, "name": name}
            named.append(values)
        return super().create(named)

    @api.ondelete(at_uninstall=False)
    def _unlink_stand_up(self):
        """Whoever sat there stands, and is no longer pinned."""
        # sudo: they are the table's, whoever may write them
        self.sudo().seat_ids._write_guarded(
            {"table_id": False, "number": 0, "is_pinned": False}
        )

    def _to_kernel(self):
        self.ensure_one()
        return seating.Table(self.id, self.seats, self.is_main, self.row, self.column)

    def _get_free_number(self, side):
        """Return the first free seat for somebody of a side, or 0."""
        self.ensure_one()
        # sudo: whoever sits there, seen or not
        taken = set(self.sudo().seat_ids.mapped("number"))
        for_hosts, for_guests = seating.order_seats(self.seats)
        own, other = for_guests, for_hosts
        if side == seating.HOST:
            own, other = for_hosts, for_guests
        numbers = [*own, *other]
        return next((number for number in numbers if number not in taken), 0)

    def _get_positions(self):
        """Return where each seat is, from -1 to 1: ``{number: (across, down)}``."""
        self.ensure_one()
        return {
            number: seating.seat_position(number, self.seats)
            for number in range(1, self.seats + 1)
        }

    def _get_cells(self):
        """Return column and row of each table of a hall, drawn with the door below.

        The main host faces the reader, so that his right is on the left; the middle of
        the hall is in the middle.
        """
        rows = sorted({table.row for table in self if not table.is_main})
        has_main = any(self.mapped("is_main"))
        columns = {table: 0 if table.is_main else table.column for table in self}
        span = max(map(abs, columns.values()), default=0)
        return {
            table: (
                span - columns[table],
                0 if table.is_main else rows.index(table.row) + has_main,
            )
            for table in self
        }
