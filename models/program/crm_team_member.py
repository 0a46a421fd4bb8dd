from odoo import models
from odoo.exceptions import AccessError


class CrmTeamMember(models.Model):
    """Members of a unit apply in its name and read its contracts. Rules C6, E2."""

    _name = "crm.team.member"
    _inherit = ["crm.team.member", "club.guard.mixin"]

    def _club_after_create(self):
        """
        :raises AccessError: for a unit of the club, unless an officer names him
        """
        super()._club_after_create()
        self._check_club_names()

    def _club_after_write(self, vals):
        """As when one is created; who leaves a unit needs no officer."""
        super()._club_after_write(vals)
        if not {"crm_team_id", "user_id", "active"}.isdisjoint(vals):
            self.filtered("active")._check_club_names()

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
