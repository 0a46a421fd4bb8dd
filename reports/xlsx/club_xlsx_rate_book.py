from odoo import api, models

from .club_xlsx import read_day
from .workbook import DATE, RATE, Column


class ClubXlsxRateBook(models.AbstractModel):
    """The rate book (折算标准表), a sheet per program. Rule B2."""

    _name = "club.xlsx.rate.book"
    _description = "Rate Book Spreadsheet"
    _inherit = ["club.xlsx"]

    _kind = "rate_book"
    _source = "club.program"
    _limit = 24

    @api.model
    def _get_file_name(self, records):
        return self.env._("Rate Book %s", self.env["club.program"]._today())

    @api.model
    def _get_default_domain(self):
        return [("company_id", "in", self.env.companies.ids)]

    @api.model
    def _read_options(self, options):
        """Take the day on which the rates are in force: ``date=2026-04-01``."""
        return {"on": read_day(options.get("date"))}

    @api.model
    def _fill(self, book, records, on=None, **options):
        for data in self.env["club.rate.book"]._get_book_data(records, on):
            sheet = book.sheet(data.program.name, landscape=True)
            sheet.title(self.env._("Rate Book"))
            sheet.pair(self.env._("Program"), data.program.name)
            sheet.pair(self.env._("In Force On"), data.on, DATE)
            sheet.text()
            sheet.table(self._get_columns(), map(self._prepare_row, data.lines))

    def _get_columns(self):
        return (
            Column(self.env._("Product Category"), 40),
            Column(self.env._("Product"), 32),
            Column(self.env._("Conversion Rate"), 14, RATE),
            Column(self.env._("Rate From"), 12, DATE),
            Column(self.env._("Rate To"), 12, DATE),
            Column(self.env._("Rate Notice")),
            Column(self.env._("Marketing Coefficient"), 14, RATE),
            Column(self.env._("Coefficient From"), 12, DATE),
            Column(self.env._("Coefficient To"), 12, DATE),
            Column(self.env._("Coefficient Notice")),
        )

    def _prepare_row(self, line):
        return (
            line.category,
            line.product,
            *self._prepare_cells(line.conversion),
            *self._prepare_cells(line.coefficient),
        )

    def _prepare_cells(self, step):
        if step is None:
            return (None,) * 4
        return (step.value, step.date_from, step.date_to, step.notice)
