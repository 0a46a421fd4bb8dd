from odoo import fields, models


class ClubProgram(models.Model):
    _inherit = "club.program"

    survey_days = fields.Integer(
        "Days to Answer a Survey",
        default=14,
        tracking=True,
        help="How long the personal link to a survey is open (assumed).",
    )
    need_days = fields.Integer(
        "Days to Answer a Need",
        default=14,
        tracking=True,
        help="When a need that a guest stated is due, from the day it was stated "
        "(assumed).",
    )

    _survey_days = models.Constraint(
        "CHECK(survey_days > 0 AND need_days > 0)",
        "A survey is open for a day at least, and so is a need.",
    )
