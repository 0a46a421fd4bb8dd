from operator import attrgetter

from odoo import api, models

from .workbook import DATE, NUMBER, Column


class ClubXlsxRequalification(models.AbstractModel):
    """The requalification worksheet, a sheet per document, with room for remarks."""

    _name = "club.xlsx.requalification"
    _description = "Requalification Worksheet"
    _inherit = ["club.xlsx"]

    _kind = "requalification"
    _source = "club.requalification"
    _limit = 24

    @api.model
    def _get_file_name(self, records):
        return (
            records.name
            if len(records) == 1
            else self.env._("Requalification Worksheets")
        )

    @api.model
    def _fill(self, book, records, **options):
        columns, remarks = self._get_columns(), Column(self.env._("Remarks"), 32)
        read = attrgetter(*columns)
        for data in self.env["club.requalification.sheet"]._get_sheet_data(records):
            sheet = book.sheet(
                f"{data.requalification.date_from} {data.requalification.date_to}",
                landscape=True,
            )
            rows = (
                (*read(line), "") for outcome in data.outcomes for line in outcome.lines
            )
            sheet.table((*columns.values(), remarks), rows)

    def _get_columns(self):
        """Return ``{attribute of a line: Column}`` in order."""
        return {
            "account": Column(self.env._("Account"), 32),
            "code": Column(self.env._("Code"), 12),
            "unit": Column(self.env._("Unit")),
            "manager": Column(self.env._("Account Manager")),
            "group": Column(self.env._("Tier Group")),
            "date_end": Column(self.env._("Term Ends"), 12, DATE),
            "window_from": Column(self.env._("Measured From"), 12, DATE),
            "window_to": Column(self.env._("Measured To"), 12, DATE),
            "points": Column(self.env._("Points"), 16, NUMBER),
            "revenue": Column(self.env._("Revenue"), 16, NUMBER),
            "score": Column(self.env._("Score"), 10, NUMBER),
            "indicators": Column(self.env._("Indicators"), 24),
            "current": Column(self.env._("Current"), 12),
            "earned": Column(self.env._("Earned"), 12),
            "floor": Column(self.env._("Floor"), 12),
            "floor_class": Column(self.env._("Floor by Class"), 20),
            "proposed": Column(self.env._("Proposed"), 12),
            "decided": Column(self.env._("Decided"), 12),
            "outcome": Column(self.env._("Outcome"), 14),
            "reason": Column(self.env._("Reason"), 32),
        }
