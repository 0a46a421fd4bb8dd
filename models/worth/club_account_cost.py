from odoo import api, fields, models
from odoo.tools import ormcache

from ..care.today_rows import unite
from ..record.figure_source import FigureSource
from ..record.names import get_model_name
from ..record.rpc import for_one
from .cost_rows import BRANCHES, BUDGET, CostRows, budget_branch, name_branch

GRANTED = "budget"
KINDS = [
    (GRANTED, "Budget Granted"),
    ("gift", "Gift"),
    ("reward", "Reward"),
    ("voucher", "Voucher"),
    ("discount", "Discount"),
    ("coupon", "Coupon"),
    ("banquet", "Banquet"),
    ("activity", "Activity"),
]


def _get_document(record):
    """Return what is opened for a record that costs or grants something."""
    return record.budget_id if record._name == BUDGET else record


class ClubAccountCost(models.Model):
    """What was granted for an account and what was spent on it. Rule B8.

    A read-only view: other records say themselves what they cost (`_get_cost_sql`), and
    signed sheets what they grant. A row opens its document.
    """

    _name = "club.account.cost"
    _description = "Spent on an Account"
    _inherit = ["club.record.mixin"]
    _auto = False
    _order = "date desc, id desc"

    name = fields.Char("Document", compute="_compute_name")
    branch = fields.Integer(readonly=True, aggregator=None)
    res_model = fields.Char("Model", readonly=True)
    res_id = fields.Many2oneReference(
        "Document No.", model_field="res_model", readonly=True
    )
    kind = fields.Selection(KINDS, readonly=True)
    account_id = fields.Many2one("res.partner", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    unit_id = fields.Many2one(
        "crm.team", readonly=True, help="That looks after the account today."
    )
    user_id = fields.Many2one("res.users", "Account Manager", readonly=True)
    tier_id = fields.Many2one(
        "club.tier", "Membership Tier", readonly=True, help="Of the account today."
    )
    date = fields.Date(
        readonly=True, help="When it was given; of a budget the first day of its year."
    )
    year = fields.Integer(readonly=True, aggregator=None)
    granted = fields.Monetary(readonly=True, help="By signed sheets, for the year.")
    amount = fields.Monetary("Amount Spent", readonly=True)
    balance = fields.Monetary(
        "Left of Budget", readonly=True, help="Granted, less what was spent."
    )

    # === The view === #

    @property
    def _table_query(self):
        return unite(self._get_branches().values())

    def _get_branches(self):
        """Return the rows of each model that costs something: ``{name: SQL}``."""
        found = {BUDGET: budget_branch(0, BUDGET, GRANTED)}
        for number, name in enumerate(self._get_branch_models(), 1):
            rows = self.env[name]._get_cost_sql()
            if rows is not None:
                found[name] = name_branch(number, self.env[name], rows)
        return found

    @api.model
    @ormcache()
    def _get_branch_models(self):
        """Return the names of the models that say what they cost, in a fixed order."""
        return self._get_models_saying("_get_cost_sql")[: BRANCHES - 1]

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        active_test=True,
        bypass_access=False,
    ):
        rows = CostRows(self, not (self.env.su or bypass_access))
        return rows.query(domain, order, offset or 0, limit or None)

    # === Computes === #

    @api.depends("res_model", "res_id")
    @api.depends_context("lang", "uid", "company")
    def _compute_name(self):
        """Name the document to those who may read it, else say what it is."""
        self.name = False
        for name, rows in self.filtered("res_id").grouped("res_model").items():
            model = self.env[name]
            readable = model
            if model.has_access("read"):
                documents = model.browse(rows.mapped("res_id"))
                readable = documents._filtered_access("read")
            texts = {
                record.id: _get_document(record).display_name for record in readable
            }
            for row in rows:
                row.name = texts.get(row.res_id) or get_model_name(model)

    @api.depends("name")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.name

    # === Sums === #

    @api.model
    def _get_sums(self, accounts, companies, years):
        """Return ``{(account id, company id, year): (granted, spent)}``, in one
        statement; granted is None where no signed sheet lists the account.
        """
        found = {}
        for account, company, year, kind, granted, amount in self._read_group(
            [
                ("account_id", "in", accounts.ids),
                ("company_id", "in", companies.ids),
                ("year", "in", years),
            ],
            ["account_id", "company_id", "year", "kind"],
            ["granted:sum", "amount:sum"],
        ):
            key = account.id, company.id, year
            before, spent = found.get(key, (None, 0))
            if kind == GRANTED:
                before = (before or 0) + granted
            found[key] = before, spent + amount
        return found

    # === What is counted === #

    @api.model
    def _get_figure_sources(self):
        """What was spent, on the day that it was given. Rule B8."""
        return [
            FigureSource(
                "costs",
                (("kind", "!=", GRANTED),),
                "date",
                account="account_id",
                value="amount",
            )
        ]

    # === Actions === #

    @for_one
    def action_open_document(self):
        """Open what the row is about; of what is granted, the sheet."""
        self.check_access("read")
        document = _get_document(self.env[self.res_model].browse(self.res_id))
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }
