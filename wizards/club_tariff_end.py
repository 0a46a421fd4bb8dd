from odoo import fields, models

from ..models.record.rpc import for_one


class ClubTariffEnd(models.TransientModel):
    """The dialog in which an officer says when a tariff ends, and why. Rule D18.

    The tariff's own method judges whether it may.
    """

    _name = "club.tariff.end"
    _description = "End a Tariff"
    _inherit = ["club.guard.mixin"]

    tariff_id = fields.Many2one("club.tariff", required=True, ondelete="cascade")
    last_day = fields.Date(
        required=True,
        default=lambda self: self.env.company._club_today(),
        help="The last day on which it is given.",
    )
    reason = fields.Char(required=True)

    @for_one
    def action_end(self):
        """End the tariff and close the dialog."""
        self.tariff_id._end(self.last_day, self.reason)
        return {"type": "ir.actions.act_window_close"}
