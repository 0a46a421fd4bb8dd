import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.points.club_revenue_import import UNIT_SELECTION
from ..models.points.revenue_file import MAX_BYTES
from ..models.rpc import for_one, for_records


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

    @for_one
    def action_import(self):
        """Import the file and open the import, its parked rows first."""
        self.check_access("write")
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("You don't work for %s.", self.company_id.sudo().name)
            )
        document = self.env["club.revenue.import"]._import_file(
            self.company_id, self.filename, self._get_content(), self.unit
        )
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
