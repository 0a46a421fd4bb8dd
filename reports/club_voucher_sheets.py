"""Vouchers to be cut out, ten a page, each with its code as text and QR. Rule D19."""

from dataclasses import dataclass

from odoo import api, models
from odoo.tools import format_date

from ..kernel.voucher_codes import show_code


@dataclass(frozen=True, slots=True)
class Voucher:
    """What stands on one voucher."""

    company: str
    subject: str
    terms: str
    valid_from: str
    valid_to: str
    number: str
    code: str
    shown: str


class ClubVoucherSheets(models.AbstractModel):
    _name = "report.crm_club.club_voucher_sheets"
    _description = "Vouchers to Print"
    _inherit = ["club.report.mixin"]
    _source = "club.voucher"
    _papers = "vouchers"

    @api.model
    def _get_papers(self, records, data):
        """Return what is printed of vouchers that are still out.

        :raises AccessError: for who doesn't hand codes to the printer
        """
        records._check_reads_codes()
        records.check_access("read")
        issued = records.filtered(lambda voucher: voucher.state == "issued")
        return [
            Voucher(
                company=voucher.company_id.name,
                subject=voucher.subject,
                terms=voucher.batch_id.terms or "",
                valid_from=format_date(self.env, voucher.date_from),
                valid_to=format_date(self.env, voucher.date_to),
                number=voucher.name,
                code=voucher.code,
                shown=show_code(voucher.code),
            )
            for voucher in issued.sorted("id")
        ]
