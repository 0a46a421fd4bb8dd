from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..kernel.guest_states import LIVE, SEATED
from ..kernel.written import get_written
from ..models.activity.club_activity import HELD, INVITING, PREPARING
from ..models.contact.owner import has_role
from ..models.guest.club_invitation import (
    BELOW_TIER,
    COMPANION,
    EXCEPTION_KINDS,
    PARTNER_GUEST,
)
from ..models.guest.consent import check_can_consent
from ..models.guest.guest_list import GuestList
from ..models.guest.guest_todos import ask_consent
from ..models.record.names import get_labels
from ..models.record.reader import as_reader
from ..models.record.rpc import for_one, without_client_context

# Those whom a guest of the list brings along.
BROUGHT = (COMPANION, PARTNER_GUEST)


class ClubGuestException(models.TransientModel):
    """The dialog in which somebody requests a guest by exception. Rule C10.

    Account managers, leads and clerks request; a club officer who is asked by one of
    them, at the door say, names him and thereby consents.
    """

    _name = "club.guest.exception"
    _description = "Request an Exception"
    _inherit = ["club.guard.mixin"]

    activity_id = fields.Many2one(
        "club.activity",
        required=True,
        ondelete="cascade",
        domain=[("stage", "in", (PREPARING, INVITING, HELD))],
    )
    company_id = fields.Many2one(related="activity_id.company_id")
    kind = fields.Selection(EXCEPTION_KINDS, required=True, default=COMPANION)
    host_id = fields.Many2one(
        "club.invitation",
        "Accompanies",
        ondelete="cascade",
        help="The guest who brings the person along.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        "Person",
        required=True,
        ondelete="cascade",
        domain=[("is_company", "=", False)],
    )
    reason = fields.Char(required=True)
    requested_by_id = fields.Many2one(
        "res.users",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
        help="A club officer may name who asked him for it, and consents thereby.",
    )
    is_officer = fields.Boolean(compute="_compute_is_officer")
    is_at_door = fields.Boolean(
        "Is at the Door", help="The person is there: note the attendance at once."
    )

    @api.depends_context("uid")
    def _compute_is_officer(self):
        self.is_officer = self.env["club.activity"]._is_guest_officer(self.env.user)

    @for_one
    def action_request(self):
        """Record the exception; with an officer's consent it is one.

        :raises UserError, ValidationError: when something of it isn't so
        """
        activity = without_client_context(self.activity_id)
        self = self.with_env(activity.env)
        activity.check_access("read")
        stages = (HELD, INVITING) if self.is_at_door else (PREPARING, INVITING)
        activity._check_guests_open(stages)
        GuestList(activity).hold()
        self._check_requester()
        self._check_person()
        guest = self._create_guest()
        self._check_kind(guest)
        guest._message_log(
            body=self.env._(
                "Exception requested by %(user)s (%(kind)s): %(reason)s",
                user=self.requested_by_id.name,
                kind=get_labels(self, "kind")[self.kind],
                reason=get_written(self.reason),
            )
        )
        if self.requested_by_id != self.env.user:
            self._do_consent(guest)
        else:
            ask_consent(guest)
        return {
            "type": "ir.actions.act_window_close",
            "infos": {"club_guest_id": guest.id},
        }

    # === Checks === #

    def _check_requester(self):
        """Only an officer speaks for another one, who is of the club as well."""
        if not get_written(self.reason):
            raise ValidationError(
                self.env._("Say why %s is to come.", self.contact_id.display_name)
            )
        if self.requested_by_id == self.env.user:
            if self.is_at_door:
                raise UserError(
                    self.env._(
                        "Whoever is at the door is admitted by a club officer: name "
                        "who asks for it."
                    )
                )
            return
        self.activity_id._check_guest_officer()
        user_sudo = self.requested_by_id.sudo()
        if not (user_sudo.active and has_role(user_sudo, self.company_id)):
            raise UserError(
                self.env._(
                    "Exceptions are requested by account managers, unit leads and "
                    "clerks of the company: %s is none.",
                    user_sudo.name,
                )
            )

    def _check_person(self):
        """Who requests looks after the guest or account that the person comes with."""
        contact = self.contact_id
        contact.check_access("read")
        if contact.is_company:
            raise ValidationError(
                self.env._("%s is a company: name a person.", contact.display_name)
            )
        if self.kind in BROUGHT:
            host = self.host_id
            if not host or host.activity_id != self.activity_id:
                raise ValidationError(
                    self.env._(
                        "Name the guest of “%(activity)s” whom %(person)s accompanies.",
                        activity=self.activity_id.theme,
                        person=contact.display_name,
                    )
                )
            host.check_access("write")
            if host.state not in (*LIVE, *SEATED) or host.exception_kind:
                raise UserError(
                    self.env._(
                        "%s isn't a guest who may bring somebody along.",
                        host.contact_id.name,
                    )
                )
        elif self.kind == BELOW_TIER and not (
            contact.commercial_partner_id.with_company(
                self.company_id
            ).club_is_cared_for
        ):
            raise UserError(
                self.env._(
                    "%s belongs to an account that you don't look after: ask its "
                    "account manager to request the exception.",
                    contact.display_name,
                )
            )

    def _check_kind(self, guest):
        """Refuse exceptions that are none. The guest's tier has been judged."""
        entitled = guest._is_entitled()
        if self.kind in BROUGHT:
            return
        if entitled and self._is_late():
            return
        if entitled:
            raise UserError(
                self.env._(
                    "%s is entitled by tier: propose the guest instead.",
                    self.contact_id.display_name,
                )
            )
        is_member = bool(guest.tier_id)
        if is_member != (self.kind == BELOW_TIER):
            raise UserError(
                self.env._(
                    "%(person)s is a member's, so no prospect.",
                    person=self.contact_id.display_name,
                )
                if is_member
                else self.env._(
                    "%(person)s is of no member account: request a prospect.",
                    person=self.contact_id.display_name,
                )
            )

    def _is_late(self):
        """Tell whether somebody is noted who came, when the list is closed."""
        activity_sudo = self.activity_id.sudo()
        return self.is_at_door and activity_sudo._are_doors_closed()

    # === Business methods === #

    def _create_guest(self):
        """Put the person on the guest list, past rights: most may only request."""
        guests_sudo = self.env["club.invitation"].sudo()
        guest_sudo = guests_sudo._create_guarded(
            {
                "activity_id": self.activity_id.id,
                "contact_id": self.contact_id.id,
                "host_id": self.kind in BROUGHT and self.host_id.id,
                "exception_kind": self.kind,
                "exception_reason": get_written(self.reason),
                "requested_by_id": self.requested_by_id.id,
                "requested_at": fields.Datetime.now(),
            }
        )
        guest_sudo._judge()
        return guest_sudo

    def _do_consent(self, guest):
        check_can_consent(guest, came=self.is_at_door)
        guest._do_consent()
        if self.is_at_door:
            guest._do_walk_in()
        if self._is_late() and self.kind not in BROUGHT and guest._is_entitled():
            # He needed a place on the list, and no exception.
            guest._write_guarded({"exception_kind": False})
        told = as_reader(self, self.requested_by_id)
        guest.message_notify(
            subject=told.env._("Recorded as requested by you"),
            body=told.env._(
                "%(officer)s recorded that you asked for %(person)s to come to "
                "“%(activity)s”: %(reason)s",
                officer=self.env.user.name,
                person=self.contact_id.name,
                activity=self.activity_id.theme,
                reason=get_written(self.reason),
            ),
            partner_ids=self.requested_by_id.partner_id.ids,
        )
