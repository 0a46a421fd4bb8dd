import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..models.points.club_revenue_import import (
    ADD,
    OVERLAP_DECISIONS,
    REPLACE,
    UNIT_SELECTION,
    Reading,
)
from ..models.points.club_revenue_line import DISCARDERS
from ..models.points.revenue_file import MAX_BYTES
from ..models.points.revenue_refusal import (
    FileRefused,
    NeedsMapping,
    NeedsUnit,
    NeedsYear,
)
from ..models.record.lock import opened
from ..models.record.names import join, join_clauses
from ..models.record.rpc import for_one, for_records


class ClubRevenueUpload(models.TransientModel):
    """Choose a statement of revenue, look at what it would do, and take it in or stop.

    Nothing counts before the decision, and what is shown is checked again then: the
    books may have changed. A dialog that is left leaves nothing behind. Rule B15.
    """

    _name = "club.revenue.upload"
    _description = "Revenue Upload"
    _inherit = ["club.guard.mixin"]

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char("File Name")
    unit = fields.Selection(
        UNIT_SELECTION,
        "Amounts in",
        required=True,
        default="yuan",
        help="What the amounts in the file are counted in. "
        "A header such as 金额(万元) must agree with it.",
    )
    year = fields.Integer(
        "Year of the Months", help="Of months that stand in the file without a year."
    )
    asks = fields.Selection(
        [("year", "Year"), ("columns", "Columns"), ("unit", "Unit")],
        "What Is Asked",
        readonly=True,
        help="What the file itself doesn't say.",
    )
    question = fields.Char(readonly=True)
    column_ids = fields.One2many(
        "club.revenue.upload.column",
        "upload_id",
        "Columns",
        help="Which heading of the file is which column. What is changed here is "
        "remembered for files with the same headings, once this one is imported.",
    )
    is_mapped = fields.Boolean(
        "Columns Chosen by Hand", readonly=True, help="What is shown was read by them."
    )
    mapping_id = fields.Many2one(
        "club.revenue.mapping", "Read by Mapping", readonly=True
    )
    mapping_note = fields.Char(compute="_compute_mapping_note")

    preview = fields.Html("What It Would Do", readonly=True)
    told = fields.Char(
        "Preview Shown", readonly=True, help="Tells the preview from any other."
    )
    overlap_note = fields.Text("In the Books Already", readonly=True)
    can_replace = fields.Boolean(compute="_compute_can_replace")
    decision = fields.Selection(
        OVERLAP_DECISIONS,
        "What to Do",
        help="Replacing cancels the rows of earlier imports that have account, month "
        "and category of a row in this file; the next points run posts the difference.",
    )
    reason = fields.Char(
        "Reason for Adding",
        help="Why rows that are in the books already count as well.",
    )

    @api.depends("mapping_id")
    @api.depends_context("lang", "tz")
    def _compute_mapping_note(self):
        for upload in self:
            # sudo: who mapped it is told to whoever reads by it
            mapping_sudo = upload.mapping_id.sudo()
            upload.mapping_note = (
                self.env._(
                    "Columns as mapped on %(day)s by %(user)s.",
                    day=format_date(self.env, mapping_sudo.mapped_on),
                    user=mapping_sudo.user_id.name,
                )
                if mapping_sudo
                else False
            )

    @api.depends_context("uid")
    def _compute_can_replace(self):
        self.can_replace = self.env.user.has_groups(",".join(DISCARDERS))

    @api.onchange("company_id", "file", "unit", "year", "column_ids")
    def _onchange_file(self):
        """What was shown was another file, or another reading of it."""
        self.told = self.preview = False

    # === ACTIONS === #

    @for_one
    def action_preview(self):
        """Show what the file would do, or ask for what it doesn't say. Rule B15.

        :raise UserError: when the file as a whole can't be taken
        """
        self._check_may_upload()
        self._look()
        return self._reopen()

    @for_one
    def action_import(self, decision=None, reason=None):
        """Import the file and open the import, its parked rows first.

        Where rows of it are in the books already, or what was shown isn't so any more,
        the dialog opens again and tells so, and nothing is imported. Rule B15.

        :param str decision: "add" or "replace", as the field
        :param str reason: why such rows are added, as the field
        """
        self._check_may_upload()
        document = self.env["club.revenue.import"]._import_file(
            self._get_reading(),
            self.filename,
            decision=decision or self.decision,
            reason=reason or self.reason,
            told=self.told,
        )
        if not document:
            self._look()
            return self._reopen()
        return {
            "type": "ir.actions.act_window",
            "name": document.name,
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }

    @for_one
    def action_add(self):
        """Import the file; rows that are in the books already count as well."""
        return self.action_import(decision=ADD)

    @for_one
    def action_replace(self):
        """Import the file in place of the earlier rows that it has again."""
        return self.action_import(decision=REPLACE)

    @api.readonly
    @for_records
    def action_download_template(self):
        return {
            "type": "ir.actions.act_url",
            "url": "/crm_club/revenue/template",
            "target": "download",
        }

    def _check_may_upload(self):
        # sudo: a refusal names the company
        self.check_access("write")
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("You don't work for %s.", self.company_id.sudo().name)
            )

    def _reopen(self):
        name = self.env._("Statement of Revenue")
        if self.overlap_note:
            name = self.env._("Rows Are in the Books Already")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # === READING === #

    def _get_reading(self):
        """Return how the file is to be read: the columns as chosen where somebody has
        chosen them, else as the file or what is remembered of its sender has them.
        """
        columns = self.column_ids
        is_chosen = self.is_mapped or self.asks == "columns"
        is_chosen |= any(column.column != column.proposed for column in columns)
        return Reading(
            self.company_id,
            self._get_content(),
            self.unit,
            self.year or None,
            tuple(columns.mapped("heading")),
            columns._get_mapping() if is_chosen else None,
        )

    def _look(self):
        """Read the file and keep what it would do, or what it doesn't say."""
        imports = self.env["club.revenue.import"]
        values = {
            "asks": False,
            "question": False,
            "is_mapped": False,
            "mapping_id": False,
            "preview": False,
            "told": False,
            "overlap_note": False,
            "decision": False,
        }
        reading = self._get_reading()
        try:
            statement, chosen, remembered, preview = imports._preview_file(reading)
        except NeedsMapping as needed:
            self._set_columns(needed.headings, needed.mapping)
            values |= {"asks": "columns", "question": self.env._(needed.args[0])}
        except NeedsYear as needed:
            values |= {
                "asks": "year",
                "question": self.env._(needed.args[0]),
                # A proposal: the preview shows what it makes of the months.
                "year": self.year or self.company_id._club_today().year,
            }
        except NeedsUnit as needed:
            self._check_one_unit(needed)
            values |= {
                "asks": "unit",
                "question": self.env._(
                    "%(refusal)s It is set to %(unit)s now: look at the preview.",
                    refusal=self.env._(needed.args[0]),
                    unit=dict(self._fields["unit"]._description_selection(self.env))[
                        needed.unit
                    ],
                ),
                "unit": needed.unit,
            }
        else:
            if not chosen:
                self._set_columns(statement.headings, statement.mapping)
            note = imports._get_overlap_note(preview.overlaps)
            values |= {
                "is_mapped": bool(chosen),
                "mapping_id": remembered.id,
                "overlap_note": note,
                "told": preview.fingerprint,
                "preview": self._render(statement, preview),
            }
        self._write_guarded(values)

    def _check_one_unit(self, needed):
        """Refuse a file that names both units: then neither is right for all of it."""
        reading = self._get_reading()._replace(unit=needed.unit)
        try:
            self.env["club.revenue.import"]._read(reading)
        except NeedsUnit:
            raise UserError(self.env._(needed.args[0])) from needed
        except FileRefused:
            return  # something else is asked or refused once the unit is settled

    def _set_columns(self, headings, mapping):
        """Show the file's headings, and which column each is read as."""
        read_as = {
            heading: column for column, texts in mapping.items() for heading in texts
        }
        wanted = [
            (heading, read_as.get(heading, False))
            for heading in dict.fromkeys(headings)
            if heading
        ]
        columns = self.column_ids
        if wanted != [(each.heading, each.proposed) for each in columns]:
            # sudo: nobody adds or deletes headings, the file has those it has
            columns_sudo = columns.sudo()
            opened(columns_sudo).unlink()
            columns_sudo._create_guarded(
                [
                    {
                        "upload_id": self.id,
                        "sequence": number,
                        "heading": heading,
                        "proposed": column,
                        "column": column,
                    }
                    for number, (heading, column) in enumerate(wanted)
                ]
            )
        self.invalidate_recordset(["column_ids"])

    def _render(self, statement, preview):
        imports = self.env["club.revenue.import"]
        # sudo: what the books have counts, whoever imported it
        documents_sudo = imports.sudo().browse(
            [found.import_id for found in preview.overlaps]
        )
        return self.env["ir.qweb"]._render(
            "crm_club.club_revenue_preview",
            {
                "preview": preview,
                "currency": self.company_id.currency_id,
                "beyond_note": self._get_beyond_note(preview),
                "reasons": [
                    (reason, self._get_names_note(reason)) for reason in preview.reasons
                ],
                "notes": [
                    *self._get_repeat_notes(preview),
                    *imports._get_reading_notes(statement),
                ],
                "overlaps": list(zip(documents_sudo, preview.overlaps, strict=True)),
            },
        )

    def _get_beyond_note(self, preview):
        months = preview.beyond
        return months and self.env._(
            "Months from %(first)s to %(last)s (%(count)s) are older than the "
            "correction window: no points run posts them, a signed points adjustment "
            "does.",
            first=f"{months[0]:%Y-%m}",
            last=f"{months[-1]:%Y-%m}",
            count=len(months),
        )

    def _get_names_note(self, reason):
        names = " · ".join(reason.names)
        if not reason.more:
            return names
        return self.env._(
            "%(names)s and %(count)s more", names=names, count=reason.more
        )

    def _get_repeat_notes(self, preview):
        if not preview.repeated:
            return []
        rows = join_clauses(
            self.env, [join(self.env, map(str, numbers)) for numbers in preview.repeats]
        )
        return [
            self.env._(
                "Rows that say the same as a row above them: %(count)s (such as "
                "%(rows)s). Each of them counts.",
                count=preview.repeated,
                rows=rows,
            )
        ]

    def _get_content(self):
        # In the form the size would be read in place of the content.
        encoded = self.with_context(bin_size=False).file or b""
        # Base64 is a third longer: refuse before unpacking what is far too long.
        if len(encoded) > MAX_BYTES * 3 // 2:
            raise UserError(
                self.env._(
                    "The file has more than %(limit)s MB: split it by month.",
                    limit=MAX_BYTES // 1024**2,
                )
            )
        try:
            return base64.b64decode(encoded)
        except binascii.Error as error:
            raise UserError(self.env._("The file didn't arrive whole.")) from error
