from odoo import fields, models


class ClubProgram(models.Model):
    _inherit = "club.program"

    contact_log_days = fields.Integer(
        "Days to Record a Contact",
        default=3,
        tracking=True,
        help="Working days; what is recorded later is marked as back-dated (assumed).",
    )

    _contact_log_days = models.Constraint(
        "CHECK(contact_log_days >= 0)",
        "The days to record a contact in can't be negative.",
    )
