from odoo import fields, models


class ClubContactInterest(models.Model):
    """Something that people like, to choose from. Rule A8.

    Everybody in the club reads the list, so what is in it says nothing of anybody.
    """

    _name = "club.contact.interest"
    _description = "Interest of Member Contacts"
    _inherit = ["club.record.mixin"]
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer()
