"""The programme of an activity's day, and the briefing before it. Rule C4.

The briefing is a meeting in the calendar, which alone says when it is. When the
activity is moved it keeps its distance to it, unless it took place already or would
come to lie in the past: then it stays where it is.
"""

from datetime import timedelta

from odoo import Command, fields

from .change import Consequence

LEAD_TIME = timedelta(days=1)
DURATION = timedelta(hours=1)


class Briefing:
    """The briefing of one activity: who is to come, and what becomes of it."""

    def __init__(self, activity):
        self.activity, self.env = activity, activity.env
        # sudo: it may be somebody else's meeting by now
        self._activity_sudo = activity.sudo()

    # === Calling people together === #

    def get_people(self):
        """Return the users who are to be briefed."""
        return self.activity.programme_ids.user_id | self.activity.user_id

    def schedule(self, people):
        """Let these people, and those asked before, come to the briefing."""
        activity, activity_sudo = self.activity, self._activity_sudo
        new = people - activity.briefing_ids.user_id
        self.env["club.activity.briefing"].create(
            [{"activity_id": activity.id, "user_id": user.id} for user in new]
        )
        partners = activity_sudo.briefing_ids.user_id.partner_id
        if activity_sudo.briefing_id:
            activity_sudo.briefing_id.partner_ids |= partners
            return
        meeting = self.env["calendar.event"].create(self._prepare_meeting(partners))
        activity._write_guarded({"briefing_id": meeting.id})

    def _prepare_meeting(self, partners):
        """Return the meeting's values: an hour, a day before, if that is ahead."""
        activity, now = self.activity, fields.Datetime.now()
        start = activity.date_begin - LEAD_TIME
        if start <= now:
            start = min(activity.date_begin - DURATION, now + DURATION)
        return {
            "name": self.env._("Briefing: %s", activity.theme),
            "start": start,
            "stop": start + DURATION,
            "partner_ids": [Command.set(partners.ids)],
            "user_id": (activity.user_id or self.env.user).id,
            "location": activity.place,
        }

    # === When the activity is moved or called off === #

    def get_consequences(self, change):
        """Return what becomes of the programme and the briefing.

        :param Change change: what happens to the activity
        """
        return [*self._get_of_programme(change), *self._get_of_meeting(change)]

    def _get_of_programme(self, change):
        points_sudo = self._activity_sudo.programme_ids
        if not points_sudo:
            return []
        people = points_sudo.user_id.filtered("active").partner_id
        if change.is_cancelled:
            return [Consequence(self.env._("Its programme isn't carried out."), people)]
        if not change.distance and not change.is_elsewhere:
            return []

        def follow():
            for point in points_sudo:
                point._write_guarded(
                    {
                        "time_from": point.time_from + change.distance,
                        "time_to": point.time_to and point.time_to + change.distance,
                        "place": change.get_place(point.place),
                    }
                )

        text = self.env._("Its programme follows, point by point.")
        return [Consequence(text, people, follow)]

    def _get_of_meeting(self, change):
        """A briefing that is over stays, and one that would come to lie in the past.

        Whoever is asked to it hears of it with the rest, not by a mail of its own.
        """
        now = fields.Datetime.now()
        meeting_sudo = self._activity_sudo.briefing_id.with_context(
            skip_attendee_notification=True
        )
        if not meeting_sudo.active or meeting_sudo.stop <= now:
            return []
        people = meeting_sudo.partner_ids
        if change.is_cancelled:
            text = self.env._("The briefing is cancelled.")
            return [
                Consequence(text, people, lambda: meeting_sudo.write({"active": False}))
            ]
        start = meeting_sudo.start + change.distance
        stop = meeting_sudo.stop + change.distance
        place = change.get_place(meeting_sudo.location)
        values = {"location": place} if place != meeting_sudo.location else {}
        if change.distance and start <= now:
            text = self.env._(
                "The briefing stays where it is: it would have come to lie in the past."
            )
            return [Consequence(text, people, stays=True)]
        if change.distance:
            values |= {"start": start, "stop": stop}
        if not values:
            return []
        when = self.activity._get_time_text(start)
        text = (
            self.env._("Briefing: %(time)s, %(place)s", time=when, place=place)
            if place
            else self.env._("Briefing: %s", when)
        )
        return [Consequence(text, people, lambda: meeting_sudo.write(values))]
