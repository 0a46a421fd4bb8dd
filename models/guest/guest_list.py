"""Who has a seat at an activity, who waits, who came. Rules C4, C10."""

from odoo import fields

from ...kernel import guest_list
from ...kernel.guest_states import (
    ABSENT,
    ATTENDED,
    CANCELLED,
    CONFIRMED,
    INVITED,
    LIVE,
    PROPOSED,
    SEATED,
    UNSEATED,
    WAITING,
)
from ..activity.club_activity import HELD, INVITING
from ..contact.channels import REFUSED
from ..record.hold import hold, hold_first
from .guest_todos import EXCEPTION, SEAT, GuestTodos, notify_moved_up


class GuestList:
    """The guests of activities: each activity has its seats, and its waiting list.

    Works as superuser in the user's name: seats are given by the whole list, of which
    most see only their own guests, and registered for by whoever confirms, who need
    not be one of Odoo's Events. Its callers check what the user may do, and `hold` the
    list before they change it.

    :param activities: the club's activities
    """

    def __init__(self, activities):
        # sudo: guests of accounts that the user can't see take seats, too
        self._activities_sudo = activities.sudo()
        self._guests_sudo = self._activities_sudo.env["club.invitation"]
        self._todos = GuestTodos(activities)

    def hold(self):
        """Hold the activities until the transaction ends: nobody else gives seats.

        What was read of guests before is still so: who waited for another one's change
        is started anew.

        :return: the list itself
        """
        hold(self._activities_sudo)
        return self

    def hold_first(self):
        """Hold the activities before anything is judged: who answers at the same moment
        waits his turn, and isn't started anew.

        :return: the list itself
        """
        hold_first(self._activities_sudo)
        return self

    def search(self, states):
        """Return the guests in these states, with what placing them asks for."""
        return self._guests_sudo._search_guests(self._activities_sudo, states)

    # === Invited, seated, on the waiting list === #

    def invite(self, guests):
        """Let the account managers invite proposed guests, judged as they are today.

        :raises UserError: when somebody's tier has become too low meanwhile
        """
        guests_sudo = guests.sudo()
        guests_sudo._judge()
        guests_sudo._check_entitled()
        guests_sudo._set_state(
            (PROPOSED,),
            INVITED,
            invited_at=fields.Datetime.now(),
            invited_by_id=guests.env.uid,
        )
        self._todos.refresh()

    def confirm(self, guests):
        """Give seats to guests who come; who finds none waits.

        :return: ``{guest: why it waits}``, the kernel's obstacles
        """
        guests_sudo = guests.sudo()
        # Who waits already keeps his place.
        guests_sudo.filtered(lambda guest: guest.state != WAITING)._write_guarded(
            {"state": WAITING, "waiting_since": fields.Datetime.now()}
        )
        guests_sudo._write_guarded(guests._prepare_answer())
        obstacles = self.place(told=guests_sudo)
        guests_sudo.filtered(lambda guest: guest.state == WAITING)._log_state()
        self._todos.refresh()
        return {guest: obstacles[guest.id] for guest in guests if guest.id in obstacles}

    def place(self, told=(), left=()):
        """Give free seats to who waits, the highest tier first, then by time, where the
        activity invites.

        :param told: guests whose answer is being given, so they need no message
        :param left: guests who don't want a seat now
        :return: ``{guest's id: why there is none}``
        """
        obstacles = {}
        for activity_sudo in self._activities_sudo:
            if activity_sudo.stage == INVITING:
                obstacles |= self._place(activity_sudo, told, left)
        return obstacles

    def _place(self, activity_sudo, told, left):
        guests = self._guests_sudo
        found = guests._search_guests(activity_sudo, (*SEATED, WAITING))
        by_state = found.grouped("state")
        seated = [_to_kernel(g) for state in SEATED for g in by_state.get(state, ())]
        waiting = by_state.get(WAITING, guests)
        asking = [_to_kernel(guest) for guest in waiting if guest not in left]
        placement = guest_list.place(activity_sudo._get_seats(), seated, asking)
        placed = guests.browse(placement.seated).with_prefetch(waiting.ids)
        if placed:
            self._seat(placed)
            notify_moved_up(placed.filtered(lambda guest: guest not in told))
        return placement.waiting

    def leave(self, guests, allowed, target, **values):
        """Give up seats, those of companions too, and let others move up.

        :param allowed: the states in which guests may do so
        :param target: what they are then; who steps back to the waiting list doesn't
            move up at once
        """
        guests_sudo, answer = guests.sudo(), guests._prepare_answer()
        guests_sudo._set_state(allowed, target, **values, **answer)
        if target != WAITING:
            companions_sudo = guests_sudo.search(
                [("host_id", "in", guests.ids), ("state", "in", LIVE)]
            )
            companions_sudo._set_state(LIVE, CANCELLED, **answer)
            guests_sudo |= companions_sudo
        self._register(guests_sudo, "cancel")
        self.place(left=guests_sudo)
        self._todos.refresh()

    def get_waiting_places(self):
        """Return ``{guest's id: place on the waiting list of its activity}``."""
        places = {}
        for guests in self.search((WAITING,)).grouped("activity_id").values():
            order = guest_list.waiting_order(map(_to_kernel, guests))
            places |= {guest.id: place for place, guest in enumerate(order, start=1)}
        return places

    # === At the door === #

    def seat_late(self, guests):
        """Give those who came a seat beyond those that there were."""
        guests_sudo = guests.sudo()
        guests_sudo._write_guarded(guests._prepare_answer())
        self._seat(guests_sudo)

    def check_in(self, guests, registered):
        """Say of guests with a seat whether they came, as Odoo's Events does.

        :param registered: the state of their registrations: done or open
        """
        # sudo: whoever checks people in needn't have rights in Events
        self._register(guests.sudo(), registered)
        self.follow(guests, registered)

    def follow(self, guests, registered):
        """Follow what was done to registrations in Odoo's Events."""
        guests_sudo = guests.sudo()
        if registered == "done":
            guests_sudo = guests_sudo.filtered(lambda guest: guest.state != ATTENDED)
            guests_sudo._set_state((CONFIRMED, ABSENT), ATTENDED)
            return
        came = guests_sudo.filtered(lambda guest: guest.state == ATTENDED)
        held = came.filtered(lambda guest: guest.activity_id.stage == HELD)
        held._set_state((ATTENDED,), ABSENT)
        (came - held)._set_state((ATTENDED,), CONFIRMED)

    # === The activity is over === #

    def close(self):
        """The activity was held: who had a seat and didn't check in is absent; who
        never answered or still waited had none.
        """
        live = self.search(LIVE)
        absent = live.filtered(lambda guest: guest.state == CONFIRMED)
        absent._set_state((CONFIRMED,), ABSENT)
        (live - absent)._set_state(LIVE, CANCELLED)
        self._todos.refresh()

    def cancel(self):
        """Take all guests off the list, and what was asked about them."""
        live = self.search(LIVE)
        live._set_state(LIVE, CANCELLED)
        self._register(live, "cancel")
        # Nobody consents to, or brings news to, guests of what was cancelled.
        live.activity_unlink([f"crm_club.{EXCEPTION}", f"crm_club.{SEAT}"])
        self._todos.refresh()

    # === Registrations in Odoo's event === #

    def _seat(self, guests_sudo):
        """Register guests for the event of their activity, who then check in there."""
        guests_sudo.activity_id._check_has_event()
        guests_sudo._set_state(UNSEATED, CONFIRMED)
        self._register(guests_sudo, "open")
        new = guests_sudo.filtered(lambda guest: not guest.registration_id)
        new.contact_id.fetch(["name", "email", "phone", "commercial_partner_id"])
        silent = _get_without_mail(new)
        registrations_sudo = create_registrations(
            guests_sudo.env,
            [_prepare_registration(guest, guest.contact_id in silent) for guest in new],
        )
        for guest, registration in zip(new, registrations_sudo, strict=True):
            guest._write_guarded({"registration_id": registration.id})

    def _register(self, guests_sudo, state):
        if registrations_sudo := guests_sudo.registration_id:
            registrations_sudo._write_guarded({"state": state})


def create_registrations(env, vals_list):
    """Register as the user who confirms, who need not be one of Odoo's Events."""
    registrations_sudo = env["event.registration"].sudo()
    registrations_sudo = registrations_sudo.with_context(
        tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
    )
    return registrations_sudo._create_guarded(vals_list)


def _prepare_registration(guest, is_silent):
    """Return all values that Odoo would look up for each partner by itself."""
    contact = guest.contact_id
    return {
        "event_id": guest.activity_id.event_id.id,
        "partner_id": contact.id,
        "name": contact.name,
        "email": not is_silent and contact.email,
        "phone": contact.phone,
        "company_name": guest.account_id.name,
        "club_invitation_id": guest.id,
        "state": "open",
    }


def _get_without_mail(guests_sudo):
    """Return the persons who refused to be written e-mails. Rule A8."""
    profiles_sudo = guests_sudo.env["club.contact.profile"]
    found = profiles_sudo.search_fetch(
        [
            ("contact_id", "in", guests_sudo.contact_id.ids),
            ("company_id", "in", guests_sudo.company_id.ids),
        ],
        ["contact_id"],
    )
    return found.filtered(lambda one: one.consent_mail == REFUSED).contact_id


# === For the kernel, and from it === #


def _to_kernel(guest):
    """Return the kernel's view of a guest."""
    return guest_list.Guest(
        id=guest.id,
        rank=guest.tier_rank,
        since=guest.waiting_since or fields.Datetime.now(),
        account=guest.account_id.id,
        tier=guest.tier_id.id,
        is_exception=bool(guest.exception_kind),
    )


def tell_obstacle(env, obstacle):
    """Return why there is no seat, in words."""
    return {
        guest_list.ALL_TAKEN: env._("All seats are taken."),
        guest_list.TIER_TAKEN: env._("The seats of the tier are taken."),
        guest_list.ACCOUNT_TAKEN: env._(
            "The account has as many seats as an account may have."
        ),
        guest_list.EXCEPTIONS_TAKEN: env._("The seats for exceptions are taken."),
    }[obstacle]
