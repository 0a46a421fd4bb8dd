from odoo import fields, models


class ClubComplaintCause(models.Model):
    """What accounts complain about. Rule D8."""

    _name = "club.complaint.cause"
    _description = "Cause of a Complaint"
    _inherit = ["club.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
