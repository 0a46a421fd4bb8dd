from odoo import fields, models
from odoo.exceptions import AccessError

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

    # === What only the club says. Rules E1, E11 === #

    def _club_check_write(self, vals):
        """
        :raises AccessError: when who isn't a club officer says which bulletins are
            drafted of a unit
        """
        super()._club_check_write(vals)
        if not self._is_club_officer():
            for unit in self._filter_changed(("club_bulletin",), vals):
                raise AccessError(
                    self.env._(
                        "%s: only a club officer decides of which units bulletins are "
                        "drafted.",
                        unit.name,
                    )
                )
