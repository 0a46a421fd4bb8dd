"""What becomes of invitations when duplicate partners are merged."""

from odoo import api, models

from .club_invitation import (
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
    def _settle_merge(self, partners):
        """Keep one place on each guest list for persons who turn out to be the same.

        The one that has come furthest stays; the seats of others are free.
        """
        found = self.search(
            [("contact_id", "in", partners.ids), ("state", "!=", CANCELLED)]
        )
        for guests in found.grouped("activity_id").values():
            if len(guests) > 1:
                guests.activity_id._hold_guests()
                kept = min(guests, key=lambda guest: FURTHEST.index(guest.state))
                (guests - kept)._do_leave(CANCELLED)
