"""Attendance: by check-in at the event, or put right on the guest list. Rule C4."""

from odoo import models

from ..lock import opened
from ..rpc import for_records
from .club_activity import HELD, INVITING
from .club_invitation import ABSENT, ATTENDED, CONFIRMED


class ClubInvitation(models.Model):
    _inherit = "club.invitation"

    # === Actions === #

    @for_records
    def action_attend(self):
        """Note that guests came, as checking in at the event does."""
        return self._do_attend((CONFIRMED, ABSENT), "done")

    @for_records
    def action_miss(self):
        """Note that guests weren't there after all."""
        return self._do_attend((ATTENDED,), "open")

    def _do_attend(self, states, registered):
        self = self._without_client_context()
        self._check_officer()
        self.activity_id._check_guests_open((INVITING, HELD))
        self.activity_id._hold_guests()
        self._check_state(states)
        guests_sudo = self.sudo()
        opened(guests_sudo.registration_id).write({"state": registered})
        guests_sudo._set_attendance(registered)
        return True

    # === In step with Odoo's event === #

    def _follow_registrations(self, registered):
        """Follow what was done to registrations in Odoo's Events.

        :param registered: their state now: done or open; who doesn't come any more is
            cancelled on the guest list
        :raises UserError: when the activity is closed, or doesn't invite yet
        """
        if not self:
            return
        self.activity_id._check_guests_open((INVITING, HELD))
        self.activity_id._hold_guests()
        self._set_attendance(registered)

    def _set_attendance(self, registered):
        """Say of guests with a seat whether they came."""
        if registered == "done":
            self.filtered(lambda guest: guest.state != ATTENDED)._set_state(ATTENDED)
            return
        came = self.filtered(lambda guest: guest.state == ATTENDED)
        held = came.filtered(lambda guest: guest.activity_id.stage == HELD)
        held._set_state(ABSENT)
        (came - held)._set_state(CONFIRMED)
