from odoo import api, fields, models

from ...kernel import taboos
from ..record.names import join

COURSES = [
    ("cold", "Cold Dishes"),
    ("hot", "Hot Dishes"),
    ("soup", "Soup"),
    ("staple", "Staple"),
    ("dessert", "Dessert and Fruit"),
    ("drink", "Drinks"),
]


class ClubBanquetDish(models.Model):
    """A dish of a banquet's menu, with what is in it. Rule D11."""

    _name = "club.banquet.dish"
    _description = "Dish of a Banquet"
    _inherit = ["club.record.mixin"]
    _order = "banquet_id, sequence, id"
    _club_texts = ("name", "note")
    _club_parent = "banquet_id"

    banquet_id = fields.Many2one(
        "club.banquet", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="banquet_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    course = fields.Selection(COURSES, required=True, default="hot")
    name = fields.Char("Dish", required=True)
    ingredients = fields.Char(help="Separated by commas.")
    note = fields.Char("For the Kitchen")
    taboo_warning = fields.Char(
        "Not For",
        compute="_compute_taboo_warning",
        help="Guests who avoid something that is in it, of those whose diet I may see.",
    )

    @api.depends("name", "ingredients", "banquet_id.seat_ids.contact_id")
    @api.depends_context("uid", "company", "lang")
    def _compute_taboo_warning(self):
        avoided = self.banquet_id.seat_ids._get_avoided()
        for dish in self:
            contents = f"{dish.name or ''}, {dish.ingredients or ''}"
            found = []
            for seat in dish.banquet_id.seat_ids:
                words = taboos.find_conflicts(contents, avoided.get(seat, ()))
                if words:
                    found.append(
                        self.env._(
                            "%(guest)s (%(words)s)",
                            guest=seat.display_name,
                            words=join(self.env, dict.fromkeys(words)),
                        )
                    )
            dish.taboo_warning = join(self.env, found)
