from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...kernel import budgets
from ...kernel.written import get_written
from ..approval.states import EDITABLE
from ..record.by_company import ByCompany
from ..record.derived import differs
from ..record.lock import opened
from ..record.names import join_clauses
from .budget_sql import figures_query
from .club_account_cost import GRANTED
from .cost_rows import CostRows


class ClubMarketingBudget(models.Model):
    """What may be spent on an account in a year, as a sheet has it. Rule B8.

    Proposed is what the points of the year before come to at the rate of the account's
    tier, as both were when it was prepared. What is granted otherwise has a reason.
    """

    _name = "club.marketing.budget"
    _description = "Marketing Budget"
    _inherit = ["club.record.mixin"]
    _order = "year desc, granted desc, id"
    _rec_name = "account_id"
    _club_keeps = "account_id"
    _club_parent = "budget_id"
    _club_accounts = ("account_id",)
    _club_fixes_currency = True
    # Whose budget in which sheet never changes.
    _club_identity = ("budget_id", "account_id")

    budget_id = fields.Many2one(
        "club.budget", "Budget Sheet", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="budget_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    year = fields.Integer(
        related="budget_id.year", store=True, precompute=True, aggregator=None
    )
    sheet_state = fields.Selection(
        related="budget_id.approval_state", string="Approval"
    )
    account_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("parent_id", "=", False)],
    )
    unit_id = ByCompany(related="account_id.club_unit_id", string="Unit")
    user_id = ByCompany(related="account_id.club_manager_id", string="Account Manager")
    tier_id = fields.Many2one(
        "club.tier",
        "Membership Tier",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Of the account, when it was prepared.",
    )
    points = fields.Float(
        digits=(16, 2),
        readonly=True,
        copy=False,
        help="Points of the year before that count for the tier.",
    )
    rate = fields.Float(
        "Budget per Point",
        digits=(16, 4),
        readonly=True,
        copy=False,
        aggregator=None,
        help="Of the tier, when it was prepared. Company currency.",
    )
    proposed = fields.Monetary(
        readonly=True, copy=False, help="Points times rate, to the cent."
    )
    granted = fields.Monetary(required=True, default=0)
    reason = fields.Char(
        "Why Otherwise", help="Needed where another amount is granted than proposed."
    )
    is_prepared = fields.Boolean(readonly=True, copy=False)
    is_decided = fields.Boolean(
        "Decided Otherwise",
        compute="_compute_is_decided",
        search="_search_is_decided",
    )

    # === What becomes of it === #
    granted_year = fields.Monetary(
        "Granted in the Year",
        compute="_compute_spent",
        compute_sudo=True,
        help="By all signed sheets.",
    )
    spent = fields.Monetary(
        "Amount Spent",
        compute="_compute_spent",
        compute_sudo=True,
        help="On the account in the year.",
    )
    left = fields.Monetary(
        "Left of Budget", compute="_compute_spent", compute_sudo=True
    )
    is_over = fields.Boolean(
        "Over Budget",
        compute="_compute_spent",
        compute_sudo=True,
        search="_search_is_over",
        help="More was spent than signed sheets granted for the year.",
    )

    # What a year's sheets have of an account.
    _year_idx = models.Index("(account_id, year)")
    # The upper bounds also refuse NaN, which PostgreSQL puts above all numbers.
    _amounts = models.Constraint(
        "CHECK(granted >= 0 AND granted < 1e12)",
        "What is granted is 0 or more, and below 1,000,000,000,000.",
    )

    # === Computes === #

    @api.depends("proposed", "granted")
    def _compute_is_decided(self):
        for line in self:
            difference = (line.granted or 0) - (line.proposed or 0)
            line.is_decided = round(difference, 2) != 0

    def _search_is_decided(self, operator, value):
        if operator != "in":
            return NotImplemented
        return fields.Domain.custom(
            to_sql=lambda model, alias, _query: SQL(
                "%s <> coalesce(%s, 0)",
                model._field_to_sql(alias, "granted"),
                model._field_to_sql(alias, "proposed"),
            ),
            predicate=lambda line: line.is_decided,
        )

    @api.depends("account_id", "year", "company_id", "budget_id.approval_state")
    def _compute_spent(self):
        # Whoever may read what an account is granted may know what was spent of it.
        found = self.env["club.account.cost"]._get_sums(
            self.account_id._origin, self.company_id, list({*self.mapped("year")})
        )
        for line in self:
            key = line.account_id._origin.id, line.company_id.id, line.year
            granted, spent = found.get(key, (None, 0))
            line.granted_year = granted or 0
            line.spent = spent
            line.left = budgets.get_left(granted, spent)
            line.is_over = budgets.is_over(granted, spent)

    def _search_is_over(self, operator, value):
        """Find the years of accounts that went over, in one statement."""
        if operator != "in":
            return NotImplemented
        costs = self.env["club.account.cost"]
        rows = CostRows(costs, False).query([])
        table = costs._table
        over = SQL(
            "%s GROUP BY account_id, company_id, year"
            " HAVING bool_or(kind = %s) AND sum(amount) > sum(granted)",
            rows.select(
                *(
                    SQL.identifier(table, name)
                    for name in ("account_id", "company_id", "year")
                )
            ),
            GRANTED,
        )
        return fields.Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "(%s, %s, %s) IN (%s)",
                *(
                    SQL.identifier(alias, name)
                    for name in ("account_id", "company_id", "year")
                ),
                over,
            ),
            predicate=lambda line: line.is_over,
        )

    # === Written, deleted === #

    def _club_after_create(self):
        """Work out what a line made by hand proposes, and ask again for its reason."""
        super()._club_after_create()
        self.env.flush_all()
        for sheet, lines in self.grouped("budget_id").items():
            sheet_sudo = sheet.sudo()  # points and tiers count, whoever reads them
            self.env.cr.execute(figures_query(sheet_sudo, lines.ids))
        self.invalidate_recordset()
        self._check_listed_once()
        self._check_reason()

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        names = set(self._club_identity).intersection(vals)
        if any(differs(line, name, vals[name]) for line in self for name in names):
            raise UserError(
                self.env._(
                    "Whose budget it is, and in which sheet, doesn't change: add a "
                    "line for the other account."
                )
            )

    def _club_check_unlink(self):
        super()._club_check_unlink()
        for line in self:
            if line.is_prepared:
                raise UserError(
                    self.env._(
                        "%s is on the sheet with what its points propose: grant 0 with "
                        "the reason instead of deleting it.",
                        line.account_id.display_name,
                    )
                )

    def _check_listed_once(self):
        # sudo: all lines of the sheet
        for sheet, account, count in self.sudo()._read_group(
            [
                ("budget_id", "in", self.budget_id.ids),
                ("account_id", "in", self.account_id.ids),
            ],
            ["budget_id", "account_id"],
            ["__count"],
        ):
            if count > 1:
                raise ValidationError(
                    self.env._(
                        "%(account)s is listed in %(sheet)s already: change that line.",
                        account=account.display_name,
                        sheet=sheet.name,
                    )
                )

    @api.constrains("granted", "reason")
    def _check_reason(self):
        for line in self:
            if line.is_decided and not get_written(line.reason):
                raise ValidationError(
                    line.budget_id._refuse_without_reason(line.account_id)
                )

    # === Merged accounts === #

    @api.model
    def _settle_merge(self, sources, target):
        """Join what sheets still to be submitted have of the merged accounts: else the
        points of both would propose twice. What is signed stays, and adds up.
        """
        lines = self.search(
            [
                ("account_id", "in", (sources | target).ids),
                ("sheet_state", "in", EDITABLE),
            ]
        )
        for found in lines.grouped("budget_id").values():
            of_target = found.filtered(lambda line: line.account_id == target)
            kept = (of_target or found)[:1]
            rest = found - kept
            if not rest:
                continue
            reasons = [line.reason for line in found if line.reason]
            kept._write_guarded(
                {
                    "points": sum(found.mapped("points")),
                    "proposed": sum(found.mapped("proposed")),
                    "granted": sum(found.mapped("granted")),
                    "reason": join_clauses(self.env, reasons) or False,
                }
            )
            opened(rest).unlink()
