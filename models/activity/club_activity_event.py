"""The Odoo event of an activity: made on approval, moved and cancelled with it. C4.

What the two have in common is written here only; the event refuses it (`event_event`).
"""

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_datetime

from ...kernel.activity_change import LAST_YEAR, Change
from ..record.lock import closed
from ..record.reader import as_reader
from ..record.rpc import for_one
from .change import Consequence
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
        """Give an approved activity another time; what hangs on it follows. C4.

        :raises UserError, ValidationError: when it isn't to be held any more, or the
            new time is past, ends before it begins or is in another year than the plan
        """
        self.ensure_one()
        self._check_change(reason)
        now = fields.Datetime.now()
        if not (
            date_begin
            and date_end
            and now < date_begin <= date_end
            and date_end.year <= LAST_YEAR
        ):
            raise ValidationError(
                self.env._(
                    "%s can't be moved there: it has to begin in the future, and to "
                    "end after it began.",
                    self.display_name,
                )
            )
        self._check_plan_year(date_begin)
        self._carry_out_change(
            self._prepare_change(date_begin, date_end, place), reason
        )

    def _do_cancel(self, reason):
        """Call an approved activity off, with what hangs on it. C4.

        :raises UserError: when it was held already, or without a reason
        """
        self.ensure_one()
        self._check_change(reason)
        self._carry_out_change(self._prepare_change(), reason)

    def _prepare_change(self, date_begin=None, date_end=None, place=None):
        """Return the change to another time and place; without one, cancelling."""
        self.ensure_one()
        return Change(
            self.date_begin, self.date_end, self.place, date_begin, date_end, place
        )

    def _carry_out_change(self, change, reason):
        """Change the activity and what hangs on it, say so once, tell each one once."""
        document = self._in_its_language()
        consequences = document._get_consequences(change)
        notices = self._prepare_notices(change, reason)
        title = document._get_change_text(change, reason)
        if change.is_cancelled:
            self._set_stage(CANCELLED)
            self.event_id.sudo()._write_guarded({"kanban_state": "cancel"})
        else:
            self._write_guarded(
                {
                    "date_begin": change.date_begin,
                    "date_end": change.date_end,
                    "place": change.place,
                }
            )
        for consequence in consequences:
            if consequence.apply:
                consequence.apply()
        self._message_log(
            body=_render_texts(title, [found.text for found in consequences])
        )
        if change.is_cancelled:
            self._on_cancelled()
        else:
            self._on_moved()
        for values in notices:
            self.sudo().message_notify(**values)

    # === What hangs on it === #

    def _get_consequences(self, change):
        """Return what becomes of what hangs on the activity, in the user's language.

        Nothing is changed: the dialog shows it first. Whoever extends this adds what
        his capability hangs on activities, whoever may read it: it is asked as
        superuser. What can't follow stays, and its text says why.

        :param Change change: what is about to happen
        :return: a list of `Consequence`
        """
        self.ensure_one()
        return self._get_reminder_consequences(change)

    def _get_reminder_consequences(self, change):
        """Odoo reminds guests once: of the time that was moved, they were in vain."""
        mails_sudo = self.sudo().event_id.event_mail_ids.filtered(
            lambda mail: mail.interval_type != "after_sub"
        )
        if change.is_cancelled:
            if mails_sudo.filtered(lambda mail: not mail.mail_done):
                return [Consequence(self.env._("Its guests aren't reminded any more."))]
            return []
        sent_sudo = mails_sudo.filtered("mail_done")
        if not sent_sudo or not change.distance:
            return []
        return [
            Consequence(
                self.env._("Its guests were reminded already, and are once more."),
                apply=lambda: sent_sudo.write(
                    {
                        "mail_done": False,
                        "mail_count_done": 0,
                        "last_registration_id": False,
                    }
                ),
            )
        ]

    def _prepare_notices(self, change, reason):
        """Return the messages to those who have a duty in it: one for each person.

        In his language; who is responsible reads of everything, the others of their
        own duties. Who makes the change needs no message.
        """
        responsible = self.user_id.sudo().filtered("active").partner_id
        told = self._get_told(self._get_consequences(change)) | responsible
        told -= self.env.user.partner_id
        notices = []
        for lang, partners in told.grouped("lang").items():
            reader = self.with_context(lang=lang or self.env.lang)
            consequences = reader._get_consequences(change)
            by_texts = {}
            for partner in partners:
                texts = tuple(
                    found.text
                    for found in consequences
                    if partner == responsible or partner in found.partners
                )
                by_texts.setdefault(texts, []).append(partner.id)
            title = reader._get_change_text(change, reason)
            notices += [
                {
                    "subject": reader._get_change_subject(change),
                    "body": _render_texts(title, texts),
                    "partner_ids": ids,
                }
                for texts, ids in by_texts.items()
            ]
        return notices

    def _get_told(self, consequences):
        """Return who is told of consequences: each person once."""
        partners = self.env["res.partner"].sudo()
        return partners.union(
            *(found.partners for found in consequences if found.partners)
        )

    def _get_change_subject(self, change):
        if change.is_cancelled:
            return self.env._("Cancelled: %s", self.theme)
        return self.env._("Moved: %s", self.theme)

    def _get_change_text(self, change, reason):
        if change.is_cancelled:
            return self.env._("Cancelled: %s", reason)
        return self.env._(
            "Moved from %(before)s to %(after)s: %(reason)s",
            before=self._get_time_text(change.was_begin),
            after=self._get_time_text(change.date_begin),
            reason=reason,
        )

    def _in_its_language(self):
        """Return the activity in the language in which its papers are kept."""
        return as_reader(self, self.sudo().company_id.partner_id)

    def _list_consequences(self, change):
        """Return as HTML what would follow a change, and what wouldn't."""
        found = self._get_consequences(change)
        parts = [
            _render_texts(title, [c.text for c in found if c.stays is stays])
            for stays, title in (
                (False, self.env._("What follows:")),
                (True, self.env._("What doesn't, and why:")),
            )
            if any(c.stays is stays for c in found)
        ]
        return Markup().join(parts)

    def _check_change(self, reason):
        self.check_access("write")
        self._check_ahead()
        if not reason:
            raise ValidationError(
                self.env._("Say why %s is changed.", self.display_name)
            )

    def _on_moved(self):
        """Hook: the activity was moved, with what hangs on it."""

    def _on_cancelled(self):
        """Hook: the activity was cancelled, with what hangs on it."""

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
            # Who is responsible for an activity knows that he is for its event.
            quiet = events_sudo.with_context(mail_auto_subscribe_no_notify=True)
            events = quiet._create_guarded(
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
                activity._write_guarded({"event_id": event.id})

    def _sync_events(self, vals):
        """Repeat on the events what was written here."""
        if not REPEATED.intersection(vals):
            return
        for activity in self.filtered("event_id"):
            event_sudo = activity.event_id.sudo()
            values = activity._prepare_event()
            there = event_sudo._convert_to_write(
                {name: event_sudo[name] for name in values}
            )
            # Only what differs: Odoo tells the responsible person that he is
            # whenever he is written.
            if changed := {k: v for k, v in values.items() if there[k] != v}:
                event_sudo._write_guarded(changed)

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


def _render_texts(title, texts):
    """Return a title with the texts below it."""
    items = Markup().join(Markup("<li>%s</li>") % text for text in texts)
    return Markup("<p>%s</p>") % title + (items and Markup("<ul>%s</ul>") % items)
