"""Guests by exception: requested with a reason, consented to by somebody else. C10."""

from odoo import fields, models
from odoo.exceptions import UserError

from ...kernel.guest_states import CANCELLED, DECLINED, PROPOSED
from ..activity.club_activity import INVITING, PREPARING
from ..record.reader import as_reader, get_officers
from ..record.rpc import for_records
from .club_activity_todos import SEAT, _create_todos

EXCEPTION = "mail_act_club_exception"


class ClubInvitation(models.Model):
    _inherit = "club.invitation"

    # === Actions === #

    @for_records
    def action_consent(self):
        """Admit exceptions, within the share of seats; never one's own. Rule C10."""
        self = self._without_client_context()
        self._check_officer()
        self.activity_id._check_guests_open((PREPARING, INVITING))
        self.activity_id._hold_guests()
        self._check_state((PROPOSED,))
        for guest in self:
            guest._check_can_consent()
            guest._do_consent()
        return True

    # === Checks === #

    def _check_can_consent(self, came=False):
        """Refuse an officer's consent that would be none.

        :param came: whether the person is there: once the doors have closed, that is
            noted beyond the share, too
        """
        self.ensure_one()
        name = self.contact_id.name
        if not self.exception_kind or self.consented_by_id:
            raise UserError(
                self.env._("%s waits for no consent to an exception.", name)
            )
        if self.requested_by_id == self.env.user:
            raise UserError(
                self.env._(
                    "You requested the exception for %s yourself: another club officer "
                    "consents.",
                    name,
                )
            )
        if not (came and self.activity_id._are_doors_closed()):
            self._check_share()

    def _check_share(self):
        """Refuse more exceptions than their share of seats. Rule C10."""
        activity_sudo = self.activity_id.sudo()
        limit = activity_sudo._get_seats().exceptions
        taken = self.sudo().search_count(
            [
                ("activity_id", "=", activity_sudo.id),
                ("consented_by_id", "!=", False),
                ("exception_kind", "!=", False),
                ("state", "not in", (CANCELLED, DECLINED)),
                ("id", "!=", self.id),
            ]
        )
        if taken >= limit:
            raise UserError(
                self.env._(
                    "%(limit)s of the %(seats)s seats of “%(activity)s” are for "
                    "exceptions, and %(taken)s are given: there is none for %(guest)s.",
                    limit=limit,
                    seats=activity_sudo.headcount,
                    activity=activity_sudo.theme,
                    taken=taken,
                    guest=self.contact_id.name,
                )
            )

    # === Business methods: the activity is held === #

    def _do_consent(self):
        """Admit the exception; where invitations are open, it is invited at once."""
        self.ensure_one()
        self._write_guarded(
            {"consented_by_id": self.env.uid, "consented_at": fields.Datetime.now()}
        )
        self._message_log(
            body=self.env._(
                "%(officer)s consents to the exception that %(requester)s requested.",
                officer=self.env.user.name,
                requester=self.requested_by_id.name,
            )
        )
        self._drop_consent_todos()
        if self.activity_id.stage == INVITING:
            self._do_invite()

    def _do_walk_in(self):
        """Give a seat to somebody at the door, and note that he came.

        After the doors have closed no-shows hold seats: he came all the same.

        :raises UserError: when there is no seat, or before the day
        """
        self.ensure_one()
        self.activity_id._check_day_has_come()
        guest_sudo = self.sudo()
        if self.activity_id._are_doors_closed():
            guest_sudo._seat_late()
        elif obstacles := self._do_confirm():
            reasons = self.activity_id._get_obstacle_labels()
            raise UserError(
                self.env._(
                    "There is no seat for %(guest)s. %(reason)s",
                    guest=self.contact_id.name,
                    reason=reasons[obstacles[self]],
                )
            )
        guest_sudo.registration_id._write_guarded({"state": "done"})
        guest_sudo._set_attendance("done")

    def _ask_consent(self):
        """Let each officer of the company know, but for who requested it."""
        self.ensure_one()
        officers = get_officers(self.env, self.company_id) - self.requested_by_id
        _create_todos(
            self.env,
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": self.id,
                    "activity_type_id": self.env.ref(f"crm_club.{EXCEPTION}").id,
                    "summary": as_reader(self, user).env._(
                        "Consent to an exception at “%s”", self.activity_id.theme
                    ),
                    "date_deadline": self.company_id._club_today(),
                    "user_id": user.id,
                }
                for user in officers
            ],
        )

    def _drop_consent_todos(self):
        self.sudo().activity_unlink([f"crm_club.{EXCEPTION}"])

    def _drop_todos(self):
        """Nobody consents to, or brings news to, guests of what was cancelled."""
        self.sudo().activity_unlink([f"crm_club.{EXCEPTION}", f"crm_club.{SEAT}"])
