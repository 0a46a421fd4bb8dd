"""What becomes of invitations when duplicate partners are merged."""

from odoo import api, models

from ...kernel.guest_states import (
    ABSENT,
    ATTENDED,
    CANCELLED,
    CONFIRMED,
    DECLINED,
    INVITED,
    PROPOSED,
    WAITING,
)

# Which of two invitations of one person stays.
FURTHEST = (ATTENDED, CONFIRMED, ABSENT, WAITING, INVITED, PROPOSED, DECLINED)


class ClubInvitation(models.Model):
    _inherit = "club.invitation"

    @api.model
    def _domain_of_listed(self):
        return [("state", "!=", CANCELLED)]

    def _get_merge_rank(self):
        return FURTHEST.index(self.state)

    def _give_up_place(self, kept):
        """The seats of the others are free."""
        self.activity_id._hold_guests()
        self._do_leave(CANCELLED)
