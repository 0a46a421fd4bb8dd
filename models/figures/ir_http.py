from odoo import api, models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @api.private  # nobody asks for it but the web client's own page
    def session_info(self):
        """Say which first steps are the user's, and whether to offer them."""
        tours = self.env["web_tour.tour"]
        return {
            **super().session_info(),
            "club_first_steps": tours._get_club_first_steps(),
        }
