from odoo import fields, models

from .club_bulletin import WISHES


class ClubProgram(models.Model):
    _inherit = "club.program"

    bulletin = fields.Selection(
        WISHES,
        "Bulletins Drafted",
        help="Of the whole company, as units have theirs: drafted once the points of "
        "the period's last month are posted, at the latest on the 10th day after it, "
        "for a club officer to edit and issue. Empty: none. Rule E11.",
    )
