from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel import revenue_rows
from ..kernel.written import get_written
from ..models.points import revenue_store
from ..models.record.rpc import for_one

NAMES_SHOWN = 20


class ClubRevenueSettle(models.TransientModel):
    """Fill in what couldn't be read in parked rows, or discard them. Rule B15."""

    _name = "club.revenue.settle"
    _description = "Settle Parked Rows"
    _inherit = ["club.guard.mixin"]
    _club_months = ("month",)

    line_ids = fields.Many2many(
        "club.revenue.line", string="Parked Rows", required=True
    )
    company_id = fields.Many2one("res.company", compute="_compute_needs")
    currency_id = fields.Many2one(related="company_id.currency_id")
    names = fields.Text("In the File", compute="_compute_needs")
    needs_account = fields.Boolean(compute="_compute_needs")
    needs_category = fields.Boolean(compute="_compute_needs")
    needs_product = fields.Boolean(compute="_compute_needs")
    needs_month = fields.Boolean(compute="_compute_needs")
    needs_amount = fields.Boolean(compute="_compute_needs")
    account_id = fields.Many2one(
        "res.partner",
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False),"
        " ('company_id', 'in', (company_id, False))]",
    )
    category_id = fields.Many2one("product.category", "Product Category")
    product_id = fields.Many2one(
        "product.product", domain="[('company_id', 'in', (company_id, False))]"
    )
    month = fields.Date(help="Any day of the month.")
    amount = fields.Monetary(help="In the company's currency, not in the file's unit.")
    can_remember = fields.Boolean(compute="_compute_needs")
    remember = fields.Boolean(
        "Remember as Alias",
        compute="_compute_remember",
        store=True,
        readonly=False,
        help="The name in the file stands for this account, category or product from "
        "now on; other parked rows with the same name are settled too.",
    )
    reason = fields.Char(help="Why these rows are not to count.")

    @api.depends("line_ids")
    def _compute_needs(self):
        for wizard in self:
            lines = wizard.line_ids._origin
            wizard.company_id = lines.company_id[:1]
            wizard.names = "\n".join(lines._get_texts()[:NAMES_SHOWN])
            wizard.needs_account = any(not line.account_id for line in lines)
            wizard.needs_category = any(not line.category_id for line in lines)
            wizard.needs_product = any(
                line.raw_product and not line.product_id for line in lines
            )
            wizard.can_remember = not lines._get_unsure_codes()
            wizard.needs_month = any(not line.month for line in lines)
            # An amount belongs to one row.
            wizard.needs_amount = len(lines) == 1 and revenue_store.lacks_amount(
                self.env, lines.ids
            )

    @api.depends("line_ids")
    def _compute_remember(self):
        for wizard in self:
            wizard.remember = wizard.can_remember

    @for_one
    def action_settle(self):
        """Settle the rows and tell how many count now.

        :raise UserError: when a code is to be remembered that lost digits
        """
        self._check_account()
        self._check_remember()
        values = {
            "account_id": self.account_id.commercial_partner_id.id,
            "category_id": self.category_id.id,
            "product_id": self.needs_product and self.product_id.id,
            "month": self.month and self._read(revenue_rows.parse_month, self.month),
            "amount": self.needs_amount
            and self._read(revenue_rows.parse_amount, self.amount),
        }
        if self.month and values["month"] > self.company_id._club_today():
            raise UserError(self.env._("Choose a month that doesn't lie ahead."))
        settled = self.line_ids._settle(values, remember=self.remember)
        return self.line_ids._notify_settled(settled)

    @for_one
    def action_discard(self):
        """Discard the rows with the reason given."""
        if not get_written(self.reason):
            raise UserError(self.env._("Say why these rows are discarded."))
        self.line_ids._discard(get_written(self.reason))
        return {"type": "ir.actions.act_window_close"}

    def _read(self, parse, value):
        """Return a value as a file's would be read: no year 1, no infinite amount."""
        try:
            return parse(value)
        except ValueError as error:
            raise UserError(
                self.env._("“%s” is no month or amount that can count.", value)
            ) from error

    def _check_remember(self):
        codes = self.line_ids._get_unsure_codes()
        if self.remember and codes:
            raise UserError(
                self.env._(
                    "“%s” lost digits in a spreadsheet and may stand for several "
                    "accounts: settle its rows without remembering it.",
                    codes[0],
                )
            )

    def _check_account(self):
        for chosen in (self.account_id.commercial_partner_id, self.product_id):
            company = chosen.company_id
            if company and company != self.line_ids.company_id:
                raise UserError(
                    self.env._(
                        "%(account)s belongs to another company than these rows.",
                        account=chosen.display_name,
                    )
                )
