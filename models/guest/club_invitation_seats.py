"""Seats: how many there are, who has them, who waits. Rules C4, C10."""

from decimal import Decimal

from odoo import api, fields, models

from ...kernel import guest_list
from ...kernel.guest_states import CONFIRMED, SEATED, WAITING
from ..contact.channels import REFUSED


class ClubInvitation(models.Model):
    _inherit = "club.invitation"

    @api.depends("state", "tier_rank", "waiting_since")
    def _compute_waiting_place(self):
        waiting = self._search_guests(self.activity_id, (WAITING,))
        places = {}
        for guests in waiting.grouped("activity_id").values():
            order = guest_list.waiting_order(map(_to_kernel, guests))
            places |= {guest.id: place for place, guest in enumerate(order, start=1)}
        for invitation in self:
            invitation.waiting_place = places.get(invitation._origin.id, 0)

    @api.model
    def _search_guests(self, activities, states):
        """Return guests of activities, with what placing them asks for."""
        return self.search_fetch(
            [("activity_id", "in", activities._origin.ids), ("state", "in", states)],
            [
                *("activity_id", "account_id", "contact_id", "state", "tier_id"),
                *("tier_rank", "waiting_since", "exception_kind", "registration_id"),
            ],
        )

    # === Registrations in Odoo's event === #

    def _seat(self):
        """Register guests for the event of their activity, who then check in there."""
        self._set_state(CONFIRMED)
        self.registration_id.sudo()._write_guarded({"state": "open"})
        new = self.filtered(lambda guest: not guest.registration_id)
        new.contact_id.fetch(["name", "email", "phone", "commercial_partner_id"])
        silent = new._get_without_mail()
        registrations = self._create_registrations(
            [
                guest._prepare_registration(guest.contact_id not in silent)
                for guest in new
            ]
        )
        for guest, registration in zip(new, registrations, strict=True):
            guest._write_guarded({"registration_id": registration.id})

    @api.model
    def _create_registrations(self, vals_list):
        """Register as the user who confirms, who need not be one of Odoo's Events."""
        registrations_sudo = self.env["event.registration"].sudo()
        registrations_sudo = registrations_sudo.with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
        )
        return registrations_sudo._create_guarded(vals_list)

    def _get_without_mail(self):
        """Return the persons who refused to be written e-mails. Rule A8."""
        profiles_sudo = self.env["club.contact.profile"].sudo()
        found = profiles_sudo.search_fetch(
            [
                ("contact_id", "in", self.contact_id.ids),
                ("company_id", "in", self.company_id.ids),
            ],
            ["contact_id"],
        )
        return found.filtered(lambda one: one.consent_mail == REFUSED).contact_id

    def _prepare_registration(self, is_mailed):
        """Return all values that Odoo would look up for each partner by itself."""
        contact = self.contact_id
        return {
            "event_id": self.activity_id.event_id.id,
            "partner_id": contact.id,
            "name": contact.name,
            "email": is_mailed and contact.email,
            "phone": contact.phone,
            "company_name": self.account_id.name,
            "club_invitation_id": self.id,
            "state": "open",
        }

    def _cancel_registrations(self):
        registrations_sudo = self.registration_id.sudo()
        registrations_sudo._write_guarded({"state": "cancel"})


class ClubActivity(models.Model):
    _inherit = "club.activity"

    def _hold_guests(self):
        """Hold the activities until the transaction ends: nobody else gives seats.

        The rows are written, not only locked: who waited for one would judge by a guest
        list from before, so he is started anew.
        """
        self.env.flush_all()
        self.env.cr.execute(
            """
            WITH held AS (
                SELECT id FROM club_activity WHERE id = ANY(%s) ORDER BY id
                   FOR NO KEY UPDATE)
            UPDATE club_activity a SET write_date = a.write_date FROM held
             WHERE a.id = held.id
            """,
            [self.ids],
        )
        self.env["club.invitation"].invalidate_model()

    def _get_seats(self, program=None):
        """Return the kernel's view of the seats.

        :param program: the one that says how many are for exceptions, if it is known
        """
        self.ensure_one()
        program = self._get_guest_program() if program is None else program
        return guest_list.Seats(
            self.headcount,
            {row.tier_id.id: row.seats for row in self.seat_ids},
            self.seats_per_account,
            Decimal(str(program.guest_exception_share)),
        )

    def _place_guests(self, told=(), left=()):
        """Give free seats to who waits, the highest tier first, then by time.

        The activity is held, and `self` is superuser: seats are given by the whole
        list, of which most see only their own guests.

        :param told: guests whose answer is being given, so they need no message
        :param left: guests who don't want a seat now
        :return: invitations that got a seat; ``{id: why there is none}``
        """
        self.ensure_one()
        invitations = self.env["club.invitation"]
        found = invitations._search_guests(self, (*SEATED, WAITING)).grouped("state")
        seated = [_to_kernel(g) for state in SEATED for g in found.get(state, ())]
        waiting = found.get(WAITING, invitations)
        asking = [_to_kernel(guest) for guest in waiting if guest not in left]
        placement = guest_list.place(self._get_seats(), seated, asking)
        placed = invitations.browse(placement.seated).with_prefetch(waiting.ids)
        if placed:
            self._check_has_event()
            placed._seat()
            moved_up = placed.filtered(lambda guest: guest not in told)
            moved_up._notify_moved_up()
        return placed, placement.waiting

    @api.model
    def _get_obstacle_labels(self):
        return {
            guest_list.ALL_TAKEN: self.env._("All seats are taken."),
            guest_list.TIER_TAKEN: self.env._("The seats of the tier are taken."),
            guest_list.ACCOUNT_TAKEN: self.env._(
                "The account has as many seats as an account may have."
            ),
            guest_list.EXCEPTIONS_TAKEN: self.env._(
                "The seats for exceptions are taken."
            ),
        }


def _to_kernel(invitation):
    """Return the kernel's view of a guest."""
    return guest_list.Guest(
        id=invitation.id,
        rank=invitation.tier_rank,
        since=invitation.waiting_since or fields.Datetime.now(),
        account=invitation.account_id.id,
        tier=invitation.tier_id.id,
        is_exception=bool(invitation.exception_kind),
    )
