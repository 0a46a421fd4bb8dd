from odoo import fields, models

from .club_bulletin import WISHES


class CrmTeam(models.Model):
    _inherit = "crm.team"

    club_bulletin = fields.Selection(
        WISHES,
        "Bulletins Drafted",
        help="Of the unit and those below it: drafted once the points of the period's "
        "last month are posted, at the latest on the 10th day after it, for a club "
        "officer to edit and issue. Empty: none. Who chooses it gets the next ones. "
        "Rule E11.",
    )
