from odoo import api, models

from ...kernel.voucher_codes import show_code
from .workbook import COUNT, DATE, NUMBER, Column


class ClubXlsxVoucher(models.AbstractModel):
    """Numbers and codes of vouchers, for the printer. Rules D19, E4."""

    _name = "club.xlsx.voucher"
    _description = "Vouchers for the Printer"
    _inherit = ["club.xlsx"]

    _kind = "vouchers"
    _source = "club.voucher"

    @api.model
    def _get_file_name(self, records):
        batches = records.batch_id
        name = batches.name if len(batches) == 1 else self.env._("Several")
        return self.env._("Vouchers %s", name.replace("/", "-"))

    @api.model
    def _fill(self, book, records, **options):
        """Write those that are still out.

        :raises AccessError: for who doesn't hand codes to the printer
        """
        records._check_reads_codes()
        issued = records.filtered(lambda voucher: voucher.state == "issued")
        columns = (
            Column(self.env._("No."), 8, COUNT),
            Column(self.env._("Number"), 24),
            Column(self.env._("Code"), 18),
            Column(self.env._("QR Code"), 18),
            Column(self.env._("What For"), 40),
            Column(self.env._("Value"), 12, NUMBER),
            Column(self.env._("Valid From"), 14, DATE),
            Column(self.env._("Valid To"), 14, DATE),
            Column(self.env._("Channel Partner"), 30),
        )
        # sudo: the channel partner's name, whoever may read that partner
        rows = (
            (
                *(place, voucher.name, show_code(voucher.code), voucher.code),
                *(voucher.subject, voucher.value, voucher.date_from, voucher.date_to),
                voucher.sudo().partner_id.name,
            )
            for place, voucher in enumerate(issued.sorted("id"), 1)
        )
        book.sheet(self.env._("Vouchers")).table(columns, rows)
