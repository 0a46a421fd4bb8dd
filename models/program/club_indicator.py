from odoo import fields, models

# Indicators that the facts give, and those that the branch assesses. Rule A7.
MEASURED = [
    ("categories", "Product categories used"),
    ("active_months", "Months with revenue"),
    ("overdue_days", "Overdue days on receivables"),
]
ASSESSED = [
    ("contribution", "Contribution"),
    ("growth", "Growth potential"),
    ("influence", "Industry influence"),
]


class ClubIndicator(models.Model):
    """A further measure that a program uses as a bar or as a weight. Rule A7."""

    _name = "club.indicator"
    _description = "Grading Indicator"
    _inherit = ["club.rules.mixin", "club.logged.mixin", "club.record.mixin"]
    _order = "program_id, sequence, id"
    _club_logged = ("code", "weight", "full_mark")

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(MEASURED + ASSESSED, "Measures", required=True)
    sequence = fields.Integer(default=10)
    program_id = fields.Many2one(
        "club.program", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    weight = fields.Float(
        digits=(6, 2), help="Share in the score that ranks accounts inside their tier."
    )
    full_mark = fields.Float(
        digits=(16, 2),
        default=100.0,
        help="The value that earns the whole weight; for overdue days, the value that "
        "earns nothing.",
    )

    _code_uniq = models.UniqueIndex(
        "(program_id, code)", "A program uses each indicator once."
    )
    _weights = models.Constraint(
        "CHECK(weight >= 0 AND full_mark > 0)",
        "An indicator's weight can't be negative and its full mark is above zero.",
    )
