from odoo import fields, models


class ClubRetentionCause(models.Model):
    """Why an account may leave, and what we have agreed to answer to it. Rule D7."""

    _name = "club.retention.cause"
    _description = "Cause of a Retention Case"
    _inherit = ["club.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    answer = fields.Text(
        "Agreed Answer",
        translate=True,
        help="What we have agreed to offer or say where this is the cause.",
    )
