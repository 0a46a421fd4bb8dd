from odoo import api, fields, models

from ..record.names import get_labels, join


class ResUsers(models.Model):
    _inherit = "res.users"

    club_duties = fields.Char(
        "Duties in the Club",
        compute="_compute_club_duties",
        help="In which units, and as what: account manager, field officer or office "
        "clerk. Rule E2.",
    )

    @api.depends("crm_team_member_ids.club_duty", "crm_team_member_ids.crm_team_id")
    @api.depends_context("lang")
    def _compute_club_duties(self):
        members = self.env["crm.team.member"]
        labels = get_labels(members, "club_duty")
        found = members.search(
            [
                *(("user_id", "in", self.ids), ("active", "=", True)),
                ("crm_team_id.club_level", "!=", False),
            ]
        ).grouped("user_id")
        for user in self:
            user.club_duties = join(
                self.env,
                [
                    self.env._(
                        "%(unit)s: %(duty)s",
                        unit=member.crm_team_id.name,
                        duty=labels[member.club_duty],
                    )
                    for member in found.get(user._origin, ())
                ],
            )
