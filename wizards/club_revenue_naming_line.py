from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.points.club_alias import ALIAS_KINDS


class ClubRevenueNamingLine(models.TransientModel):
    """An unknown name of parked rows, and what it is to stand for. Rule B15."""

    _name = "club.revenue.naming.line"
    _description = "Name of Parked Rows"
    _inherit = ["club.guard.mixin"]
    _order = "id"
    _club_parent = "naming_id"

    naming_id = fields.Many2one(
        "club.revenue.naming",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="naming_id.company_id")
    currency_id = fields.Many2one(related="naming_id.currency_id")
    kind = fields.Selection(
        ALIAS_KINDS, required=True, readonly=True, default="account"
    )
    name = fields.Char("Name in the File", required=True, readonly=True)
    beside = fields.Char("Name Beside It", readonly=True)
    row_count = fields.Integer("Rows", readonly=True)
    amount = fields.Monetary("Revenue", readonly=True)
    suggestions = fields.Char("Similar Names", readonly=True)
    account_id = fields.Many2one(
        "res.partner",
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False),"
        " ('company_id', 'in', (company_id, False))]",
    )
    category_id = fields.Many2one("product.category", "Product Category")
    product_id = fields.Many2one(
        "product.product", domain="[('company_id', 'in', (company_id, False))]"
    )
    is_accepted = fields.Boolean("Accept the Name")

    @api.onchange("account_id", "category_id", "product_id")
    def _onchange_target(self):
        """Who chooses what it stands for means it."""
        self.is_accepted = bool(self[f"{self.kind}_id"])

    def _get_target(self):
        """Return what the name is to stand for.

        :raise UserError: when there is nothing, or it is another company's
        """
        self.ensure_one()
        target = self[f"{self.kind}_id"]
        if not target:
            raise UserError(self.env._("Choose what “%s” stands for.", self.name))
        if self.kind == "account":
            target = target.commercial_partner_id
        company = "company_id" in target._fields and target.company_id
        if company and company != self.company_id:
            raise UserError(
                self.env._(
                    "%(account)s belongs to another company than these rows.",
                    account=target.display_name,
                )
            )
        return target
