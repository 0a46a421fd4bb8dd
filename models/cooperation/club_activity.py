from odoo import fields, models

from ..record.groups import READERS
from ..record.rpc import for_one
from .club_cooperation_calloff import CONFIRMED, DRAFT


class ClubActivity(models.Model):
    """What third parties do for an activity. Rule C6."""

    _inherit = "club.activity"

    calloff_ids = fields.One2many(
        "club.cooperation.calloff",
        "activity_id",
        "Call-Offs",
        readonly=True,
        groups=READERS,
    )
    calloff_count = fields.Integer(
        compute="_compute_cooperation_counts", groups=READERS
    )
    settlement_count = fields.Integer(
        compute="_compute_cooperation_counts", groups=READERS
    )

    def _compute_cooperation_counts(self):
        """Count what the user may read."""
        counts = {}
        for name, model in (
            ("calloff_count", "club.cooperation.calloff"),
            ("settlement_count", "club.settlement"),
        ):
            counts[name] = dict(
                self.env[model]._read_group(
                    [("activity_id", "in", self.ids)], ["activity_id"], ["__count"]
                )
            )
        for activity in self:
            for name, found in counts.items():
                activity[name] = found.get(activity._origin, 0)

    def _get_consequences(self, change):
        """What was ordered for it follows, as far as its contract lets it. C4, C6."""
        calloffs_sudo = self.env["club.cooperation.calloff"].sudo()
        pending = calloffs_sudo.search(
            [("activity_id", "=", self.id), ("state", "in", (DRAFT, CONFIRMED))],
            order="id",
        )
        fixed = pending._get_billed() | pending._get_settled()
        return [
            *super()._get_consequences(change),
            *(
                calloff._get_consequence(
                    change,
                    calloff in fixed,
                    self.company_id._club_day(change.was_begin),
                    change.date_begin and self.company_id._club_day(change.date_begin),
                )
                for calloff in pending
            ),
        ]

    @for_one
    def action_open_calloffs(self):
        return self._get_cooperation_action("club_cooperation_calloff_action")

    @for_one
    def action_open_settlements(self):
        return self._get_cooperation_action("club_settlement_action")

    def _get_cooperation_action(self, name):
        action = self.env["ir.actions.act_window"]._for_xml_id(f"crm_club.{name}")
        return {
            **action,
            "domain": [("activity_id", "=", self.id)],
            "context": {
                "default_activity_id": self.id,
                "default_unit_id": self.unit_id.id,
            },
        }
