from odoo import fields, models

from ..models.record.rpc import for_one


class ClubDutyWaiver(models.TransientModel):
    """The dialog in which a lead says why a duty is owed no more. Rule D9.

    The duty's own method judges who may; this only collects the reason.
    """

    _name = "club.duty.waiver"
    _description = "Waive a Duty"
    _inherit = ["club.guard.mixin"]

    duty_id = fields.Many2one("club.duty", required=True, ondelete="cascade")
    reason = fields.Char(required=True)

    @for_one
    def action_waive(self):
        """Waive the duty and close the dialog."""
        self.duty_id.action_waive(self.reason)
        return {"type": "ir.actions.act_window_close"}
