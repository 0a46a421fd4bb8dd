from odoo import api, models

from ..program.club_points_kind import REDEMPTION
from .run_states import POSTED


class ClubDay(models.Model):
    _inherit = "club.day"

    @api.model
    def _after_change(self, date_from):
        """Let open runs be verified by the day that the calendar says now. Rule B5."""
        # sudo: deadlines follow, whoever changes the calendar
        runs_sudo = self.env["club.points.run"].sudo()
        runs_sudo = runs_sudo.search(
            [
                ("state", "!=", POSTED),
                ("kind", "!=", REDEMPTION),
                ("date_deadline", ">=", date_from),
            ]
        )
        self.env.add_to_compute(runs_sudo._fields["date_deadline"], runs_sudo)
        return super()._after_change(date_from)
