from odoo import models


class EventEvent(models.Model):
    _inherit = "event.event"

    def _compute_seats(self):
        """Don't count account managers who come along with their guests. Rule C4."""
        result = super()._compute_seats()
        staff = dict(
            self.env["event.registration"]
            .sudo()
            ._read_group(
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
