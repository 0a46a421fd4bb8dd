"""Registrations for the club's activities: only through their guest list. C4, C10."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..record.lock import is_open
from ..record.rpc import is_id
from .event_event import get_events_own

# All else of a registration is its guest's, and said on the guest list.
FREE = {
    *("state", "mail_registration_ids", "registration_properties"),
    *("registration_answer_ids", "registration_answer_choice_ids"),
    *("utm_campaign_id", "utm_source_id", "utm_medium_id"),
}
OURS = {"club_invitation_id", "club_escort_id"}
# What checking in at the door does, and taking that back.
STEPS = {("open", "done"), ("done", "open")}


class EventRegistration(models.Model):
    _name = "event.registration"
    _inherit = ["event.registration", "club.guard.mixin"]

    club_invitation_id = fields.Many2one(
        "club.invitation",
        "Invitation",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
    )
    club_escort_id = fields.Many2one(
        "club.activity.escort",
        "Comes Along",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        help="An account manager who accompanies his guests: he takes no guest's seat.",
    )

    @api.model
    def _club_check_guarded(self, values):
        """Say first that it is the guest list that registers for an activity."""
        if not is_open(self.env):
            if self:
                self.check_access("write")  # a refusal names guest and activity
                self._check_club_fixed(values)
            self._check_club_event(values)
        return super()._club_check_guarded(values)

    def _club_after_create(self):
        """Ask again of registrations as they came to be: the event may be a default."""
        super()._club_after_create()
        self._check_club_admitted()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if is_open(self.env):
            return
        if not {"event_id", "club_invitation_id", "club_escort_id"}.isdisjoint(vals):
            self._check_club_admitted()
        if "state" in vals:
            # sudo: whoever checks people in needn't be one of the club
            self.sudo().club_invitation_id._follow_registrations(vals["state"])

    @api.constrains("active", "state", "event_id", "event_slot_id", "event_ticket_id")
    def _check_seats_availability(self):
        """Whoever came to the club's activity is noted, beyond the seats too. C4."""
        over_sudo = self.sudo().filtered(
            lambda registration: (
                registration.event_id.club_activity_id
                and registration.event_id.club_activity_id._are_doors_closed()
            )
        )
        return super(
            EventRegistration, self - over_sudo.with_env(self.env)
        )._check_seats_availability()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_club(self):
        for registration in self._filter_club():
            raise UserError(
                self.env._(
                    "%s is registered for an activity of the club: cancel it instead "
                    "of deleting it.",
                    registration.name,
                )
            )

    def _update_mail_schedulers(self):
        """Let the mails to guests of the club go with the next round: many of them are
        confirmed at once.
        """
        guests = self._filter_club()
        if guests:
            # sudo: whoever confirms guests needn't run anything
            self.env.ref("event.event_mail_scheduler").sudo()._trigger()
        return super(EventRegistration, self - guests)._update_mail_schedulers()

    # === Checks: superuser included, since the event's page works as one === #

    def _filter_club(self):
        """Return the registrations for the club's activities, or linked to one."""
        ours_sudo = self.sudo().filtered(
            lambda registration: (
                registration.event_id.club_activity_id
                or registration.club_invitation_id
                or registration.club_escort_id
            )
        )
        return ours_sudo.with_env(self.env)

    @api.model
    def _check_club_event(self, values):
        """Refuse values that register somebody for an activity of the club."""
        event_id = values.get("event_id")
        if not is_open(self.env) and is_id(event_id):
            event_sudo = self.env["event.event"].sudo().browse(event_id).exists()
            if event_sudo.club_activity_id:
                partner_sudo = self.env["res.partner"].sudo()
                if is_id(values.get("partner_id")):
                    partner_sudo = partner_sudo.browse(values["partner_id"]).exists()
                name = values.get("name") or partner_sudo.name or self[:1].name
                raise self._get_club_refusal(name, event_sudo)

    def _check_club_admitted(self):
        """Refuse who wasn't admitted by the guest list of the activity."""
        if is_open(self.env):
            return
        for registration in self._filter_club():
            event_sudo = registration.sudo().event_id
            raise self._get_club_refusal(registration.name, event_sudo)

    def _get_club_refusal(self, name, event_sudo):
        return UserError(
            self.env._(
                "%(name)s can't be registered here: guests of the club's activity "
                "“%(activity)s” are those whose tier entitles them, or whom a club "
                "officer admits as an exception. Confirm the invitation on its guest "
                "list.",
                name=name or self.env._("This person"),
                activity=event_sudo.club_activity_id.theme or event_sudo.name,
            )
        )

    def _check_club_fixed(self, vals):
        """Refuse what makes it another guest's, cancels it or brings it back: only
        checking in is done here.
        """
        fixed = get_events_own(self, FREE) | OURS
        names = fixed.intersection(vals)
        if not names and "state" not in vals:
            return
        ours = self._filter_club()
        if vals.get("state") == "done":
            # sudo: whoever checks people in needn't be one of the club
            ours.sudo().event_id.club_activity_id._check_day_has_come()
        for registration in ours:
            before = registration.state
            is_step = "state" not in vals or before == vals["state"]
            if names or not (is_step or (before, vals["state"]) in STEPS):
                activity_sudo = registration.sudo().event_id.club_activity_id
                raise UserError(
                    self.env._(
                        "%(guest)s is registered through the guest list of the club's "
                        "activity “%(activity)s”: what is to change is changed there.",
                        guest=registration.name,
                        activity=activity_sudo.theme,
                    )
                )
