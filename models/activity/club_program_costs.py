from odoo import fields, models


class ClubProgram(models.Model):
    _inherit = "club.program"

    overspend_share = fields.Float(
        "Overspend Granted (%)",
        digits=(5, 2),
        default=10,
        tracking=True,
        help="By how much an activity may cost more than its estimate without going "
        "back for signature (assumed).",
    )

    _overspend_share = models.Constraint(
        "CHECK(overspend_share >= 0)",
        "The overspend that is granted can't be negative.",
    )
