from operator import attrgetter

from odoo import api, models

from .workbook import NUMBER, TEXT, Column


class ClubXlsxYear(models.AbstractModel):
    """The figures of a year: together, by tier, industry and cause. Rules E4, E10."""

    _name = "club.xlsx.year"
    _description = "Spreadsheet of the Year"
    _inherit = ["club.xlsx"]

    _kind = "year"
    _source = "club.year.report"
    _limit = 1

    @api.model
    def _get_file_name(self, records):
        return self.env._("Figures of %s", records.year)

    @api.model
    def _fill(self, book, records, **options):
        records.ensure_one()
        year = self.env["club.year.figures"]._get_year(records)
        columns = {
            "value": Column(self.env._("How Much"), 18, NUMBER),
            "base": Column(self.env._("Out Of"), 18, NUMBER),
            "ratio": Column(self.env._("Ratio"), 14, NUMBER),
        }
        get = attrgetter(*columns)
        figure = Column(self.env._("Figure"), 30, TEXT)
        sheet = book.sheet(self.env._("Figures"))
        sheet.title(self.env._("Figures of %s", year.name))
        sheet.table(
            (figure, *columns.values()),
            ((line.label, *get(line)) for line in year.lines),
        )
        for name, tables in year.by:
            if tables:
                book.sheet(name).table(
                    (figure, Column(name, 26, TEXT), *columns.values()),
                    (
                        (table.title, line.label, *get(line))
                        for table in tables
                        for line in table.lines
                    ),
                )
