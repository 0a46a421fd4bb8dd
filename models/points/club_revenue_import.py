import base64
import hashlib
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ..record.hold import hold
from ..record.rpc import for_one, for_records, to_text
from . import revenue_overlap, revenue_preview, revenue_store
from .club_revenue_line import DISCARDERS
from .revenue_file import read_statement
from .revenue_refusal import FileRefused, NeedsMapping, NeedsUnit, NeedsYear

IMPORT_STATES = [("done", "Imported"), ("cancelled", "Cancelled")]
ADD, REPLACE = "add", "replace"
OVERLAP_DECISIONS = [
    (ADD, "Add all rows"),
    (REPLACE, "Replace the earlier rows"),
]
MONTHS_NAMED = 24
UNIT_SELECTION = [("yuan", "CNY"), ("wan", "10,000 CNY (万元)")]


class Reading(NamedTuple):
    """How a file is to be read."""

    company: models.Model
    content: bytes
    unit: str
    year: int | None = None  # of months that stand without one
    headings: tuple = ()  # those that somebody has mapped
    mapping: dict | None = None  # {column: [headings]} as he said


class ClubRevenueImport(models.Model):
    """A statement of revenue that was invoiced elsewhere. Rule B15.

    The file is kept as it came, and loaded once: a file that was loaded before is
    refused whole, until its import is cancelled.
    """

    _name = "club.revenue.import"
    _description = "Revenue Import"
    _inherit = ["mail.thread", "club.record.mixin"]
    _order = "imported_on desc, id desc"
    _club_sequence = "IMP"
    _club_fixes_currency = True
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
    delimiter = fields.Char(
        readonly=True,
        help="What splits the columns of a text file. Where it is a semicolon, a comma "
        "may be the decimal point.",
    )
    unit = fields.Selection(
        UNIT_SELECTION,
        "Amounts in",
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
    beyond_count = fields.Integer(
        "Rows Beyond the Correction Window",
        compute="_compute_beyond",
        help="Rows that count, of months that points runs didn't correct any more when "
        "the rows came in: a signed points adjustment settles them.",
    )
    beyond_amount = fields.Monetary(
        "Revenue Beyond the Correction Window", compute="_compute_beyond"
    )
    beyond_note = fields.Text("Months Beyond the Window", compute="_compute_beyond")
    overlap_decision = fields.Selection(
        OVERLAP_DECISIONS,
        "Rows in the Books Already",
        readonly=True,
        help="What was decided about rows that other imports had already.",
    )
    overlap_reason = fields.Char("Reason for Adding", readonly=True)
    overlap_note = fields.Text("In the Books Before", readonly=True)
    reading_note = fields.Text(
        "How It Was Read",
        readonly=True,
        help="What was understood of the file beyond its plain cells.",
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

    @api.depends("line_ids.state", "line_ids.amount", "line_ids.is_beyond_window")
    @api.depends_context("lang")
    def _compute_beyond(self):
        groups = self.env["club.revenue.line"]._read_group(
            [
                ("import_id", "in", self.ids),
                ("state", "=", "valid"),
                ("is_beyond_window", "=", True),
            ],
            ["import_id", "month:month"],
            ["__count", "amount:sum"],
            order="month:month",
        )
        found = {}
        for document, month, count, amount in groups:
            found.setdefault(document.id, []).append((month, count, amount))
        for document in self:
            months = found.get(document._origin.id, [])
            document.beyond_count = sum(count for _month, count, _amount in months)
            document.beyond_amount = sum(amount for _month, _count, amount in months)
            document.beyond_note = "\n".join(
                self.env._(
                    "%(month)s: %(amount)s (rows: %(count)s)",
                    month=f"{month:%Y-%m}",
                    count=count,
                    amount=formatLang(
                        self.env, amount, currency_obj=document.currency_id
                    ),
                )
                for month, count, amount in months[:MONTHS_NAMED]
            )

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
        # sudo: nobody has the right to write, the check is the one above
        running.sudo()._write_guarded({"state": "cancelled"})

    @for_records
    def action_retry(self):
        """Read the parked rows again, after accounts or categories were set right."""
        return self.parked_line_ids.action_retry()

    @for_one
    def action_open_names(self):
        """Open the unknown names of the company's parked rows."""
        self.check_access("read")
        return self.env["club.revenue.naming"]._open(self.company_id)

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
    def _preview_file(self, reading):
        """Tell what a statement would do; nothing of it counts. Rule B15.

        :param Reading reading: the file, and how it is to be read
        :return: statement, the chosen mapping and the remembered one that it was read
            by (at most one of them), and the preview
        :raise UserError: when the file as a whole can't be taken; `NeedsMapping`,
            `NeedsUnit` or `NeedsYear` when it can with an answer
        """
        digest = hashlib.sha256(reading.content).hexdigest()
        self._check_new_file(reading.company, digest)
        try:
            statement, chosen, remembered = self._read(reading)
        except (NeedsMapping, NeedsUnit, NeedsYear):
            raise
        except FileRefused as refusal:
            raise UserError(self.env._(refusal.args[0])) from refusal
        revenue_store.stage(self.env, reading.company, reading.unit, statement)
        source = digest, reading.unit, reading.year, sorted(statement.mapping.items())
        preview = revenue_preview.look(self.env, reading.company, source)
        return statement, chosen, remembered, preview

    @api.model
    def _import_file(self, reading, filename, decision=None, reason=None, told=None):
        """Take a statement in: good rows count at once, faulty ones are parked.

        Where other imports have the account, month and line of some of its rows, it is
        taken only with a decision about them. Rule B15.

        :param Reading reading: the file, and how it is to be read
        :param str decision: "add" or "replace"
        :param str reason: why such rows are added
        :param str told: the fingerprint of the preview that was shown to who decided,
            if any was
        :return: the import; none where a decision about rows that are in the books is
            missing, or what was shown isn't so any more
        :raise UserError: when the file as a whole can't be taken
        """
        company = reading.company
        hold(company)  # its books of revenue: nobody else imports meanwhile
        try:
            statement, chosen, _remembered, preview = self._preview_file(reading)
        except FileRefused as refusal:
            raise UserError(self.env._(refusal.args[0])) from refusal
        note = self._get_overlap_note(preview.overlaps)
        if told and told != preview.fingerprint or note and not decision:
            return self.browse()
        if note:
            self._check_overlap_decision(decision, to_text(reason))
        # sudo: nobody has the right to create one, the wizard has checked the role
        imports_sudo = self.sudo().with_context(tracking_disable=True)
        document_sudo = imports_sudo.with_company(company)._create_guarded(
            {
                "company_id": company.id,
                "filename": filename,
                "file": base64.b64encode(reading.content),
                "digest": hashlib.sha256(reading.content).hexdigest(),
                "format": statement.format,
                "encoding": statement.encoding,
                "delimiter": statement.delimiter,
                "unit": reading.unit,
                "user_id": self.env.uid,
                "imported_on": fields.Datetime.now(),
                "overlap_decision": decision if note else False,
                "overlap_reason": to_text(reason)
                if note and decision == ADD
                else False,
                "overlap_note": note,
                "reading_note": "\n".join(self._get_reading_notes(statement)),
            }
        )
        document_sudo.flush_recordset()
        document = document_sudo.with_env(self.env)
        if note and decision == REPLACE:
            document._replace_earlier()
        revenue_store.take(document)
        self.env["club.revenue.line"]._forget()
        if chosen:
            mappings = self.env["club.revenue.mapping"]
            mappings._remember(company, statement.headings, chosen)
        lines_sudo = document_sudo.env["club.revenue.line"].search(
            [
                ("import_id", "=", document.id),
                ("state", "=", "valid"),
                ("is_beyond_window", "=", True),
            ]
        )
        document._tell_beyond_window(lines_sudo)
        return document

    def _read(self, reading):
        """Return the statement, and the mapping that it was read by: the one that is
        chosen, or the one that is remembered.

        What somebody says of these headings now comes before what is remembered, that
        before what the headings themselves say.
        """
        content, unit, year = reading.content, reading.unit, reading.year
        mappings = self.env["club.revenue.mapping"]
        chosen = remembered = statement = refusal = None
        try:
            statement = read_statement(content, unit, year=year)
            headings = statement.headings
        except NeedsMapping as needed:
            refusal, headings = needed, needed.headings
        if mappings._get_key(reading.headings) == mappings._get_key(headings):
            chosen = reading.mapping
        if not chosen:
            remembered = mappings._find(reading.company, headings)
        mapping = chosen or remembered.mapping
        if mapping:
            statement = read_statement(content, unit, mapping=mapping, year=year)
        elif refusal:
            raise refusal
        return statement, chosen, remembered or mappings

    def _get_reading_notes(self, statement):
        """Return what was understood of a file, in sentences."""
        return [self.env._(note) for note in statement.notes]

    def _get_overlap_note(self, overlaps):
        """Return what is in the books already, a line for each import; "" if nothing
        is.
        """
        # sudo: what the books have counts, whoever imported it
        documents_sudo = self.sudo().browse([found.import_id for found in overlaps])
        return "\n".join(
            self.env._(
                "%(document)s (%(file)s, %(user)s): the same rows: %(same)s; the same "
                "account, month and category with another amount: %(changed)s.",
                document=document_sudo.name,
                file=document_sudo.filename or "–",
                user=document_sudo.user_id.name,
                same=found.same,
                changed=found.rows - found.same,
            )
            for document_sudo, found in zip(documents_sudo, overlaps, strict=True)
        )

    def _check_overlap_decision(self, decision, reason):
        if not isinstance(decision, str) or decision not in dict(OVERLAP_DECISIONS):
            raise UserError(
                self.env._("“%s” is no decision: add or replace the rows.", decision)
            )
        if decision == ADD and not reason:
            raise UserError(
                self.env._(
                    "Say why rows that are in the books already are to count as well."
                )
            )
        if decision == REPLACE and not self.env.user.has_groups(",".join(DISCARDERS)):
            raise AccessError(
                self.env._(
                    "Only Finance and club officers replace rows of an earlier import."
                )
            )

    def _replace_earlier(self):
        """Cancel the earlier rows whose account, month and line the staged rows have.

        Nothing is deleted; what was posted for them is corrected by the next run. An
        import that has no other row any more is cancelled.
        """
        self.ensure_one()
        ids = revenue_overlap.find_replaced(self.env, self.company_id)
        revenue_store.lock(self.env, ids)
        reason = self.env._("Replaced by %s", self.name)
        revenue_store.cancel(self.env, SQL("id = ANY(%s)", ids), reason)
        # sudo: nobody has the right to write, the decision was checked
        lines_sudo = self.env["club.revenue.line"].sudo()
        lines_sudo._forget()
        earlier_sudo = lines_sudo.browse(ids).import_id
        live_sudo = {
            document
            for (document,) in lines_sudo._read_group(
                [("import_id", "in", earlier_sudo.ids), ("state", "!=", "cancelled")],
                ["import_id"],
            )
        }
        for document_sudo in earlier_sudo:
            document_sudo.message_post(
                body=self.env._("Rows of it were replaced by %s.", self.name)
            )
        emptied_sudo = earlier_sudo.filtered(lambda each: each not in live_sudo)
        emptied_sudo._write_guarded({"state": "cancelled"})

    def _tell_beyond_window(self, lines_sudo):
        """Note rows that no points run will post, where the import is read. Rule B9."""
        if lines_sudo:
            # sudo: who imports may discuss the import, not write it
            self.sudo().message_post(body=lines_sudo._get_beyond_sentence(self.env))

    def _check_new_file(self, company, digest):
        # sudo: a file counts once, whoever has imported it
        earlier_sudo = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("digest", "=", digest),
                ("state", "!=", "cancelled"),
            ],
            limit=1,
        )
        if earlier_sudo:
            raise UserError(
                self.env._(
                    "This file was imported before, as %(document)s by %(user)s: "
                    "cancel that import first if it is to be read again.",
                    document=earlier_sudo.name,
                    user=earlier_sudo.user_id.name,
                )
            )
