from odoo import fields, models


class ClubContactRole(models.Model):
    """What a member contact is to the club: liaison, key decision-maker. Rule A8."""

    _name = "club.contact.role"
    _description = "Role of a Member Contact"
    _inherit = ["club.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
