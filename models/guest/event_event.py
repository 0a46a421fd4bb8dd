from odoo import api, fields, models
from odoo.exceptions import UserError

from ..record.lock import is_open
from ..record.rpc import is_id

# What Events adds to what the activity says: how it is announced and asked, badges,
# mails, notes. Registrations, tickets and slots are asked themselves.
FREE = {
    *("note", "description", "tag_ids", "lang", "event_mail_ids", "kanban_state"),
    *("badge_format", "badge_image", "ticket_instructions", "stage_id"),
    *("question_ids", "general_question_ids", "specific_question_ids"),
    *("registration_ids", "registration_properties_definition"),
}

CANCEL = "cancel"


def get_events_own(model, free):
    """Return the names of the fields that Odoo's Events gave a model, but for `free`.

    What other add-ons have added is theirs.
    """
    fields_of = model._fields.items()
    return {name for name, field in fields_of if "event" in field._modules} - free


class EventEvent(models.Model):
    """The event of a club's activity: its time and seats are changed there. C4."""

    _name = "event.event"
    _inherit = ["event.event", "club.guard.mixin"]

    club_activity_id = fields.Many2one(
        "club.activity",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",  # activities that have an event are never deleted
    )

    _club_activity_uniq = models.UniqueIndex(
        "(club_activity_id) WHERE club_activity_id IS NOT NULL",
        "An activity of the club has one event.",
    )

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        self.check_access("write")  # a refusal names the activity
        self._check_club_fixed(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_club(self):
        for event in self.filtered("club_activity_id"):
            raise event._get_club_refusal()

    def _check_club_fixed(self, vals):
        """Refuse what would part the event from its activity; superuser included."""
        events = self.filtered("club_activity_id")
        if events and not get_events_own(self, FREE).isdisjoint(vals):
            raise events[0]._get_club_refusal()
        for event in events:
            if event._cancels(vals) or event._ends_early(vals):
                raise event._get_club_refusal()

    def _cancels(self, vals):
        """Tell whether values cancel the event, or take that back."""
        state = vals.get("kanban_state", self.kanban_state)
        return (state == CANCEL) != (self.kanban_state == CANCEL)

    def _ends_early(self, vals):
        """Tell whether values call ended what isn't over yet."""
        if self.is_finished or not is_id(vals.get("stage_id")):
            return False
        stage_sudo = self.env["event.stage"].sudo().browse(vals["stage_id"])
        return stage_sudo.pipe_end and not self.stage_id.pipe_end

    def _get_club_refusal(self):
        # sudo: whoever edits events needn't see the club's activities
        activity_sudo = self.sudo().club_activity_id
        return UserError(
            self.env._(
                "%(event)s is the event of the club's activity %(activity)s: what is "
                "to change is changed there, and its event follows.",
                event=self.name,
                activity=activity_sudo.name,
            )
        )

    @api.depends("club_activity_id.place")
    def _compute_address_inline(self):
        """Show the activity's place where it has no address."""
        result = super()._compute_address_inline()
        for event in self.filtered("club_activity_id"):
            if not event.address_id:
                event.address_inline = event.club_activity_id.place or ""
        return result

    def _compute_seats(self):
        """Don't count account managers who come along with their guests. Rule C4."""
        result = super()._compute_seats()
        # sudo: a count, for whoever sees the event
        registrations_sudo = self.env["event.registration"].sudo()
        staff = dict(
            registrations_sudo._read_group(
                [
                    ("event_id", "in", self._origin.ids),
                    ("club_escort_id", "!=", False),
                    ("state", "in", ("open", "done")),
                ],
                ["event_id"],
                ["__count"],
            )
        )
        for event in self:
            if count := staff.get(event._origin):
                event.seats_taken -= count
                if event.seats_max:
                    event.seats_available += count
        return result


class EventPartMixin(models.AbstractModel):
    """Tickets and slots: an event of the club has none but what its activity says."""

    _name = "club.event.part.mixin"
    _description = "Part of an Event"
    _inherit = ["club.guard.mixin"]

    def _club_after_create(self):
        super()._club_after_create()
        self._check_club_event()

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        self.check_access("write")  # a refusal names the activity
        self._check_club_event()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        self._check_club_event()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_club(self):
        self._check_club_event()

    def _check_club_event(self):
        """Refuse to touch an event of the club by its parts; superuser included."""
        events = self.event_id.filtered("club_activity_id")
        if events and not is_open(self.env):
            raise events[0]._get_club_refusal()


class EventTicket(models.Model):
    _name = "event.event.ticket"
    _inherit = ["event.event.ticket", "club.event.part.mixin"]


class EventSlot(models.Model):
    _name = "event.slot"
    _inherit = ["event.slot", "club.event.part.mixin"]
