"""What becomes of an invitation: invited, confirmed or waiting, declined. Rule C4."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...kernel.guest_states import (
    ABSENT,
    CANCELLED,
    CONFIRMED,
    DECLINED,
    INVITED,
    LIVE,
    PROPOSED,
    WAITING,
)
from ..activity.club_activity import INVITING
from ..record.rpc import for_records

NAMED = 5  # guests named in a message; the others are counted


class ClubInvitation(models.Model):
    _inherit = "club.invitation"

    # === Actions === #

    @for_records
    def action_invite(self):
        """Let the account managers invite: the tier is judged today. Rule C4.

        :raises UserError: when somebody's tier has become too low meanwhile
        """
        self = self._without_client_context()
        self._check_officer()
        self.activity_id._check_guests_open((INVITING,))
        self.activity_id._hold_guests()
        self._check_state((PROPOSED,))
        self._check_consented()
        self._do_invite()
        return True

    @for_records
    def action_confirm(self):
        """Give seats to guests who come; who finds none waits. Rule C4."""
        self = self._without_client_context()
        self._check_can_answer()
        self.activity_id._hold_guests()
        self._check_state((INVITED, WAITING, DECLINED))
        self._check_in_time()
        obstacles = self._do_confirm()
        return self._tell_seats(obstacles)

    @for_records
    def action_wait(self):
        """Put guests who can't say yet on the waiting list: their seats are free."""
        self = self._without_client_context()
        self._check_can_answer()
        self.activity_id._hold_guests()
        self._check_state((INVITED, CONFIRMED))
        self._do_leave(WAITING, waiting_since=fields.Datetime.now())
        return True

    @for_records
    def action_decline(self):
        """Note that guests won't come; whoever waits moves up."""
        self = self._without_client_context()
        self._check_can_answer()
        self.activity_id._hold_guests()
        self._check_state((INVITED, CONFIRMED, WAITING))
        self._do_leave(DECLINED)
        return True

    @for_records
    def action_cancel(self):
        """Take guests off the list; whoever waits moves up."""
        self = self._without_client_context()
        self._check_officer()
        self.activity_id._hold_guests()
        self._check_state((*LIVE, DECLINED))
        self._do_leave(CANCELLED)
        return True

    # === Checks === #

    def _check_can_answer(self):
        """One answers for the accounts that one looks after: record rules say so."""
        self.check_access("write")
        self.activity_id.sudo()._check_guests_open((INVITING,))

    def _check_in_time(self):
        """After the deadline it is the unit's lead or a club officer who confirms."""
        led = self.env["res.partner"]._get_club_led_units()
        for activities, invitations in self.sudo()._group_by_company():
            today = activities.company_id[:1]._club_today()
            for invitation in invitations:
                deadline = invitation.activity_id.confirm_until
                if not deadline or today <= deadline:
                    continue
                unit = invitation.account_id.club_unit_id
                if activities._is_guest_officer(self.env.user) or (
                    unit and unit in led
                ):
                    continue
                raise UserError(
                    self.env._(
                        "Guests of “%(activity)s” were to be confirmed until "
                        "%(deadline)s: ask the lead of your unit or a club officer to "
                        "confirm %(guest)s.",
                        activity=invitation.activity_id.theme,
                        deadline=deadline,
                        guest=invitation.contact_id.name,
                    )
                )

    def _check_state(self, states):
        for invitation in self:
            if invitation.state not in states:
                labels = dict(
                    self._fields["state"]._description_selection(self.env),
                )
                raise UserError(
                    self.env._(
                        "%(guest)s (%(state)s): this is for guests who are %(states)s.",
                        guest=invitation.contact_id.name,
                        state=labels[invitation.state],
                        states=format_list(
                            self.env, [labels[state] for state in states], style="or"
                        ),
                    )
                )

    def _check_consented(self):
        for invitation in self:
            if invitation.exception_kind and not invitation.consented_by_id:
                raise UserError(
                    self.env._(
                        "%s is an exception, which a club officer consents to first.",
                        invitation.contact_id.name,
                    )
                )

    # === Business methods: the activities are held === #

    def _do_invite(self):
        self._judge()
        self._check_entitled()
        self._set_state(
            INVITED, invited_at=fields.Datetime.now(), invited_by_id=self.env.uid
        )
        self.sudo().activity_id._refresh_guest_todos()

    def _do_confirm(self):
        """Seat those for whom there is a seat, the others wait.

        :return: ``{invitation: why it waits}``
        """
        guests_sudo = self.sudo()
        # Who waits already keeps his place.
        guests_sudo.filtered(lambda guest: guest.state != WAITING)._write_guarded(
            {"state": WAITING, "waiting_since": fields.Datetime.now()}
        )
        guests_sudo._write_guarded(self._prepare_answer())
        obstacles = {}
        for activity in guests_sudo.activity_id:
            _seated, waiting = activity._place_guests(told=guests_sudo)
            obstacles |= waiting
        guests_sudo.filtered(lambda guest: guest.state == WAITING)._log_state()
        guests_sudo.activity_id._refresh_guest_todos()
        return {guest: obstacles[guest.id] for guest in self if guest.id in obstacles}

    def _do_leave(self, state, **values):
        """Give up seats, those of companions too, and let others move up."""
        guests_sudo = self.sudo()
        guests_sudo._set_state(state, **values, **self._prepare_answer())
        if state != WAITING:
            companions = guests_sudo.search(
                [("host_id", "in", self.ids), ("state", "in", LIVE)]
            )
            companions._set_state(CANCELLED, **self._prepare_answer())
            guests_sudo |= companions
        guests_sudo._cancel_registrations()
        activities = guests_sudo.activity_id
        for activity in activities.filtered(lambda a: a.stage == INVITING):
            # Who has just stepped back to the waiting list doesn't move up at once.
            activity._place_guests(left=guests_sudo)
        activities._refresh_guest_todos()

    def _prepare_answer(self):
        return {
            "answered_at": fields.Datetime.now(),
            "answered_by_id": self.env.uid,
        }

    def _set_state(self, state, **values):
        """Make one transition of many guests, and say so in each one's chatter."""
        if not self:
            return
        self._write_guarded({"state": state, **values})
        self._log_state()

    def _log_state(self):
        """Say in the chatter what became of guests; one insert for all of them."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        # As the user who did it, also where it was done for him.
        self._message_log_batch(
            bodies={guest.id: labels[guest.state] for guest in self}
        )

    def _close_unanswered(self):
        """The activity was held: who wasn't there is absent, who never answered or
        still waited had no seat.
        """
        self.filtered(lambda guest: guest.state == CONFIRMED)._set_state(ABSENT)
        self.filtered(
            lambda guest: guest.state in (PROPOSED, INVITED, WAITING)
        )._set_state(CANCELLED)

    # === What the user is told === #

    def _tell_seats(self, obstacles):
        """Return the notification of who has a seat and who waits, and why."""
        reasons = self.env["club.activity"]._get_obstacle_labels()
        lines = []
        if seated := self.filtered(lambda guest: guest not in obstacles):
            lines.append(self.env._("Seat confirmed: %s", self._name_some(seated)))
        by_reason = {}
        for guest, obstacle in obstacles.items():
            by_reason[obstacle] = by_reason.get(obstacle, self.browse()) | guest
        for obstacle, guests in by_reason.items():
            lines.append(
                self.env._(
                    "On the waiting list: %(guests)s. %(reason)s",
                    guests=self._name_some(guests),
                    reason=reasons[obstacle],
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if obstacles else "success",
                "sticky": bool(obstacles),
                "message": " ".join(lines),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _name_some(self, guests):
        names = guests[:NAMED].contact_id.mapped("name")
        if len(guests) > NAMED:
            names.append(self.env._("%s more", len(guests) - NAMED))
        return format_list(self.env, names)
