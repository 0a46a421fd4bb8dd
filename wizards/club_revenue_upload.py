import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.points.club_revenue_import import OVERLAP_DECISIONS, UNIT_SELECTION
from ..models.points.revenue_file import MAX_BYTES
from ..models.record.rpc import for_one, for_records


class ClubRevenueUpload(models.TransientModel):
    """Choose a statement of revenue and take it in. Rule B15."""

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

    overlap_note = fields.Text("In the Books Already", readonly=True)
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

    @for_one
    def action_import(self, decision=None, reason=None):
        """Import the file and open the import, its parked rows first.

        Where rows of it are in the books already, the dialog opens again and tells so,
        and nothing is imported without a decision. Rule B15.

        :param str decision: "add" or "replace", as the field
        :param str reason: why such rows are added, as the field
        """
        # sudo: a refusal names the company
        self.check_access("write")
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("You don't work for %s.", self.company_id.sudo().name)
            )
        document, note = self.env["club.revenue.import"]._import_file(
            self.company_id,
            self.filename,
            self._get_content(),
            self.unit,
            decision=decision or self.decision,
            reason=reason or self.reason,
            told=self.overlap_note,
        )
        if not document:
            self._write_guarded({"overlap_note": note, "decision": False})
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Rows Are in the Books Already"),
                "res_model": self._name,
                "res_id": self.id,
                "views": [(False, "form")],
                "target": "new",
            }
        return {
            "type": "ir.actions.act_window",
            "name": document.name,
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }

    @api.readonly
    @for_records
    def action_download_template(self):
        return {
            "type": "ir.actions.act_url",
            "url": "/crm_club/revenue/template",
            "target": "download",
        }

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
