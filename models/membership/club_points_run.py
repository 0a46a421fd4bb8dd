from odoo import api, fields, models

from ..record.rpc import for_one

PROMOTED = ("enrolled", "upgraded")


class ClubPointsRun(models.Model):
    """What posting a run made of accounts: who was enrolled, who promoted. Rule A5."""

    _inherit = "club.points.run"

    enrolled_count = fields.Integer(
        "Enrolled", compute="_compute_begun_counts", help="Accounts new in a tier."
    )
    upgraded_count = fields.Integer(
        "Promoted", compute="_compute_begun_counts", help="Accounts in a higher tier."
    )

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_begun_counts(self):
        """Count those that the user may read, as the list shows them."""
        memberships, counts = self.env["club.membership"], {}
        if self.ids and memberships.has_access("read"):
            counts = {
                (run.id, origin): count
                for run, origin, count in memberships._read_group(
                    self._domain_begun(), ["run_id", "origin"], ["__count"]
                )
            }
        for run in self:
            run.enrolled_count = counts.get((run._origin.id, "enrolled"), 0)
            run.upgraded_count = counts.get((run._origin.id, "upgraded"), 0)

    def _domain_begun(self):
        return [("run_id", "in", self.ids), ("origin", "in", PROMOTED)]

    @for_one
    def action_open_begun(self):
        """List who was enrolled or promoted by the run, with both tiers."""
        return self._action_of(
            "crm_club.club_membership_action_begun", self._domain_begun()
        )
