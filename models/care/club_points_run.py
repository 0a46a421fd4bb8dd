from odoo import models

from ..program.club_points_kind import REVENUE


class ClubPointsRun(models.Model):
    _inherit = "club.points.run"

    def _do_post(self):
        """A posted month is one more that the accounts' pulse counts. Rule D6."""
        result = super()._do_post()
        if self.kind == REVENUE:
            self.env["club.account.pulse"]._refresh(companies=self.company_id)
        return result
