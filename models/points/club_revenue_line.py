from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...kernel import revenue_rows
from .revenue_file import Row
from .revenue_matcher import Found, RevenueMatcher

LINE_STATES = [
    ("valid", "Counts"),
    ("parked", "Parked"),
    ("cancelled", "Cancelled"),
]
SETTLERS = (
    "crm_club.crm_club_group_finance",
    "crm_club.crm_club_group_officer",
    "crm_club.crm_club_group_clerk",
)
DISCARDERS = SETTLERS[:2]
COLUMNS = SQL(
    "l.id, l.account_id, l.category_id, l.month, l.amount, i.unit, l.row,"
    " coalesce(l.raw_account, ''), coalesce(l.raw_account_name, ''),"
    " coalesce(l.raw_category, ''), coalesce(l.raw_month, ''),"
    " coalesce(l.raw_amount, '')"
)


class ClubRevenueLine(models.Model):
    """A row of an imported statement; while it counts, a revenue fact. Rule B15.

    Rows are never deleted. What a row was read as is never edited: only the parts
    that couldn't be read are filled in, which settles it.
    """

    _name = "club.revenue.line"
    _description = "Imported Revenue"
    _inherit = ["club.guard.mixin"]
    _order = "import_id desc, row, id"
    # Who and when are the import's; the rows of a year are many.
    _log_access = False

    import_id = fields.Many2one(
        "club.revenue.import", required=True, readonly=True, ondelete="restrict"
    )
    row = fields.Integer("Row", readonly=True, help="As numbered in the file.")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    account_id = fields.Many2one("res.partner", readonly=True, ondelete="restrict")
    category_id = fields.Many2one(
        "product.category", readonly=True, ondelete="restrict"
    )
    month = fields.Date(readonly=True)
    amount = fields.Monetary(
        readonly=True, help="In the company's currency; corrections are negative."
    )
    state = fields.Selection(LINE_STATES, required=True, readonly=True)

    fault_code = fields.Selection(
        [
            ("account", "Account"),
            ("category", "Category"),
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
    raw_month = fields.Char("Month in the File", readonly=True)
    raw_amount = fields.Char("Amount in the File", readonly=True)
    settled_by_id = fields.Many2one(
        "res.users", readonly=True, help="Who settled the parked row or cancelled it."
    )
    settled_on = fields.Datetime(readonly=True)
    discard_reason = fields.Char("Reason for Cancelling", readonly=True)

    _row_uniq = models.UniqueIndex("(import_id, row)", "A row of a file counts once.")
    # The facts of a month, in the points run.
    _facts_idx = models.Index("(company_id, month) WHERE state = 'valid'")
    # The facts of one account, and "merge partners".
    _account_idx = models.Index("(account_id, month) WHERE account_id IS NOT NULL")
    # The rows to settle, also those with the same unknown name.
    _parked_idx = models.Index("(company_id, import_id) WHERE state = 'parked'")
    _valid_complete = models.Constraint(
        "CHECK(state <> 'valid' OR (account_id IS NOT NULL AND category_id IS NOT NULL"
        " AND month IS NOT NULL AND amount IS NOT NULL))",
        "A row counts only with account, category, month and amount.",
    )
    _month_first = models.Constraint(
        "CHECK(extract(day FROM month) = 1)", "A month is its first day."
    )
    _cancelled_reason = models.Constraint(
        "CHECK(state <> 'cancelled' OR discard_reason <> '')",
        "A cancelled row needs a reason.",
    )

    @property
    def _club_guarded(self):
        # No field of a row is anyone's to write.
        return tuple(self._fields)

    @api.depends("import_id.name", "row")
    def _compute_display_name(self):
        # A clerk settles rows of imports that only their uploader may open.
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

    def action_open_settle(self):
        return self._open_settle_wizard(
            self.env._("Settle Parked Rows"), "crm_club.club_revenue_settle_view_form"
        )

    def action_open_discard(self):
        return self._open_settle_wizard(
            self.env._("Discard Parked Rows"), "crm_club.club_revenue_discard_view_form"
        )

    def action_retry(self):
        """Read parked rows again, after accounts or categories were set right."""
        self._check_can_settle()
        settled = self.filtered(lambda line: line.state == "parked")._read_again()
        return self._notify_settled(len(settled))

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

    def _notify_settled(self, count):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if count else "warning",
                "message": self.env._(
                    "%(count)s parked rows were settled.", count=count
                )
                if count
                else self.env._("No parked row could be settled."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_texts(self):
        """Return what the file says in the open parts of these rows, each once."""
        texts = (
            text
            for line in self
            for known, text in (
                (line.account_id, line.raw_account),
                (line.account_id, line.raw_account_name),
                (line.category_id, line.raw_category),
                (line.month, line.raw_month),
            )
            if text and not known
        )
        return list(dict.fromkeys(texts))

    def _lacks_amount(self):
        """Tell whether any amount couldn't be read; to the ORM it would be 0."""
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT 1 FROM club_revenue_line"
                    " WHERE id = ANY(%s) AND amount IS NULL LIMIT 1",
                    self.ids,
                )
            )
        )

    # === BUSINESS METHODS === #

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

        :param dict values: any of account_id, category_id, month and amount
        :return: the lines that count now
        """
        self._check_can_settle()
        if len(self.company_id) > 1:
            raise UserError(self.env._("Settle the rows of one company at a time."))
        self._lock_parked()
        lines = self
        if remember:
            keys = self.env["club.alias"]._learn(self, values)
            lines |= self._search_same_names(keys)
        for field in ("account_id", "category_id", "month", "amount"):
            if values.get(field) not in (None, False):
                self._fill_in(field, values[field])
        return lines._read_again()

    def _discard(self, reason):
        """Cancel parked rows for good, with the reason."""
        self._check_can_settle(DISCARDERS)
        self._lock_parked()
        self._cancel_rows(SQL("id = ANY(%s)", self.ids), reason)

    def _lock_parked(self):
        """Lock the rows and make sure that nobody settled them meanwhile."""
        states = self.env.execute_query(
            SQL(
                "SELECT state FROM club_revenue_line WHERE id = ANY(%s)"
                " ORDER BY id FOR UPDATE",
                self.ids,
            )
        )
        if any(state != "parked" for (state,) in states):
            raise UserError(
                self.env._("Some of these rows were settled meanwhile: look again.")
            )

    def _fill_in(self, field, value):
        self.env.cr.execute(
            SQL(
                "UPDATE club_revenue_line SET %(field)s = %(value)s"
                " WHERE id = ANY(%(ids)s) AND %(field)s IS NULL",
                field=SQL.identifier(field),
                value=value,
                ids=self.ids,
            )
        )

    def _search_same_names(self, keys):
        """Return the parked rows whose open account or category has one of ``keys``.

        :param keys: pairs of kind and key, as aliases have them
        """
        if not keys:
            return self.browse()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, account_id, raw_account, raw_account_name,
                       category_id, raw_category
                  FROM club_revenue_line
                 WHERE company_id = %s AND state = 'parked'
                """,
                self.company_id.id,
            )
        )
        same = []
        for line_id, account_id, account, name, category_id, category in rows:
            texts = []
            if not account_id:
                texts += [("account", account), ("account", name)]
            if not category_id:
                texts += [("category", category)]
            if any(
                text and (kind, revenue_rows.alias_key(text)) in keys
                for kind, text in texts
            ):
                same.append(line_id)
        return self.browse(same)

    def _read_again(self):
        """Judge parked rows anew by today's names; return those that count now."""
        settled = []
        for company, lines in self.grouped("company_id").items():
            settled += lines._read_again_in(company)
        self.env["club.revenue.import"].invalidate_model()
        self.env["club.revenue"].invalidate_model()
        self.invalidate_model()
        return self.browse(settled)

    def _read_again_in(self, company):
        records = self.env.execute_query(
            SQL(
                """
                SELECT %s
                  FROM club_revenue_line l JOIN club_revenue_import i ON i.id = l.import_id
                 WHERE l.id = ANY(%s) AND l.state = 'parked'
                   FOR UPDATE OF l
                """,
                COLUMNS,
                self.ids,
            )
        )
        if not records:
            return []
        rows = {record[0]: (record[5], Row(*record[6:])) for record in records}
        matcher = RevenueMatcher(
            self.env, company, [row for _unit, row in rows.values()]
        )
        found = {
            record[0]: matcher.find(row, unit, known=Found(*record[1:5]))
            for record in records
            for unit, row in [rows[record[0]]]
        }
        self.env.cr.execute_values(
            """
            UPDATE club_revenue_line l
               SET account_id = v.account_id, category_id = v.category_id,
                   month = v.month, amount = v.amount,
                   fault_code = v.fault_code, fault = v.fault,
                   state = CASE WHEN v.fault IS NULL THEN 'valid' ELSE 'parked' END,
                   settled_by_id = CASE WHEN v.fault IS NULL THEN v.user_id END,
                   settled_on = CASE WHEN v.fault IS NULL
                                     THEN now() AT TIME ZONE 'UTC' END
              FROM (VALUES %s) v(id, account_id, category_id, month, amount,
                                 fault_code, fault, user_id)
             WHERE v.id = l.id
            """,
            [(line_id, *values, self.env.uid) for line_id, values in found.items()],
            template="(%s, %s::int, %s::int, %s::date, %s::numeric, %s, %s, %s)",
            page_size=5000,
        )
        return [line_id for line_id, values in found.items() if not values.fault]

    @api.model
    def _cancel_rows(self, condition, reason):
        self.env.cr.execute(
            SQL(
                """
                UPDATE club_revenue_line
                   SET state = 'cancelled', discard_reason = %s, settled_by_id = %s,
                       settled_on = now() AT TIME ZONE 'UTC'
                 WHERE state <> 'cancelled' AND %s
                """,
                reason,
                self.env.uid,
                condition,
            )
        )
        self.env["club.revenue.import"].invalidate_model()
        self.env["club.revenue"].invalidate_model()
        self.invalidate_model()

    @api.model
    def _insert_rows(self, document, rows):
        """Insert the rows of a new import in bulk: they may be many thousands."""
        matcher = RevenueMatcher(self.env, document.company_id, rows)
        shared = (document.id, document.company_id.id)
        values = []
        for row in rows:
            found = matcher.find(row, document.unit)
            state = "parked" if found.fault else "valid"
            values.append((*shared, state, *found, *(text or None for text in row)))
        self.env.cr.execute_values(
            """
            INSERT INTO club_revenue_line (
                import_id, company_id, state,
                account_id, category_id, month, amount, fault_code, fault,
                row, raw_account, raw_account_name, raw_category, raw_month, raw_amount
            ) VALUES %s
            """,
            values,
            page_size=5000,
        )
        self.invalidate_model()
        self.env["club.revenue"].invalidate_model()
