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
        collector = self.env["club.requalification.sheet"]
        for data in collector._get_sheet_data(records):
            sheet = book.sheet(
                f"{data.requalification.date_from} {data.requalification.date_to}",
                landscape=True,
            )
            rows = (
                self._prepare_row(outcome, line)
                for outcome in data.outcomes
                for line in outcome.lines
            )
            sheet.table(self._get_columns(), rows)

    def _get_columns(self):
        return (
            Column(self.env._("Account"), 32),
            Column(self.env._("Code"), 12),
            Column(self.env._("Unit")),
            Column(self.env._("Account Manager")),
            Column(self.env._("Tier Group")),
            Column(self.env._("Term Ends"), 12, DATE),
            Column(self.env._("Measured From"), 12, DATE),
            Column(self.env._("Measured To"), 12, DATE),
            Column(self.env._("Points"), 16, NUMBER),
            Column(self.env._("Revenue"), 16, NUMBER),
            Column(self.env._("Score"), 10, NUMBER),
            Column(self.env._("Indicators"), 24),
            Column(self.env._("Current"), 12),
            Column(self.env._("Earned"), 12),
            Column(self.env._("Floor"), 12),
            Column(self.env._("Floor by Class"), 20),
            Column(self.env._("Proposed"), 12),
            Column(self.env._("Decided"), 12),
            Column(self.env._("Outcome"), 14),
            Column(self.env._("Reason"), 32),
            Column(self.env._("Remarks"), 32),
        )

    def _prepare_row(self, outcome, line):
        return (
            line.account,
            line.code,
            line.unit,
            line.manager,
            line.group,
            line.date_end,
            line.window_from,
            line.window_to,
            line.points,
            line.revenue,
            line.score,
            line.indicators,
            line.current,
            line.earned,
            line.floor,
            line.floor_class,
            line.proposed,
            line.decided,
            outcome.label,
            line.reason,
            "",
        )
