from odoo import fields, models


class ClubBanquetForm(models.Model):
    """How a banquet is given: seated at tables, standing, with tea… Rule D11.

    All companies share the list.
    """

    _name = "club.banquet.form"
    _description = "Form of a Banquet"
    _inherit = ["club.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_seated = fields.Boolean(
        "Seated at Tables",
        help="Tables are set up and seats proposed by rank; otherwise guests stand or "
        "sit where they like.",
    )
