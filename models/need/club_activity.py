from odoo import fields, models

from ..record.rpc import for_one


class ClubActivity(models.Model):
    _inherit = "club.activity"

    introduction_count = fields.Integer(
        "Introductions", compute="_compute_introduction_count"
    )

    def _compute_introduction_count(self):
        counts = dict(
            self.env["club.introduction"]._read_group(
                [("activity_id", "in", self.ids)], ["activity_id"], ["__count"]
            )
        )
        for activity in self:
            activity.introduction_count = counts.get(activity._origin, 0)

    @for_one
    def action_open_introductions(self):
        """Show which members were introduced to each other there. Rule C1."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_introduction_action"
        )
        return {
            **action,
            "domain": [("activity_id", "=", self.id)],
            "context": {"default_activity_id": self.id},
        }
