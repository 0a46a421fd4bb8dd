from odoo import api, fields, models
from odoo.exceptions import UserError


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
    name = fields.Char("Name in the File", required=True, readonly=True)
    beside = fields.Char("Name Beside It", readonly=True)
    row_count = fields.Integer("Rows", readonly=True)
    amount = fields.Monetary("Revenue", readonly=True)
    suggestions = fields.Char("Similar Accounts", readonly=True)
    account_id = fields.Many2one(
        "res.partner",
        "Stands for",
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False),"
        " ('company_id', 'in', (company_id, False))]",
    )
    is_accepted = fields.Boolean("Accept the Name")

    @api.onchange("account_id")
    def _onchange_account_id(self):
        """Who chooses an account means it."""
        self.is_accepted = bool(self.account_id)

    def _get_account(self):
        """Return the account that the name is to stand for.

        :raise UserError: when there is none, or it is another company's
        """
        self.ensure_one()
        account = self.account_id.commercial_partner_id
        if not account:
            raise UserError(
                self.env._("Choose the account that “%s” stands for.", self.name)
            )
        if account.company_id not in (self.company_id, account.company_id.browse()):
            raise UserError(
                self.env._(
                    "%(account)s belongs to another company than these rows.",
                    account=account.display_name,
                )
            )
        return account
