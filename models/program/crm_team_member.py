from odoo import api, fields, models
from odoo.exceptions import AccessError

# Variants of a unit's user. Rule E2.
MANAGER, FIELD, OFFICE = "manager", "field", "office"
DUTIES = [
    (MANAGER, "Account Manager"),
    (FIELD, "Field Officer"),
    (OFFICE, "Office Clerk"),
]


class CrmTeamMember(models.Model):
    """Members of a unit apply in its name and read its contracts. Rules C6, E2."""

    _inherit = "crm.team.member"

    club_duty = fields.Selection(
        DUTIES,
        "Duty",
        required=True,
        default=MANAGER,
        index=True,
        help="An account manager looks after accounts of his own; a field officer calls "
        "on customers; an office clerk keeps the unit's papers: he reads its accounts, "
        "draws up documents, and signs and verifies nothing by it.",
    )

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
        if not {"crm_team_id", "user_id", "active", "club_duty"}.isdisjoint(vals):
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
