from odoo import fields, models


class ClubBanquetPurpose(models.Model):
    """What a banquet is given for: to welcome, to see off, to thank… Rule D11.

    All companies share the list.
    """

    _name = "club.banquet.purpose"
    _description = "Purpose of a Banquet"
    _inherit = ["club.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
