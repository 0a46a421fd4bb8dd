from odoo import fields, models

from ..models.record.rpc import for_one


class ClubCouponRedeem(models.TransientModel):
    """The dialog in which the code of a coupon is typed. Rule D12.

    The booking's own method judges whether it is taken; this only collects the code.
    """

    _name = "club.coupon.redeem"
    _description = "Redeem a Coupon"
    _inherit = ["club.guard.mixin"]

    code = fields.Char("Coupon Code", required=True)

    @for_one
    def action_redeem(self):
        """Take the coupon, and show what it was."""
        coupon = self.env["club.benefit.booking"]._redeem(self.code)
        return {
            "type": "ir.actions.act_window",
            "res_model": coupon._name,
            "res_id": coupon.id,
            "views": [(False, "form")],
        }
