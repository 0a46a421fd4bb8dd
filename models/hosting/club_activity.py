from odoo import api, models

from .cost_sql import activity_query


class ClubActivity(models.Model):
    """Banquets belong to an activity, and follow it. Rules B8, C4, D11."""

    _inherit = "club.activity"
    _club_shares_cost = True

    @api.model
    def _get_cost_sql(self):
        return activity_query()

    def _get_consequences(self, change):
        banquets_sudo = self.env["club.banquet"].sudo()
        found = banquets_sudo.search([("activity_id", "=", self.id)], order="id")
        pending = found.filtered(lambda b: b.state in b._get_open_states())
        return [
            *super()._get_consequences(change),
            *(
                consequence
                for banquet in pending
                if (consequence := banquet._get_consequence(change))
            ),
        ]

    def _get_door_seats(self, guests):
        """Say at the door at which table of the activity's banquets somebody sits."""
        # sudo: where guests sit, whoever checks them in
        seats_sudo = self.env["club.banquet.seat"].sudo()
        found = seats_sudo.search_fetch(
            [
                ("banquet_id.activity_id", "=", self.id),
                ("banquet_id.state", "!=", "cancelled"),
                ("contact_id", "in", guests.contact_id.ids),
                ("table_id", "!=", False),
            ],
            ["contact_id", "table_id", "number"],
        )
        texts = {
            seat.contact_id: self.env._(
                "%(table)s, seat %(number)s",
                table=seat.table_id.display_name,
                number=seat.number,
            )
            for seat in found
        }
        seated = {
            guest.id: texts[guest.contact_id]
            for guest in guests
            if guest.contact_id in texts
        }
        return {**super()._get_door_seats(guests), **seated}
