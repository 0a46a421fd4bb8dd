from odoo import api, models
from odoo.exceptions import UserError


class SpreadsheetDashboardShare(models.Model):
    _inherit = "spreadsheet.dashboard.share"

    @api.model
    def _get_club_dashboard_ids(self):
        """Return the ids of the club's dashboards, to whoever works here."""
        if not self.env.user._is_internal():
            return []
        # sudo: which ones are the club's, whoever may open them
        group_sudo = self.env.ref("crm_club.club_dashboard_group").sudo()
        return group_sudo.dashboard_ids.ids

    @api.constrains("dashboard_id")
    def _check_club_dashboard(self):
        """Refuse links by which the club's figures open to whoever has the address,
        without a login, also when the user who made them has left. Rule E5.
        """
        clubs = {*self._get_club_dashboard_ids()}
        for share in self:
            # sudo: whoever may share a dashboard need not read how it is called
            dashboard_sudo = share.dashboard_id.sudo()
            if dashboard_sudo.id in clubs:
                raise UserError(
                    self.env._(
                        "%s shows figures of the club, which nobody opens without a "
                        "login: send the address of the page to who has a role in the "
                        "club.",
                        dashboard_sudo.name,
                    )
                )
