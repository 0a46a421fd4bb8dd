from odoo import fields, models

from ..rpc import for_one


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
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_venue_booking_action"
        )
        return {
            **action,
            "domain": [("activity_id", "=", self.id)],
            "context": {
                "default_activity_id": self.id,
                "default_date_from": self.date_begin,
                "default_date_to": self.date_end,
                "default_headcount": self.headcount,
                "default_purpose": self.theme,
            },
        }
