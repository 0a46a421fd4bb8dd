from odoo import api, fields, models

from ..models.rpc import for_one, to_text


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
    has_briefing = fields.Boolean(compute="_compute_has_briefing")
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

    @api.depends("activity_id")
    def _compute_has_briefing(self):
        for change in self:
            change.has_briefing = bool(change.activity_id.sudo().briefing_id)

    @for_one
    def action_apply(self):
        """Carry it out and close the dialog."""
        activity = self.activity_id._without_client_context()
        reason = to_text(self.reason)
        if self.kind == "move":
            activity._do_move(self.date_begin, self.date_end, self.place, reason)
        elif self.kind == "cancel":
            activity._do_cancel(reason)
        else:
            return activity.action_report_overspend(reason)
        return {"type": "ir.actions.act_window_close"}
