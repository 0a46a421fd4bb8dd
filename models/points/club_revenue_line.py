from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ...kernel import revenue_rows
from ..record.groups import CLERK, FINANCE, OFFICER
from ..record.rpc import for_records
from . import revenue_store
from .club_alias import ALIAS_KINDS

LINE_STATES = [
    ("valid", "Counts"),
    ("parked", "Parked"),
    ("cancelled", "Cancelled"),
]
SETTLERS = (FINANCE, OFFICER, CLERK)
DISCARDERS = SETTLERS[:2]


class ClubRevenueLine(models.Model):
    """A row of an imported statement; while it counts, a revenue fact. Rule B15.

    Rows are never deleted. What a row was read as is never edited: only the parts
    that couldn't be read are filled in, which settles it.
    """

    _name = "club.revenue.line"
    _description = "Imported Revenue"
    _inherit = ["club.record.mixin"]
    _order = "import_id desc, row, id"
    _club_months = ("month",)
    _club_about = "account_id"
    _club_texts = ("raw_account", "raw_account_name")
    # Who and when are the import's; the rows of a year are many.
    _log_access = False

    import_id = fields.Many2one(
        "club.revenue.import", required=True, readonly=True, ondelete="restrict"
    )
    row = fields.Integer(readonly=True, help="As numbered in the file.")
    file_column = fields.Integer(
        "Column in the File",
        readonly=True,
        help="Of a wide table, whose rows hold several amounts; else empty.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    account_id = fields.Many2one("res.partner", readonly=True, ondelete="restrict")
    category_id = fields.Many2one(
        "product.category", readonly=True, ondelete="restrict"
    )
    product_id = fields.Many2one(
        "product.product",
        readonly=True,
        ondelete="restrict",
        help="Where the statement names one: its own rate comes before that of the "
        "category. Rule B2.",
    )
    month = fields.Date(readonly=True)
    amount = fields.Monetary(
        readonly=True, help="In the company's currency; corrections are negative."
    )
    state = fields.Selection(LINE_STATES, required=True, readonly=True)
    is_beyond_window = fields.Boolean(
        "Beyond the Correction Window",
        readonly=True,
        help="When it began to count, its month was too old for points runs to "
        "correct: its points come by a signed adjustment.",
    )

    fault_code = fields.Selection(
        [
            ("account", "Account"),
            ("category", "Category"),
            ("product", "Product"),
            ("month", "Month"),
            ("amount", "Amount"),
        ],
        string="What Is Wrong",
        readonly=True,
        help="The first part of the row that couldn't be read.",
    )
    fault = fields.Char(readonly=True)
    raw_account = fields.Char("Account in the File", readonly=True)
    raw_account_name = fields.Char("Account Name in the File", readonly=True)
    raw_category = fields.Char("Category in the File", readonly=True)
    raw_product = fields.Char("Product in the File", readonly=True)
    raw_month = fields.Char("Month in the File", readonly=True)
    raw_amount = fields.Char("Amount in the File", readonly=True)
    settled_by_id = fields.Many2one(
        "res.users", readonly=True, help="Who settled the parked row or cancelled it."
    )
    settled_on = fields.Datetime(readonly=True)
    discard_reason = fields.Char("Reason for Cancelling", readonly=True)

    _row_uniq = models.UniqueIndex(
        "(import_id, row, coalesce(file_column, 0))", "A row of a file counts once."
    )
    # The facts of a month, in the points run.
    _facts_idx = models.Index("(company_id, month) WHERE state = 'valid'")
    # The facts of one account, and "merge partners".
    _account_idx = models.Index("(account_id, month) WHERE account_id IS NOT NULL")
    # The rows to settle, also those with the same unknown name.
    _parked_idx = models.Index("(company_id, import_id) WHERE state = 'parked'")
    # The account is left out: where a CHECK names a partner column, the merge wizard
    # deletes the rows that it fails to move. The ledger asks for the account.
    _valid_complete = models.Constraint(
        "CHECK(state <> 'valid' OR (category_id IS NOT NULL AND month IS NOT NULL"
        " AND amount IS NOT NULL))",
        "A row counts only with account, category, month and amount.",
    )
    # Nor is it NaN, which PostgreSQL takes for greater than all numbers.
    _amount_bounded = models.Constraint(
        "CHECK(abs(amount) < 10000000000000)",
        "An amount is a number below 10,000,000,000,000.",
    )
    _month_first = models.Constraint(
        "CHECK(extract(day FROM month) = 1)", "A month is its first day."
    )
    _cancelled_reason = models.Constraint(
        "CHECK(state <> 'cancelled' OR discard_reason <> '')",
        "A cancelled row needs a reason.",
    )

    @api.depends("import_id.name", "row")
    def _compute_display_name(self):
        # sudo: a clerk settles rows of imports that only their uploader may open
        for line, line_sudo in zip(self, self.sudo(), strict=True):
            line.display_name = self.env._(
                "%(document)s, row %(row)s",
                document=line_sudo.import_id.name,
                row=line.row,
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "Imported rows are kept: discard a parked row with a reason, "
                "or cancel its import."
            )
        )

    # === ACTIONS === #

    @for_records
    def action_open_settle(self):
        return self._open_settle_wizard(
            self.env._("Settle Parked Rows"), "crm_club.club_revenue_settle_view_form"
        )

    @for_records
    def action_open_names(self):
        """Open the unknown names of all parked rows of the company, whichever of them
        are chosen, with what they resemble.
        """
        self._check_can_settle()
        company = self.company_id[:1] or self.env.company
        return self.env["club.revenue.naming"]._open(company)

    @for_records
    def action_open_discard(self):
        return self._open_settle_wizard(
            self.env._("Discard Parked Rows"),
            "crm_club.club_revenue_settle_view_form_discard",
        )

    @for_records
    def action_retry(self):
        """Read parked rows again, after accounts or categories were set right."""
        self._check_can_settle()
        settled = self.filtered(lambda line: line.state == "parked")._read_again()
        return self._notify_settled(settled)

    def _open_settle_wizard(self, name, view):
        parked = self.filtered(lambda line: line.state == "parked")
        if not parked:
            raise UserError(self.env._("None of these rows is parked any more."))
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "club.revenue.settle",
            "views": [(self.env.ref(view).id, "form")],
            "target": "new",
            "context": {"default_line_ids": parked.ids},
        }

    def _notify_settled(self, settled):
        """Tell how many rows count now, and which of them no run will ever post."""
        # sudo: a remembered name settles rows that the user may not see
        settled_sudo = settled.sudo()
        beyond_sudo = settled_sudo.filtered("is_beyond_window")
        sentences = [
            self.env._("Parked rows settled: %(count)s.", count=len(settled))
            if settled
            else self.env._("No parked row could be settled.")
        ]
        if beyond_sudo:
            sentences.append(beyond_sudo._get_beyond_sentence(self.env))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if beyond_sudo or not settled else "success",
                "sticky": bool(beyond_sudo),
                "message": " ".join(sentences),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_beyond_sentence(self, env):
        """Return what is to be known of rows that are older than the correction window.

        Rule B9.

        :param env: whose language it is in
        """
        months = self.mapped("month")
        return env._(
            "Revenue of %(first)s to %(last)s (%(amount)s, rows: %(count)s) is older "
            "than the correction window: no points run posts it, a signed points "
            "adjustment does.",
            count=len(self),
            amount=formatLang(
                env, sum(self.mapped("amount")), currency_obj=self.currency_id[:1]
            ),
            first=f"{min(months):%Y-%m}",
            last=f"{max(months):%Y-%m}",
        )

    def _get_texts(self):
        """Return what the file says in the open parts of these rows, each once."""
        texts = (
            text
            for line in self
            for known, text in (
                (line.account_id, line.raw_account),
                (line.account_id, line.raw_account_name),
                (line.category_id, line.raw_category),
                (line.product_id, line.raw_product),
                (line.month, line.raw_month),
            )
            if text and not known
        )
        return list(dict.fromkeys(texts))

    def _get_unsure_codes(self):
        """Return the open names of these rows that may stand for several things."""
        texts = (
            text
            for line in self
            for known, text in (
                (line.account_id, line.raw_account or line.raw_account_name),
                (line.category_id, line.raw_category),
                (line.product_id, line.raw_product),
            )
            if text and not known
        )
        return [text for text in texts if not revenue_rows.is_sure_code(text)]

    # === BUSINESS METHODS === #

    @api.model
    def _count_parked(self, companies):
        """Return ``{company: number of parked rows}``, whoever asks: a count tells
        nothing of the rows, which not every reader of runs may read.
        """
        # sudo: rows that the user can't see are parked all the same
        found = self.sudo()._read_group(
            [("state", "=", "parked"), ("company_id", "in", companies.ids)],
            ["company_id"],
            ["__count"],
        )
        return dict(found)

    def _check_can_settle(self, groups=SETTLERS):
        if not self.env.user.has_groups(",".join(groups)):
            raise AccessError(
                self.env._("Your role doesn't include settling imported rows.")
            )
        self.check_access("read")

    def _settle(self, values, remember=True):
        """Fill in what couldn't be read, and read the rows again.

        Only missing parts are filled in. A name that is remembered also settles the
        other parked rows of the company that carry it. Rule B15.

        :param dict values: any of account_id, category_id, product_id, month and amount
        :return: the lines that count now
        """
        self._check_can_settle()
        if len(self.company_id) > 1:
            raise UserError(self.env._("Settle the rows of one company at a time."))
        self._check_still_parked()
        ids = self.ids
        if remember:
            keys = self.env["club.alias"]._learn(self, values)
            ids += revenue_store.find_same_names(self.env, self.company_id, keys)
        revenue_store.fill_in(self.env, self.ids, values)
        return self.browse(set(ids))._read_again()

    @api.model
    def _settle_names(self, company, targets):
        """Remember what names of parked rows stand for, and read all rows of the
        company that carry one of them again. Rule B15.

        :param dict targets: what stands for ``(kind, name)``, as aliases have them
        :return: the lines that count now
        """
        self._check_can_settle()
        named = {
            (kind, revenue_rows.alias_key(name)): (name, target.id)
            for (kind, name), target in targets.items()
        }
        ids = revenue_store.find_same_names(self.env, company, named)
        # The rows that show these names to the user; their first one is remembered.
        wanted = {}
        for line in self.search([("id", "in", ids)], order="id"):
            for kind, _label in ALIAS_KINDS:
                key = kind, revenue_rows.alias_key(line[f"raw_{kind}"] or "")
                if key in named:
                    wanted.setdefault(key, (*named[key], line.id))
        if not wanted:
            return self.browse()
        revenue_store.lock(self.env, ids)
        self.env["club.alias"]._remember(company, wanted)
        return self.browse(ids)._read_again()

    def _discard(self, reason):
        """Cancel parked rows for good, with the reason."""
        self._check_can_settle(DISCARDERS)
        self._check_still_parked()
        revenue_store.cancel(self.env, SQL("id = ANY(%s)", self.ids), reason)
        self._forget()

    def _check_still_parked(self):
        """Lock the rows and make sure that nobody settled them meanwhile."""
        if revenue_store.lock(self.env, self.ids) != {"parked"}:
            raise UserError(
                self.env._("Some of these rows were settled meanwhile: look again.")
            )

    def _read_again(self):
        """Judge parked rows anew by today's names; return those that count now."""
        settled = []
        # sudo: a name remembered for one row settles rows that its clerk may not see
        for company, lines_sudo in self.sudo().grouped("company_id").items():
            settled += revenue_store.read_again(self.env, company, lines_sudo.ids)
        self._forget()
        settled = self.browse(settled)
        beyond_sudo = settled.sudo().filtered("is_beyond_window")
        for document_sudo, lines_sudo in beyond_sudo.grouped("import_id").items():
            document_sudo._tell_beyond_window(lines_sudo)
        return settled

    @api.model
    def _forget(self):
        """Drop what the caches know of rows that SQL has written."""
        for model in (self, self.env["club.revenue.import"], self.env["club.revenue"]):
            model.invalidate_model()
