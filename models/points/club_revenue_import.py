import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..lock import opened
from ..rpc import for_one, for_records
from . import revenue_store
from .club_revenue_line import DISCARDERS
from .revenue_file import read_statement
from .revenue_refusal import FileRefused

IMPORT_STATES = [("done", "Imported"), ("cancelled", "Cancelled")]
UNIT_SELECTION = [("yuan", "CNY"), ("wan", "10,000 CNY (万元)")]


class ClubRevenueImport(models.Model):
    """A statement of revenue that was invoiced elsewhere. Rule B15.

    The file is kept as it came, and loaded once: a file that was loaded before is
    refused whole, until its import is cancelled.
    """

    _name = "club.revenue.import"
    _description = "Revenue Import"
    _inherit = ["mail.thread", "club.guard.mixin"]
    _order = "imported_on desc, id desc"
    # Nobody writes an import, but those who read it may discuss it.
    _mail_post_access = "read"

    name = fields.Char(required=True, readonly=True, copy=False)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    filename = fields.Char("File Name", readonly=True)
    file = fields.Binary(attachment=True, readonly=True, copy=False)
    digest = fields.Char(
        "Checksum",
        required=True,
        readonly=True,
        copy=False,
        help="SHA-256 of the file.",
    )
    format = fields.Char(readonly=True)
    encoding = fields.Char(readonly=True)
    unit = fields.Selection(
        UNIT_SELECTION,
        readonly=True,
        help="What the amounts in the file are counted in.",
    )
    user_id = fields.Many2one("res.users", "Imported by", readonly=True)
    imported_on = fields.Datetime(readonly=True)
    state = fields.Selection(
        IMPORT_STATES, required=True, default="done", readonly=True, tracking=True
    )
    line_ids = fields.One2many(
        "club.revenue.line", "import_id", string="Rows", readonly=True
    )
    parked_line_ids = fields.One2many(
        "club.revenue.line",
        "import_id",
        string="Parked Rows",
        domain=[("state", "=", "parked")],
        readonly=True,
    )
    line_count = fields.Integer("Rows in the File", compute="_compute_counts")
    valid_count = fields.Integer("Rows That Count", compute="_compute_counts")
    parked_count = fields.Integer("Parked", compute="_compute_counts")
    cancelled_count = fields.Integer("Rows Cancelled", compute="_compute_counts")
    amount = fields.Monetary(
        "Revenue", compute="_compute_counts", help="Sum of the rows that count."
    )

    # A file counts once; cancelling its import frees it.
    _digest_uniq = models.UniqueIndex(
        "(company_id, digest) WHERE state <> 'cancelled'",
        "This file was imported before: cancel that import first.",
    )

    @api.depends("line_ids.state", "line_ids.amount")
    def _compute_counts(self):
        groups = self.env["club.revenue.line"]._read_group(
            [("import_id", "in", self.ids)],
            ["import_id", "state"],
            ["__count", "amount:sum"],
        )
        counts, amounts = {}, {}
        for document, state, count, amount in groups:
            counts[document.id, state] = count
            amounts[document.id, state] = amount
        for document in self:
            key = document._origin.id
            document.valid_count = counts.get((key, "valid"), 0)
            document.parked_count = counts.get((key, "parked"), 0)
            document.cancelled_count = counts.get((key, "cancelled"), 0)
            document.line_count = (
                document.valid_count + document.parked_count + document.cancelled_count
            )
            document.amount = amounts.get((key, "valid"), 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Imports are kept: cancel one instead."))

    # === ACTIONS === #

    @for_records
    def action_cancel(self):
        """Take all rows out of the facts; the next points run posts the difference."""
        if not self.env.user.has_groups(",".join(DISCARDERS)):
            raise AccessError(
                self.env._("Only Finance and club officers cancel an import.")
            )
        self.check_access("read")
        running = self.filtered(lambda document: document.state != "cancelled")
        if not running:
            return
        revenue_store.cancel(
            self.env,
            SQL("import_id = ANY(%s)", running.ids),
            self.env._("Import cancelled"),
        )
        self.env["club.revenue.line"]._forget()
        # Nobody has the right to write: the check is the one above.
        opened(running.sudo()).write({"state": "cancelled"})

    @for_records
    def action_retry(self):
        """Read the parked rows again, after accounts or categories were set right."""
        return self.parked_line_ids.action_retry()

    @api.readonly
    @for_one
    def action_open_lines(self):
        return self._open_lines({})

    @api.readonly
    @for_one
    def action_open_parked(self):
        return self._open_lines({"search_default_parked": True})

    def _open_lines(self, context):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_revenue_line_action"
        )
        return {
            **action,
            "display_name": self.name,
            "domain": [("import_id", "=", self.id)],
            "context": context,
        }

    # === BUSINESS METHODS === #

    @api.model
    def _import_file(self, company, filename, content, unit):
        """Take a statement in: good rows count at once, faulty ones are parked.

        :param bytes content: the file, xlsx or csv
        :param str unit: "yuan" or "wan"
        :return: the import
        :raise UserError: when the file as a whole can't be taken
        """
        digest = hashlib.sha256(content).hexdigest()
        self._check_new_file(company, digest)
        try:
            statement = read_statement(content, unit)
        except FileRefused as refusal:
            raise UserError(self.env._(refusal.args[0])) from refusal
        # Nobody has the right to create one: the wizard has checked the role.
        document = opened(self.sudo().with_context(tracking_disable=True)).create(
            {
                "name": self.env["ir.sequence"]
                .sudo()
                .with_company(company)
                .next_by_code("club.revenue.import"),
                "company_id": company.id,
                "filename": filename,
                "file": base64.b64encode(content),
                "digest": digest,
                "format": statement.format,
                "encoding": statement.encoding,
                "unit": unit,
                "user_id": self.env.uid,
                "imported_on": fields.Datetime.now(),
            }
        )
        document.flush_recordset()
        document = document.with_env(self.env)
        revenue_store.insert(document, statement.rows)
        self.env["club.revenue.line"]._forget()
        return document

    def _check_new_file(self, company, digest):
        earlier = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("digest", "=", digest),
                ("state", "!=", "cancelled"),
            ],
            limit=1,
        )
        if earlier:
            raise UserError(
                self.env._(
                    "This file was imported before, as %(document)s by %(user)s: "
                    "cancel that import first if it is to be read again.",
                    document=earlier.name,
                    user=earlier.user_id.name,
                )
            )
