"""Attendance: by check-in at the event, or put right on the guest list. Rule C4.

Until the doors close, seats are given: also those of guests who never come. From then
on who came is a fact, and noted whether or not there was a seat.
"""

from odoo import api, fields, models

from ...kernel.guest_states import (
    ABSENT,
    ATTENDED,
    CANCELLED,
    CONFIRMED,
    DECLINED,
    INVITED,
    WAITING,
)
from ..activity.club_activity import HELD, INVITING
from ..record.rpc import for_records

# Who was invited and had no seat in the end.
WITHOUT_SEAT = (INVITED, WAITING, DECLINED, CANCELLED)


class ClubInvitation(models.Model):
    _inherit = "club.invitation"

    may_attend = fields.Boolean(
        "May Have Come",
        compute="_compute_may_attend",
        help="Has a seat, or was invited and came without one.",
    )

    @api.depends("state", "invited_at", "activity_id.stage", "activity_id.date_end")
    def _compute_may_attend(self):
        for guest in self:
            guest.may_attend = guest.stage in (INVITING, HELD) and (
                guest.state in (CONFIRMED, ABSENT) or guest._may_have_come()
            )

    def _may_have_come(self):
        """Tell whether a guest without a seat may have come all the same."""
        self.ensure_one()
        return (
            self.state in WITHOUT_SEAT
            and bool(self.invited_at)
            and self.activity_id.sudo()._are_doors_closed()
        )

    # === Actions === #

    @for_records
    def action_attend(self):
        """Note that guests came, as checking in at the event does; after the doors
        have closed also those who had no seat.
        """
        return self._do_attend((CONFIRMED, ABSENT), "done")

    @for_records
    def action_miss(self):
        """Note that guests weren't there after all."""
        return self._do_attend((ATTENDED,), "open")

    def _do_attend(self, states, registered):
        self = self._without_client_context()
        self._check_officer()
        self.activity_id._check_guests_open((INVITING, HELD))
        self.activity_id._check_day_has_come()
        self.activity_id._hold_guests()
        late = self.filtered(
            lambda guest: registered == "done" and guest._may_have_come()
        )
        (self - late)._check_state(states)
        guests_sudo = self.sudo()
        late.sudo()._seat_late()
        guests_sudo.registration_id._write_guarded({"state": registered})
        guests_sudo._set_attendance(registered)
        return True

    def _seat_late(self):
        """Give those who came a seat beyond those that there were."""
        self.activity_id._check_has_event()
        self._write_guarded(self._prepare_answer())
        self._seat()

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
