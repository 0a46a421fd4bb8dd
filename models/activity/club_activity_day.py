"""The day of an activity: programme, duties, and the briefing before it. Rule C4.

The briefing is a meeting in the calendar, which alone says when it is. When the
activity is moved it keeps its distance to it, unless it took place already or would
come to lie in the past: then it stays where it is.
"""

from datetime import timedelta

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ..record.lock import opened
from ..record.rpc import for_one
from .change import Consequence

LEAD_TIME = timedelta(days=1)
DURATION = timedelta(hours=1)


class ClubActivity(models.Model):
    _inherit = "club.activity"

    programme_ids = fields.One2many(
        "club.activity.programme", "activity_id", copy=False
    )
    emergency_contact = fields.Char(
        help="Whom to call if something happens on the day: name and number."
    )
    briefing_id = fields.Many2one(
        "calendar.event",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    briefing_at = fields.Datetime(related="briefing_id.start", string="Briefed on")
    briefing_ids = fields.One2many(
        "club.activity.briefing", "activity_id", "Briefed", copy=False
    )
    has_my_duty = fields.Boolean(
        "With a Duty of Mine",
        compute="_compute_has_my_duty",
        search="_search_has_my_duty",
    )

    def _compute_has_my_duty(self):
        mine = self.programme_ids.filtered_domain([("user_id", "=", self.env.uid)])
        for activity in self:
            activity.has_my_duty = activity in mine.activity_id

    def _search_has_my_duty(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("programme_ids", "any", [("user_id", "=", self.env.uid)])]

    # === Actions === #

    @for_one
    def action_schedule_briefing(self):
        """Make the briefing, or bring its people up to date; then open it. Rule C4.

        Whoever has a duty in the programme, and who is responsible, comes.
        """
        self = self._without_client_context()
        self.check_access("write")
        self._check_ahead()
        people = self._get_people()
        if not people:
            raise UserError(
                self.env._(
                    "Nobody has a duty in %s yet: enter the programme first, and who "
                    "sees to what.",
                    self.display_name,
                )
            )
        self._set_briefing(people)
        return {
            "type": "ir.actions.act_window",
            "res_model": "calendar.event",
            "res_id": self.briefing_id.id,
            "views": [(False, "form")],
        }

    def _get_people(self):
        """Return the users who are to be briefed."""
        return self.programme_ids.user_id | self.user_id

    def _set_briefing(self, people):
        """Let these people, and those asked before, come to the briefing."""
        new = people - self.briefing_ids.user_id
        self.env["club.activity.briefing"].create(
            [{"activity_id": self.id, "user_id": user.id} for user in new]
        )
        # sudo: it may be somebody else's meeting by now
        briefing_sudo = self.sudo().briefing_id
        partners = self.sudo().briefing_ids.user_id.partner_id
        if briefing_sudo:
            briefing_sudo.partner_ids |= partners
            return
        opened(self).briefing_id = self.env["calendar.event"].create(
            self._prepare_briefing(partners)
        )

    def _prepare_briefing(self, partners):
        """Return the meeting's values: an hour, a day before, if that is ahead."""
        now = fields.Datetime.now()
        start = self.date_begin - LEAD_TIME
        if start <= now:
            start = min(self.date_begin - DURATION, now + DURATION)
        return {
            "name": self.env._("Briefing: %s", self.theme),
            "start": start,
            "stop": start + DURATION,
            "partner_ids": [Command.set(partners.ids)],
            "user_id": (self.user_id or self.env.user).id,
            "location": self.place,
        }

    # === In step === #

    def _get_consequences(self, change):
        return [
            *super()._get_consequences(change),
            *self._get_programme_consequences(change),
            *self._get_briefing_consequences(change),
        ]

    def _get_programme_consequences(self, change):
        points_sudo = self.sudo().programme_ids
        if not points_sudo:
            return []
        people = points_sudo.user_id.filtered("active").partner_id
        if change.is_cancelled:
            text = self.env._("Its programme isn't carried out.")
            return [Consequence(text, people)]
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

    def _get_briefing_consequences(self, change):
        """A briefing that is over stays, and one that would come to lie in the past.

        Whoever is asked to it hears of it with the rest, not by a mail of its own.
        """
        now = fields.Datetime.now()
        # sudo: the activity's mover needn't be the meeting's organiser
        briefing_sudo = self.sudo().briefing_id.with_context(
            skip_attendee_notification=True
        )
        if not briefing_sudo.active or briefing_sudo.stop <= now:
            return []
        people = briefing_sudo.partner_ids
        if change.is_cancelled:
            text = self.env._("The briefing is cancelled.")
            return [
                Consequence(
                    text, people, lambda: briefing_sudo.write({"active": False})
                )
            ]
        start = briefing_sudo.start + change.distance
        stop = briefing_sudo.stop + change.distance
        place = change.get_place(briefing_sudo.location)
        values = {"location": place} if place != briefing_sudo.location else {}
        if change.distance and start <= now:
            text = self.env._(
                "The briefing stays where it is: it would have come to lie in the past."
            )
            return [Consequence(text, people, stays=True)]
        if change.distance:
            values |= {"start": start, "stop": stop}
        if not values:
            return []
        when = self._get_time_text(start)
        text = (
            self.env._("Briefing: %(time)s, %(place)s", time=when, place=place)
            if place
            else self.env._("Briefing: %s", when)
        )
        return [Consequence(text, people, lambda: briefing_sudo.write(values))]
