from odoo import api, fields, models


class CrmTeamMember(models.Model):
    _inherit = "crm.team.member"

    club_trainee_until = fields.Date(
        "Trainee until",
        tracking=True,
        help="The last day. Until then he is given accounts of the lowest tier only. "
        "Rule D2.",
    )

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if "club_trainee_until" in vals:
            self._check_club_names()

    @api.model
    def _get_trainees(self, company):
        """Return until when members are trainees: ``{user id: last day}``.

        Who is taken out of a unit meanwhile is no less one.
        """
        rows = self.with_context(active_test=False)._read_group(
            [
                ("club_trainee_until", ">=", company._club_today()),
                ("crm_team_id.company_id", "in", [company.id, False]),
            ],
            ["user_id"],
            ["club_trainee_until:max"],
        )
        return {user.id: until for user, until in rows}
