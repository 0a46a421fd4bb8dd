"""Where a price list is chosen for a customer, in apps that the club doesn't need."""

from odoo import api, models

# Models with a customer and the price list of what he orders: those of Sales.
ORDERS = ("sale.order",)
CHOSEN = {"partner_id", "pricelist_id"}


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse a tier's price list on the order of who isn't of that tier. Rule D18.

        Here, for the club doesn't depend on Sales.
        """
        records = super().create(vals_list)
        if self._name in ORDERS and not self.env.su:
            records._check_club_pricelists()
        return records

    def write(self, vals):
        """As `create`. What an order keeps of days when he was a member may stay."""
        result = super().write(vals)
        if self._name in ORDERS and not self.env.su and not CHOSEN.isdisjoint(vals):
            self._check_club_pricelists()
        return result

    def _check_club_pricelists(self):
        for order in self:
            order.pricelist_id._check_club_customer(order.partner_id)
