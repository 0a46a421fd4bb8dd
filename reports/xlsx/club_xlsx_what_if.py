from operator import attrgetter

from odoo import api, models

from .workbook import COUNT, NUMBER, RATE, TEXT, Column


class ClubXlsxWhatIf(models.AbstractModel):
    """What was tried out, what it would move, and whom."""

    _name = "club.xlsx.what.if"
    _description = "What-If Spreadsheet"
    _inherit = ["club.xlsx"]

    _kind = "what_if"
    _source = "club.what.if"
    _limit = 1

    @api.model
    def _get_file_name(self, records):
        return self.env._("What-If %s", records.window_to)

    @api.model
    def _fill(self, book, records, **options):
        records.ensure_one()
        self._write_moves(book, records)
        self._write_matrices(book, records)
        self._write_rules(book, records)

    def _write_moves(self, book, what_if):
        sheet = book.sheet(self.env._("Who Moves"), landscape=True)
        columns = {
            "account_id.name": Column(self.env._("Account"), 32),
            "account_id.ref": Column(self.env._("Code"), 12),
            "group_id.name": Column(self.env._("Tier Group"), 20),
            "from_tier_id.name": Column(self.env._("Present Rules"), 16),
            "to_tier_id.name": Column(self.env._("Tried Rules"), 16),
            "points_now": Column(self.env._("Points"), 16, NUMBER),
            "points_tried": Column(self.env._("Points Tried"), 16, NUMBER),
            "revenue": Column(self.env._("Revenue"), 16, NUMBER),
        }
        sheet.table(columns.values(), map(attrgetter(*columns), what_if.move_ids))

    def _write_matrices(self, book, what_if):
        sheet = book.sheet(self.env._("Moves per Tier"))
        for matrix in what_if._get_matrices():
            sheet.title(matrix.group)
            corner = Column(self.env._("Present rules / tried rules"), 28)
            tiers = [Column(label, 14, COUNT) for label in matrix.labels]
            sheet.header((corner, *tiers))
            for label, counts in zip(matrix.labels, matrix.counts, strict=True):
                sheet.row((label, *counts))
            sheet.text()

    def _write_rules(self, book, what_if):
        sheet = book.sheet(self.env._("Rules Tried"))
        sheet.header(
            (
                Column(self.env._("Tier Group"), 20),
                Column(self.env._("Tier"), 20),
                Column(self.env._("Points From"), 16, NUMBER),
                Column(self.env._("Points From, Tried"), 16, NUMBER),
                Column(self.env._("Revenue From"), 16, NUMBER),
                Column(self.env._("Revenue From, Tried"), 16, NUMBER),
            )
        )
        for line in what_if.tier_line_ids:
            sheet.row(
                (
                    line.group_id.name,
                    line.tier_id.name,
                    line.uses_points and line.current_points_from,
                    line.uses_points and line.points_from,
                    line.uses_revenue and line.current_revenue_from,
                    line.uses_revenue and line.revenue_from,
                )
            )
        sheet.text()
        sheet.header(
            (
                Column(self.env._("Product Category"), 32, TEXT),
                Column(self.env._("Conversion Rate"), 16, RATE),
                Column(self.env._("Tried"), 16, RATE),
            )
        )
        for line in what_if.rate_line_ids:
            sheet.row((line.category_id.display_name, line.current_value, line.value))
