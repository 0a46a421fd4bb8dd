from odoo import fields, models


class ClubTakeOnFault(models.Model):
    """What is wrong in a cell of a take-on's file. Rule A14."""

    _name = "club.take.on.fault"
    _description = "Fault in a Take-On"
    _inherit = ["club.record.mixin"]
    _order = "id"
    _rec_name = "problem"
    _club_by_code = True
    _club_parent = "take_on_id"

    take_on_id = fields.Many2one(
        "club.take.on", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="take_on_id.company_id", store=True)
    sheet = fields.Char(readonly=True)
    row = fields.Integer(readonly=True, aggregator=None)
    column = fields.Char(readonly=True)
    value = fields.Char("What Stands There", readonly=True)
    problem = fields.Char("What Is Wrong", readonly=True)
    wanted = fields.Char("What Would Be Right", readonly=True)
