"""Moving and calling off an activity, and what follows from it. Rule C4.

Each capability that hangs something on an activity says what becomes of it, in
`club.activity._get_consequences`. The dialog shows it before one confirms, the chatter
keeps it, and whoever has a duty is told his part of it.
"""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

from markupsafe import Markup

from odoo import models

from .stages import AHEAD, CANCELLED


class Consequence(NamedTuple):
    """What becomes of one thing that hangs on an activity.

    `partners` have a duty in it and are told; `apply` does it, where it isn't done by
    changing the activity. What `stays` doesn't follow, and its text says why.
    """

    text: str
    partners: models.BaseModel | tuple = ()
    apply: Callable[[], None] | None = None
    stays: bool = False


class Rearrangement:
    """An activity that is moved or called off, in the language of its recordset.

    :param activity: one, in the environment of who reads of it
    :param Change change: its new time and place, or that it is called off
    :param reason: why, in the words of who does it
    """

    def __init__(self, activity, change, reason=""):
        self.activity, self.change, self.reason = activity, change, reason
        self.env = activity.env

    @cached_property
    def consequences(self):
        return self.activity._get_consequences(self.change)

    @property
    def subject(self):
        theme = self.activity.theme
        if self.change.is_cancelled:
            return self.env._("Cancelled: %s", theme)
        return self.env._("Moved: %s", theme)

    @property
    def title(self):
        if self.change.is_cancelled:
            return self.env._("Cancelled: %s", self.reason)
        return self.env._(
            "Moved from %(before)s to %(after)s: %(reason)s",
            before=self.activity._get_time_text(self.change.was_begin),
            after=self.activity._get_time_text(self.change.date_begin),
            reason=self.reason,
        )

    def list_consequences(self):
        """Return as HTML what would follow, and what wouldn't."""
        found = self.consequences
        parts = [
            _render_texts(title, [c.text for c in found if c.stays is stays])
            for stays, title in (
                (False, self.env._("What follows:")),
                (True, self.env._("What doesn't, and why:")),
            )
            if any(c.stays is stays for c in found)
        ]
        return Markup().join(parts)

    def carry_out(self):
        """Change the activity and what hangs on it, say so once, tell each one once."""
        activity, change = self.activity, self.change
        paper = self._read_by(activity._in_its_language())
        consequences = paper.consequences
        notices = self._prepare_notices()
        title = paper.title
        if change.is_cancelled:
            activity._set_state(AHEAD, CANCELLED)
            # sudo: the event is the activity's, whoever has rights in Events
            event_sudo = activity.event_id.sudo()
            event_sudo._write_guarded({"kanban_state": "cancel"})
        else:
            activity._write_guarded(
                {
                    "date_begin": change.date_begin,
                    "date_end": change.date_end,
                    "place": change.place,
                }
            )
        for consequence in consequences:
            if consequence.apply:
                consequence.apply()
        activity._message_log(
            body=_render_texts(title, [found.text for found in consequences])
        )
        if change.is_cancelled:
            activity._on_cancelled()
        else:
            activity._on_moved()
        activity_sudo = activity.sudo()  # to tell people, one needs no right on them
        for values in notices:
            activity_sudo.message_notify(**values)

    def _read_by(self, activity):
        """Return the same of the activity in another environment."""
        return Rearrangement(activity, self.change, self.reason)

    def _prepare_notices(self):
        """Return the messages to those who have a duty in it: one for each person.

        In his language; who is responsible reads of everything, the others of their
        own duties. Who makes the change needs no message.
        """
        activity = self.activity
        user_sudo = activity.user_id.sudo()  # whoever may read him
        responsible = user_sudo.filtered("active").partner_id
        told = responsible.union(
            *(found.partners for found in self.consequences if found.partners)
        )
        notices = []
        for lang, partners in (told - self.env.user.partner_id).grouped("lang").items():
            reading = self._read_by(
                activity.with_context(lang=lang or activity.env.lang)
            )
            by_texts = {}
            for partner in partners:
                texts = tuple(
                    found.text
                    for found in reading.consequences
                    if partner == responsible or partner in found.partners
                )
                by_texts.setdefault(texts, []).append(partner.id)
            notices += [
                {
                    "subject": reading.subject,
                    "body": _render_texts(reading.title, texts),
                    "partner_ids": ids,
                }
                for texts, ids in by_texts.items()
            ]
        return notices


def _render_texts(title, texts):
    """Return a title with the texts below it."""
    items = Markup().join(Markup("<li>%s</li>") % text for text in texts)
    return Markup("<p>%s</p>") % title + (items and Markup("<ul>%s</ul>") % items)
