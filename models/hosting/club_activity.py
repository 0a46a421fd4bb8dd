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
