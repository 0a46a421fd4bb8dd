from odoo import api, fields, models

from ..kernel.activity_change import LAST_YEAR
from ..models.activity.change import Rearrangement
from ..models.record.rpc import for_one, to_reason


class ClubActivityChange(models.TransientModel):
    """The dialog in which one moves or cancels an activity, or reports an overspend.

    The activity's own methods judge who may; this only collects what they need.
    """

    _name = "club.activity.change"
    _description = "Change of an Activity"
    _inherit = ["club.guard.mixin"]

    kind = fields.Selection(
        [
            ("move", "Move"),
            ("cancel", "Cancel"),
            ("overspend", "Report Overspend"),
        ],
        required=True,
        default="move",
    )
    activity_id = fields.Many2one("club.activity", required=True, ondelete="cascade")
    # What follows is read as the user: the activity's id comes from the client.
    currency_id = fields.Many2one(related="activity_id.currency_id", related_sudo=False)
    date_begin = fields.Datetime(
        "Begins",
        compute="_compute_now",
        store=True,
        readonly=False,
        compute_sudo=False,
    )
    date_end = fields.Datetime(
        "Ends", compute="_compute_now", store=True, readonly=False, compute_sudo=False
    )
    place = fields.Char(
        compute="_compute_now", store=True, readonly=False, compute_sudo=False
    )
    consequences = fields.Html(
        "What Follows",
        compute="_compute_consequences",
        sanitize=False,  # built from escaped texts
    )
    overspend_limit = fields.Monetary(
        related="activity_id.overspend_limit", related_sudo=False
    )
    cost_actual = fields.Monetary(related="activity_id.cost_actual", related_sudo=False)
    reason = fields.Char(required=True)

    @api.depends("activity_id")
    def _compute_now(self):
        for change in self:
            activity = change.activity_id
            change.date_begin = activity.date_begin
            change.date_end = activity.date_end
            change.place = activity.place

    @api.depends("activity_id", "kind", "date_begin", "date_end", "place")
    @api.depends_context("uid", "lang")
    def _compute_consequences(self):
        """Show what hangs on it, also what belongs to others, to who may change it."""
        for change in self:
            activity = change.activity_id._origin
            ends = change.kind == "cancel"
            if not (
                activity
                and activity.has_access("write")
                and (ends or (change.kind == "move" and change._is_possible()))
            ):
                change.consequences = False
                continue
            planned = (
                activity._prepare_change()
                if ends
                else activity._prepare_change(
                    change.date_begin, change.date_end, change.place
                )
            )
            # sudo: also what belongs to others follows
            rearrangement = Rearrangement(activity.sudo(), planned)
            change.consequences = rearrangement.list_consequences()

    def _is_possible(self):
        begin, end = self.date_begin, self.date_end
        return begin and end and begin <= end and end.year <= LAST_YEAR

    @for_one
    def action_apply(self):
        """Carry it out and close the dialog."""
        activity = self.activity_id._without_client_context()
        reason = to_reason(self.reason)
        if self.kind == "move":
            activity._do_move(self.date_begin, self.date_end, self.place, reason)
        elif self.kind == "cancel":
            activity._do_cancel(reason)
        else:
            return activity.action_report_overspend(reason)
        return {"type": "ir.actions.act_window_close"}
