from odoo import api, fields, models
from odoo.tools import SQL

from ..record.by_company import ByCompany
from ..record.rpc import for_one


class ClubDiscount(models.Model):
    """Discount that was given: price × quantity × per cent of a posted customer
    invoice's line, in company currency and net of tax. Rule D18.

    A read-only view over the lines that revenue counts; credit notes take off again
    what was given. With prices that have tax in them, the tax is taken out.
    """

    _name = "club.discount"
    _description = "Discount Given"
    _inherit = ["club.record.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "account_id"

    date = fields.Date("Accounting Date", readonly=True)
    account_id = fields.Many2one("res.partner", readonly=True)
    category_id = fields.Many2one("product.category", "Product Category", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    quantity = fields.Float(readonly=True, digits="Product Unit")
    percent = fields.Float(
        "Discount (%)", digits=(16, 2), readonly=True, aggregator=None
    )
    amount = fields.Monetary("Discount", readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    tier_id = ByCompany(related="account_id.club_tier_id", string="Membership Tier")
    unit_id = ByCompany(related="account_id.club_unit_id", string="Unit")

    _depends = {
        "account.move": ["invoice_currency_rate", "move_type"],
        "account.move.line": [
            *("club_account_id", "club_category_id", "company_id", "date"),
            *("discount", "move_id", "parent_state", "price_subtotal", "price_total"),
            *("price_unit", "product_id", "quantity"),
        ],
        "res.company": ["currency_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT l.id, l.date, l.club_account_id AS account_id, l.move_id,
                   l.club_category_id AS category_id, l.product_id, l.company_id,
                   s.sign * l.quantity AS quantity, l.discount AS percent,
                   round((s.sign * l.price_unit * l.quantity * l.discount / 100
                          * CASE WHEN s.has_tax_in_it
                                 THEN l.price_subtotal / l.price_total ELSE 1 END
                          / coalesce(nullif(m.invoice_currency_rate, 0), 1))::numeric,
                         coalesce(u.decimal_places, 2)) AS amount
              FROM account_move_line l
              JOIN account_move m ON m.id = l.move_id
              JOIN res_company c ON c.id = l.company_id
              JOIN res_currency u ON u.id = c.currency_id
        CROSS JOIN LATERAL (
                   SELECT l.price_unit * l.quantity * (1 - l.discount / 100) AS paid) p
        CROSS JOIN LATERAL (
                   SELECT CASE WHEN m.move_type = 'out_refund' THEN -1 ELSE 1 END
                              AS sign,
                          l.price_total <> 0 AND abs(p.paid - l.price_total)
                              < abs(p.paid - l.price_subtotal) AS has_tax_in_it) s
             WHERE l.parent_state = 'posted' AND l.club_account_id IS NOT NULL
               AND l.discount <> 0
            """
        )

    @api.model
    def _get_cost_sql(self):
        return SQL(
            """
            SELECT id AS res_id, 'discount'::varchar AS kind, account_id, company_id,
                   date, amount
              FROM (%s) d
             WHERE amount <> 0
            """,
            self._table_query,
        )

    @api.readonly
    @for_one
    def action_open_source(self):
        """Open the invoice of the line."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }
