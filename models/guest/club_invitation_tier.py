"""Whether a guest's tier entitles him, as on the day of invitation. Rules C1, C4."""

from odoo import models
from odoo.exceptions import UserError


class ClubInvitation(models.Model):
    _inherit = "club.invitation"

    def _judge(self):
        """Note the tier that each account has today. Rule C4: judged on the day of
        invitation.
        """
        for activities, invitations in self._group_by_company():
            today = activities.company_id[:1]._club_today()
            tiers = activities._get_tiers(invitations.account_id, today)
            for tier, found in invitations.grouped(
                lambda guest, tiers=tiers: tiers.get(
                    (guest.activity_id, guest.account_id)
                )
            ).items():
                found._write_guarded(
                    {
                        "tier_id": tier and tier.id,
                        "tier_rank": tier.sequence if tier else 0,
                        "tier_name": tier and tier.name,
                        "judged_on": today,
                    }
                )

    def _group_by_company(self):
        """Yield activities and invitations of each company, working there."""
        for company, invitations in self.grouped("company_id").items():
            invitations = invitations.with_company(company)
            yield invitations.activity_id, invitations

    def _is_entitled(self):
        """Tell whether the tier noted is high enough for the activity. Rule C1."""
        self.ensure_one()
        lowest = self.activity_id.tier_id
        return bool(self.tier_id) and self.tier_rank >= lowest.sequence

    def _check_entitled(self):
        """Refuse whose tier is too low, unless it is a recorded exception. C10."""
        for invitation in self:
            if invitation.exception_kind or invitation._is_entitled():
                continue
            values = {
                "guest": invitation.contact_id.display_name,
                "activity": invitation.activity_id.theme,
                "tier": invitation.tier_id.name,
                "lowest": invitation.activity_id.tier_id.name,
            }
            if not invitation.tier_id:
                raise UserError(
                    self.env._(
                        "%(guest)s is of no member account, so not entitled to "
                        "“%(activity)s”: request an exception with a reason.",
                        **values,
                    )
                )
            raise UserError(
                self.env._(
                    "%(guest)s is %(tier)s, and “%(activity)s” is from %(lowest)s up: "
                    "request an exception with a reason.",
                    **values,
                )
            )
