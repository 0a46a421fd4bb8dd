from odoo import api, fields, models
from odoo.tools import SQL

from ..record.by_company import ByCompany
from ..record.figure_source import FigureSource
from ..record.rpc import for_one
from .facts import fact_lines, month_of


class ClubRevenue(models.Model):
    """The facts, a row a line: what Finance booked. Rules A3, B1.

    A read-only view over the stamped posted invoice lines and the imported lines;
    the points run and the grades read the same SQL.
    """

    _name = "club.revenue"
    _description = "Recognised Revenue"
    _inherit = ["club.record.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "account_id"
    _club_months = ("month",)

    date = fields.Date("Accounting Date", readonly=True)
    month = fields.Date(readonly=True)
    account_id = fields.Many2one("res.partner", readonly=True)
    category_id = fields.Many2one("product.category", "Product Category", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    amount = fields.Monetary("Revenue", readonly=True, help="Company currency, net.")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    source = fields.Selection(
        [("invoice", "Invoice"), ("import", "Import")], readonly=True
    )
    move_line_id = fields.Many2one("account.move.line", "Invoice Line", readonly=True)
    revenue_line_id = fields.Many2one(
        "club.revenue.line", "Imported Line", readonly=True
    )
    tier_id = ByCompany(related="account_id.club_tier_id", string="Membership Tier")
    unit_id = ByCompany(related="account_id.club_unit_id", string="Unit")

    _depends = {
        "account.move.line": [
            "balance",
            "club_account_id",
            "club_category_id",
            "company_id",
            "date",
            "parent_state",
            "product_id",
        ],
        "club.revenue.line": [
            *("account_id", "amount", "category_id", "month", "product_id", "state"),
        ],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT f.id, f.date, %s AS month, f.account_id, f.category_id, f.product_id,
                   f.amount, f.company_id,
                   CASE WHEN f.id > 0 THEN 'invoice' ELSE 'import' END AS source,
                   CASE WHEN f.id > 0 THEN f.id END AS move_line_id,
                   CASE WHEN f.id < 0 THEN -f.id END AS revenue_line_id
              FROM (%s) f
            """,
            month_of(SQL("f.date")),
            fact_lines(),
        )

    @api.model
    def _get_figure_sources(self):
        """What Finance booked, posted as points or not, of the account's unit."""
        return [
            FigureSource("revenue", (), "date", account="account_id", value="amount")
        ]

    @api.readonly
    @for_one
    def action_open_source(self):
        """Open the invoice or the imported row behind this line."""
        source = self.move_line_id.move_id or self.revenue_line_id
        return {
            "type": "ir.actions.act_window",
            "res_model": source._name,
            "res_id": source.id,
            "views": [(False, "form")],
        }
