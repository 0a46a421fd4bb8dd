from odoo import fields, models

from ..activity.change import Consequence
from ..record.navigate import open_list
from ..record.rpc import for_one
from .club_venue_booking import BOOKED


class ClubActivity(models.Model):
    _inherit = "club.activity"

    venue_booking_count = fields.Integer(
        "Venues", compute="_compute_venue_booking_count"
    )

    def _compute_venue_booking_count(self):
        counts = dict(
            self.env["club.venue.booking"]._read_group(
                [("activity_id", "in", self.ids), ("state", "!=", "cancelled")],
                ["activity_id"],
                ["__count"],
            )
        )
        for activity in self:
            activity.venue_booking_count = counts.get(activity._origin, 0)

    @for_one
    def action_open_venue_bookings(self):
        self.check_access("read")
        return open_list(
            self,
            "club_venue_booking_action",
            "activity_id",
            default_date_from=self.date_begin,
            default_date_to=self.date_end,
            default_headcount=self.headcount,
            default_purpose=self.theme,
        )

    def _get_consequences(self, change):
        """Rooms that aren't used up follow, where they are free. Rules C4, C8."""
        # sudo: whoever booked them, they follow
        bookings_sudo = self.env["club.venue.booking"].sudo()
        pending = bookings_sudo.search(
            [
                ("activity_id", "=", self.id),
                ("state", "=", BOOKED),
                ("date_to", ">", fields.Datetime.now()),
            ],
            order="date_from, id",
        )
        found = super()._get_consequences(change)
        if change.is_cancelled:
            return found + [
                Consequence(
                    self.env._("%s is free again.", booking.display_name),
                    booking._get_booker(),
                    booking.action_cancel,
                )
                for booking in pending
            ]
        # Rooms of one venue could be in each other's way: they follow together.
        return found + [
            consequence
            for bookings in pending.grouped("venue_id").values()
            for consequence in bookings._get_move_consequences(change)
        ]
