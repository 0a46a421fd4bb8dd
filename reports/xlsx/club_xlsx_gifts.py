from operator import attrgetter

from odoo import api, models

from .workbook import COUNT, DATE, NUMBER, Column


class ClubXlsxGifts(models.AbstractModel):
    """Gift lists, a sheet for each, with their sum. Rules D17, E4."""

    _name = "club.xlsx.gifts"
    _description = "Gift List"
    _inherit = ["club.xlsx"]

    _kind = "gifts"
    _source = "club.gift.list"
    _limit = 24

    @api.model
    def _get_file_name(self, records):
        if len(records) == 1:
            return f"{self.env._('Gift List')} {records.name.replace('/', '-')}"
        return self.env._("Gift Lists")

    @api.model
    def _fill(self, book, records, **options):
        columns = self._get_columns()
        get = attrgetter(*columns)
        for data in self.env["club.gift.sheet"]._get_sheets(records):
            sheet = book.sheet(data.number, landscape=True)
            sheet.title(f"{data.purpose} · {data.date}")
            sheet.table(columns.values(), map(get, data.gifts))
            sums = {
                "account": self.env._("Total"),
                "quantity": data.pieces,
                "value": data.total,
            }
            sheet.row([sums.get(name) for name in columns], bold=True)

    def _get_columns(self):
        """Return ``{attribute of a line: Column}`` in order."""
        return {
            "number": Column(self.env._("No."), 6, COUNT),
            "contact": Column(self.env._("Contact"), 18),
            "function": Column(self.env._("Job Position"), 18),
            "account": Column(self.env._("Account"), 32),
            "item": Column(self.env._("What Is Given"), 32),
            "quantity": Column(self.env._("Pieces"), 8, COUNT),
            "value": Column(self.env._("Gift Value"), 14, NUMBER),
            "way": Column(self.env._("How It Is Given"), 14),
            "given_on": Column(self.env._("Given Out On"), 12, DATE),
            "given_by": Column(self.env._("Given Out by"), 16),
            "receipt": Column(self.env._("Received by / Tracking No."), 26),
            "state": Column(self.env._("Status"), 14),
        }
