from odoo import models
from odoo.exceptions import UserError

from ..contact.club_account_team import LEAD


class ClubAccountTeam(models.Model):
    _inherit = "club.account.team"

    def _club_after_write(self, vals):
        """
        :raises UserError: when nobody but the manager would be left of a team that must
            be there. Rule D14
        """
        super()._club_after_write(vals)
        if not vals.get("date_to"):
            return
        for line in self:
            # sudo: the team as a whole
            account_sudo = line.account_id.sudo().with_company(line.company_id)
            tier = account_sudo.club_tier_id
            if line.role == LEAD or not tier.has_team:
                continue
            left = account_sudo.club_team_ids.filtered(
                lambda other, line=line: (
                    other.company_id == line.company_id
                    and other.role != LEAD
                    and (not other.date_to or other.date_to > line.date_to)
                )
            )
            if not left:
                raise UserError(
                    self.env._(
                        "%(account)s is %(tier)s and must have a team beside its "
                        "manager: name the next deputy or specialist before "
                        "%(user)s leaves.",
                        account=account_sudo.display_name,
                        tier=tier.name,
                        user=line.user_id.sudo().name,
                    )
                )
