from odoo import api, models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @api.private  # nobody asks for it but the web client's own page
    def session_info(self):
        """Say which first steps are the user's, and whether to offer them, and which
        dashboards are the club's, so that no link to share them is offered.
        """
        tours = self.env["web_tour.tour"]
        shares = self.env["spreadsheet.dashboard.share"]
        return {
            **super().session_info(),
            "club_first_steps": tours._get_club_first_steps(),
            "club_dashboards": shares._get_club_dashboard_ids(),
        }
