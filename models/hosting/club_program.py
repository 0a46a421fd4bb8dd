from odoo import fields, models


class ClubProgram(models.Model):
    _inherit = "club.program"

    round_tables_per_half = fields.Integer(
        "Round Tables per Half-Year",
        default=1,
        tracking=True,
        help="How many customer round tables the club means to hold in a half-year "
        "(assumed).",
    )

    _round_tables_per_half = models.Constraint(
        "CHECK(round_tables_per_half >= 0)",
        "The number of round tables in a half-year can't be negative.",
    )
