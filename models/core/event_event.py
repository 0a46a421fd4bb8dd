from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lock import is_open

# What the club's activity says and its event repeats.
FIXED = {
    *("company_id", "organizer_id", "date_begin", "date_end", "date_tz", "address_id"),
    *("seats_limited", "seats_max", "is_multi_slots", "event_type_id", "active"),
}
CANCEL = "cancel"


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

    def write(self, vals):
        self._check_club_fixed(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_club(self):
        for event in self.filtered("club_activity_id"):
            raise event._get_club_refusal()

    def _check_club_fixed(self, vals):
        """Refuse what would part the event from its activity; superuser included."""
        cancels = vals.get("kanban_state") == CANCEL
        if is_open(self.env) or not (FIXED & vals.keys() or "kanban_state" in vals):
            return
        for event in self.filtered("club_activity_id"):
            is_cancelled = event.kanban_state == CANCEL
            if FIXED & vals.keys() or is_cancelled != cancels:
                raise event._get_club_refusal()

    def _get_club_refusal(self):
        # sudo: whoever edits events needn't see the club's activities
        activity_sudo = self.sudo().club_activity_id
        return UserError(
            self.env._(
                "%(event)s is the event of the club's activity %(activity)s: move or "
                "cancel it there, and its event follows.",
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
