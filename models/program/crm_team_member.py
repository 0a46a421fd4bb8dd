from odoo import api, models
from odoo.exceptions import AccessError


class CrmTeamMember(models.Model):
    """Members of a unit apply in its name and read its contracts. Rules C6, E2."""

    _inherit = "crm.team.member"

    @api.model_create_multi
    def create(self, vals_list):
        """
        :raises AccessError: for a unit of the club, unless an officer names him
        """
        members = super().create(vals_list)
        members._check_club_names()
        return members

    def write(self, vals):
        """As :meth:`create`; who leaves a unit needs no officer."""
        result = super().write(vals)
        if not {"crm_team_id", "user_id", "active"}.isdisjoint(vals):
            self.filtered("active")._check_club_names()
        return result

    def _check_club_names(self):
        teams = self.crm_team_id
        if teams._is_club_officer():
            return
        for unit in teams._filter_club_units():
            raise AccessError(
                self.env._(
                    "Who belongs to %s applies in its name: a club officer names its "
                    "members.",
                    unit.name,
                )
            )
