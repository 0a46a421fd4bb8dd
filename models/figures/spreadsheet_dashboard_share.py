from odoo import api, models
from odoo.exceptions import UserError


class SpreadsheetDashboardShare(models.Model):
    _inherit = "spreadsheet.dashboard.share"

    @api.constrains("dashboard_id")
    def _check_club_dashboard(self):
        """Refuse links by which the club's figures open to whoever has the address,
        without a login, also when the user who made them has left. Rule E5.
        """
        # sudo: whoever may share a dashboard need not read how they are grouped
        club_sudo = self.env.ref("crm_club.club_dashboard_group").sudo()
        for share in self:
            dashboard_sudo = share.dashboard_id.sudo()
            if dashboard_sudo.dashboard_group_id == club_sudo:
                raise UserError(
                    self.env._(
                        "%s shows figures of the club, which nobody opens without a "
                        "login: send the address of the page to who has a role in the "
                        "club.",
                        dashboard_sudo.name,
                    )
                )
