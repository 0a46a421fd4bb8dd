"""The Odoo event of an activity: made on approval, moved and cancelled with it. C4.

What the two have in common is written here only; the event refuses it (`event_event`).
"""

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_datetime

from ..lock import closed, opened
from ..rpc import for_one
from .club_activity import CANCELLED

# Fields of the activity that its event repeats.
REPEATED = {
    *("theme", "company_id", "user_id", "address_id", "date_begin", "date_end"),
    "headcount",
}


class ClubActivity(models.Model):
    _inherit = "club.activity"

    # === Actions === #

    @for_one
    def action_open_event(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "event.event",
            "res_id": self.event_id.id,
            "views": [(False, "form")],
        }

    @for_one
    def action_move(self):
        """Ask for the new time, and why."""
        return self._open_change("move", self.env._("Reschedule"))

    @for_one
    def action_cancel(self):
        """Ask why."""
        return self._open_change("cancel", self.env._("Cancel Activity"))

    def _open_change(self, kind, title):
        self.check_access("write")
        self._check_ahead()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "club.activity.change",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_kind": kind,
                "default_activity_id": self.id,
            },
        }

    # === Moving and cancelling === #

    def _do_move(self, date_begin, date_end, place, reason):
        """Give an approved activity another time; its event and briefing follow. C4.

        :raises UserError, ValidationError: when it isn't to be held any more, or the
            new time is past, ends before it begins or is in another year than the plan
        """
        self.ensure_one()
        self._check_change(reason)
        now = fields.Datetime.now()
        if not (date_begin and date_end and now < date_begin <= date_end):
            raise ValidationError(
                self.env._(
                    "%s can't be moved there: it has to begin in the future, and to "
                    "end after it began.",
                    self.display_name,
                )
            )
        self._check_plan_year(date_begin)
        before, begun = self._get_time_text(), self.date_begin
        opened(self).write(
            {"date_begin": date_begin, "date_end": date_end, "place": place}
        )
        self._move_day(date_begin - begun)
        self._message_log(
            body=self.env._(
                "Moved from %(before)s to %(after)s: %(reason)s",
                before=before,
                after=self._get_time_text(),
                reason=reason,
            )
        )
        self._on_moved()

    def _do_cancel(self, reason):
        """Call an approved activity off; its event is cancelled with it. C4.

        :raises UserError: when it was held already, or without a reason
        """
        self.ensure_one()
        self._check_change(reason)
        self._set_stage(CANCELLED)
        opened(self.event_id.sudo()).write({"kanban_state": "cancel"})
        self._cancel_briefing()
        self._message_log(body=self.env._("Cancelled: %s", reason))
        self._on_cancelled()

    def _check_change(self, reason):
        self.check_access("write")
        self._check_ahead()
        if not reason:
            raise ValidationError(
                self.env._("Say why %s is changed.", self.display_name)
            )

    def _on_moved(self):
        """Hook: the activity was moved; its guests are to be told."""

    def _on_cancelled(self):
        """Hook: the activity was cancelled; its guests are to be told."""

    def _get_time_text(self, moment=None):
        """Return a moment in words, by local time; when it begins if None."""
        moment = moment or self.date_begin
        return format_datetime(
            self.env, moment, tz=self.company_id._club_zone(), dt_format="short"
        )

    # === The event === #

    def _create_events(self):
        """Make the event of each activity that has none. Rule C4."""
        for company, activities in self.grouped("company_id").items():
            new = activities.filtered(lambda activity: not activity.event_id)
            # sudo: whoever signs last needn't have rights in Events
            events_sudo = self.env["event.event"].sudo().with_company(company)
            events = opened(events_sudo).create(
                [
                    {
                        **activity._prepare_event(),
                        "organizer_id": company.partner_id.id,
                        "date_tz": company._club_zone(),
                        "club_activity_id": activity.id,
                    }
                    for activity in new
                ]
            )
            for activity, event in zip(new, closed(events), strict=True):
                opened(activity).event_id = event

    def _sync_events(self, vals):
        """Repeat on the events what was written here."""
        if not REPEATED.intersection(vals):
            return
        for activity in self.filtered("event_id"):
            values = activity._prepare_event()
            opened(activity.event_id.sudo()).write(values)

    def _prepare_event(self):
        """Return what the event repeats of the activity."""
        self.ensure_one()
        return {
            "name": self.theme,
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "address_id": self.address_id.id,
            "date_begin": self.date_begin,
            "date_end": self.date_end,
            "seats_limited": True,
            "seats_max": self.headcount,
        }
