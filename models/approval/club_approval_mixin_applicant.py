"""Who may apply in a unit's name. Rule E2."""

from odoo import models
from odoo.exceptions import AccessError

from ..record.groups import OFFICER


class ClubApprovalMixin(models.AbstractModel):
    _inherit = "club.approval.mixin"

    def _check_applicant(self, applicant):
        """Refuse who neither leads the applying unit, clerks for it nor belongs to it.

        :raises AccessError: unless he is a club officer
        """
        self.ensure_one()
        if applicant.has_group(OFFICER):
            return
        unit = self._get_approval_unit()
        units_sudo = self.env["crm.team"].with_user(applicant).sudo()
        mine = units_sudo.search_count(
            [
                ("id", "=", unit.id),
                *("|", ("club_is_led", "=", True)),
                *("|", ("club_is_verified", "=", True)),
                ("member_ids", "in", applicant.id),
            ]
        )
        if not mine:
            raise AccessError(
                self.env._(
                    "%(document)s is submitted by somebody of %(unit)s: its lead, "
                    "its points clerk or a member.",
                    document=self.display_name,
                    unit=unit.name,
                )
            )
