from odoo import api, models

from ..program.club_points_kind import OPENING


class ClubPointsRun(models.Model):
    _inherit = "club.points.run"

    @api.model
    def _get_documents(self):
        return {
            **super()._get_documents(),
            OPENING: (
                "club.take.on",
                "run_id",
                self.env._(
                    "Opening points are posted by a signed take-on only: draw one up "
                    "with its sheet and submit it."
                ),
            ),
        }
