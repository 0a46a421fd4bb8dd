from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ..points.guards import GuardedMany2one
from ..program.club_points_kind import KINDS
from ..program.club_points_rate import format_rate
from ..record.names import join
from ..record.rpc import for_one, for_records

RESULTS = [
    ("unchecked", "Not checked"),
    ("in_order", "In order"),
    ("finding", "Finding"),
]


class ClubAuditLine(models.Model):
    """An entry that was drawn: as posted, as recomputed, and what is behind it.

    What was drawn is copied and written by SQL; the auditor writes result and note.
    """

    _name = "club.audit.line"
    _description = "Entry of an Audit Sample"
    _inherit = ["club.record.mixin"]
    _order = "sample_id desc, sequence, id"
    _club_months = ("revenue_month",)
    _club_parent = "sample_id"

    sample_id = fields.Many2one(
        "club.audit.sample",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sample_state = fields.Selection(related="sample_id.state", string="Sample Status")
    sequence = fields.Integer("No.", readonly=True, aggregator=None)

    # === The entry as it was posted === #
    # Posted entries are never deleted: the ledger's own triggers see to that.
    entry_id = GuardedMany2one("club.points.entry", required=True, readonly=True)
    run_id = fields.Many2one("club.points.run", readonly=True, ondelete="restrict")
    account_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="restrict"
    )
    unit_id = fields.Many2one("crm.team", readonly=True, ondelete="restrict")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    date = fields.Date("Accounting Date", readonly=True)
    revenue_month = fields.Date(readonly=True)
    category_id = fields.Many2one(
        "product.category", "Product Category", readonly=True, ondelete="restrict"
    )
    product_id = fields.Many2one("product.product", readonly=True, ondelete="restrict")
    revenue = fields.Monetary(readonly=True)
    rate = fields.Float(
        "Conversion Rate", digits=(12, 6), readonly=True, aggregator=None
    )
    coefficient = fields.Float(
        "Marketing Coefficient", digits=(12, 6), readonly=True, aggregator=None
    )
    points = fields.Float("Points as Posted", digits=(16, 2), readonly=True)

    # === The recomputation === #
    is_recomputed = fields.Boolean("Recomputed", readonly=True)
    posted_revenue = fields.Monetary("Revenue, All Entries", readonly=True)
    expected_revenue = fields.Monetary("Revenue by Facts", readonly=True)
    posted_points = fields.Float(
        "Points, All Entries",
        digits=(16, 2),
        readonly=True,
        help="All posted entries of this account, month and product line.",
    )
    expected_points = fields.Float(
        "Points Recomputed",
        digits=(16, 2),
        readonly=True,
        help="Facts × rates as they are now, for this account, month and product line.",
    )
    difference = fields.Float(
        digits=(16, 2), readonly=True, help="Posted minus recomputed."
    )
    expected_rate = fields.Float(
        "Rate in Force", digits=(12, 6), readonly=True, aggregator=None
    )
    expected_coefficient = fields.Float(
        "Coefficient in Force", digits=(12, 6), readonly=True, aggregator=None
    )
    rate_id = fields.Many2one(
        "club.points.rate", "Signed Rate", readonly=True, ondelete="restrict"
    )
    coefficient_id = fields.Many2one(
        "club.points.rate", "Signed Coefficient", readonly=True, ondelete="restrict"
    )
    evidence = fields.Json("Evidence Data", readonly=True)
    evidence_html = fields.Html("Evidence", compute="_compute_evidence_html")

    # === What the auditor says === #
    result = fields.Selection(
        RESULTS, "Check Result", required=True, default="unchecked"
    )
    note = fields.Char()
    checked_by_id = fields.Many2one("res.users", readonly=True)
    checked_at = fields.Datetime(readonly=True)
    finding_ids = fields.One2many(
        "club.audit.finding", "line_id", "Findings", readonly=True
    )

    @api.depends("sample_id.name", "sequence", "account_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = (
                f"{line.sample_id.name} #{line.sequence} {line.account_id.name or ''}"
            )

    @api.depends("evidence", "rate_id", "coefficient_id")
    @api.depends_context("lang")
    def _compute_evidence_html(self):
        for line in self:
            line.evidence_html = self.env["ir.qweb"]._render(
                "crm_club.club_audit_evidence", line._get_evidence_data()
            )

    # === CRUD === #

    def _club_prepare(self, values, is_new=False):
        values = super()._club_prepare(values, is_new=is_new)
        if is_new or "result" not in values:
            return values
        checked = values["result"] not in (False, None, "unchecked")
        return {
            **values,
            "checked_by_id": checked and self.env.uid,
            "checked_at": checked and fields.Datetime.now(),
        }

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if {"result", "note"} & set(vals):
            self.sample_id._check_not_signed()
        if vals.get("result", "finding") != "finding":
            self._check_no_findings()

    def _check_no_findings(self):
        for line in self:
            if line.finding_ids:
                raise UserError(
                    self.env._(
                        "%s has a finding: close the finding instead of taking the "
                        "result back.",
                        line.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Drawn entries stay in their sample."))

    # === Actions === #

    @for_records
    def action_set_in_order(self):
        """Say that these entries are in order."""
        self.write({"result": "in_order"})
        return True

    @for_one
    def action_open_entry(self):
        return self._open(self.entry_id)

    @for_one
    def action_record_finding(self):
        """Open a new finding on this entry."""
        self.sample_id._check_auditor()
        self.sample_id._check_not_signed()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Finding"),
            "res_model": "club.audit.finding",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_sample_id": self.sample_id.id,
                "default_line_id": self.id,
            },
        }

    def _open(self, record):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    # === Evidence in words === #

    def _get_evidence_data(self):
        """Return what is behind the entry, in words and formatted figures."""
        self.ensure_one()
        evidence = self.evidence or {}
        listed = evidence.get("facts") or []
        return {
            "facts": [self._get_fact_data(fact) for fact in listed],
            "left_out": max(0, int(evidence.get("count") or 0) - len(listed)),
            "total": self._format_amount(evidence.get("total")),
            "is_revenue": self.kind == "revenue",
            "agreements": join(self.env, evidence.get("agreements") or ()),
            "rates": self._get_rate_data(),
            "documents": [
                {
                    **document,
                    "date": self._format_day(document.get("date")),
                    "points": self._format_number(document.get("points")),
                }
                for document in evidence.get("documents") or ()
            ],
            "earned": self._format_number(evidence.get("earned")),
            "spent": self._format_number(evidence.get("spent")),
        }

    def _get_fact_data(self, fact):
        invoiced = fact["source"] == "invoice"
        place = join(self.env, filter(None, (fact.get("name"), fact.get("file"))))
        return {
            "what": fact.get("name")
            if invoiced
            else self.env._("%(file)s, row %(row)s", file=place, row=fact.get("row")),
            "link": f"/odoo/{'account.move' if invoiced else 'club.revenue.line'}"
            f"/{fact['id']}",
            "date": self._format_day(fact["date"]),
            "amount": self._format_amount(fact["amount"]),
        }

    def _get_rate_data(self):
        """Return the rate and the coefficient in force, and their notices."""
        return [
            (
                label,
                format_rate(rate.value),
                rate.notice_number or "",
                self._format_day(rate.date_from),
            )
            for label, rate in (
                (self.env._("Conversion rate"), self.rate_id),
                (self.env._("Marketing coefficient"), self.coefficient_id),
            )
            if rate
        ]

    def _format_day(self, day):
        return format_date(self.env, day) if day else ""

    def _format_amount(self, text):
        if text is None:
            return ""
        return formatLang(self.env, float(text), currency_obj=self.currency_id)

    def _format_number(self, text):
        return "" if text is None else formatLang(self.env, float(text), digits=2)
