from odoo import fields, models

from ..models.record.rpc import for_one


class ClubVoucherRedemption(models.TransientModel):
    """The dialog in which a voucher's code is scanned or typed. Rule D19.

    The voucher's own method judges whether it can be redeemed.
    """

    _name = "club.voucher.redemption"
    _description = "Redeem a Voucher"
    _inherit = ["club.guard.mixin"]

    code = fields.Char("Scan or Type the Code", required=True)
    account_id = fields.Many2one(
        "res.partner",
        domain=[("parent_id", "=", False)],
        help="Who came with it, where the club knows that account: the value counts as "
        "spent on it. Empty: somebody new.",
    )
    customer = fields.Char("Company", help="Of a lead: where somebody new comes from.")
    contact = fields.Char("Person", help="Of a lead: who came with the voucher.")
    phone = fields.Char()

    @for_one
    def action_redeem(self):
        """Redeem the voucher and show it."""
        return self._redeem().get_formview_action()

    @for_one
    def action_redeem_lead(self):
        """Redeem the voucher and make a lead of who came with it."""
        values = {}
        if not self.account_id:
            values = {
                "partner_name": self.customer,
                "contact_name": self.contact,
                "phone": self.phone,
            }
        return self._redeem()._make_lead(**values).get_formview_action()

    def _redeem(self):
        voucher = self.env["club.voucher"]._redeem(self.code, self.account_id)
        # What was typed has done its work.
        self.unlink()
        return voucher
