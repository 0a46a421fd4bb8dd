from operator import attrgetter

from odoo import api, models

from ...models.record.names import join, join_clauses
from .club_xlsx import read_day
from .workbook import DATE, NUMBER, RATE, Column


class ClubXlsxStatement(models.AbstractModel):
    """Points statements, a sheet per account: the PDF's data object, walked again."""

    _name = "club.xlsx.statement"
    _description = "Points Statement Spreadsheet"
    _inherit = ["club.xlsx"]

    _kind = "statement"
    _source = "res.partner"
    _limit = 500

    @api.model
    def _get_file_name(self, records):
        accounts = records.commercial_partner_id
        if len(accounts) == 1:
            return self.env._("Points Statement - %s", accounts.display_name)
        return self.env._("Points Statements")

    @api.model
    def _read_options(self, options):
        return {
            name: read_day(options[name])
            for name in ("date_from", "date_to")
            if options.get(name)
        }

    @api.model
    def _fill(self, book, records, program=None, date_from=None, date_to=None):
        """Write a sheet for each account of the partners and each program in which it
        has anything.

        :param program: those of the company when None
        """
        accounts = records.commercial_partner_id
        report = self.env["report.crm_club.club_points_statement"]
        collector = self.env["club.points.statement"]
        found = [
            collector._get_statement_data(accounts, each, date_from, date_to)
            for each in program or report._get_programs()
        ]
        for statements in zip(*found, strict=True):
            for statement in report._get_used(list(statements)):
                self._write_statement(book, statement)

    def _write_statement(self, book, statement):
        account = statement.account
        sheet = book.sheet(account.ref or account.name or "", landscape=True)
        sheet.title(self.env._("Points Statement"))
        self._write_head(sheet, statement)
        self._write_standing(sheet, statement)
        self._write_entries(sheet, statement)

    def _write_head(self, sheet, statement):
        account = statement.account
        sheet.pair(self.env._("Account"), account.name)
        sheet.pair(self.env._("Account Code"), account.ref)
        sheet.pair(self.env._("Program"), statement.program.name)
        sheet.pair(self.env._("Agreement"), join(self.env, statement.agreements))
        sheet.pair(self.env._("From"), statement.date_from, DATE)
        sheet.pair(self.env._("To"), statement.date_to, DATE)
        sheet.pair(self.env._("Opening Balance"), statement.opening, NUMBER)
        sheet.pair(self.env._("Earned"), statement.earned, NUMBER)
        sheet.pair(self.env._("Spent"), statement.spent, NUMBER)
        sheet.pair(self.env._("Expired"), statement.expired, NUMBER)
        sheet.pair(self.env._("Closing Balance"), statement.closing, NUMBER)
        sheet.pair(self.env._("Reserved"), statement.reserved, NUMBER)
        sheet.pair(self.env._("Available"), statement.available, NUMBER)
        sheet.pair(self.env._("Measured From"), statement.window.start, DATE)
        sheet.pair(self.env._("Measured To"), statement.window.end, DATE)
        sheet.pair(self.env._("Qualifying Points"), statement.qualifying, NUMBER)
        if statement.expires_on:
            sheet.pair(self.env._("Next to Expire"), statement.expiring, NUMBER)
            sheet.pair(self.env._("Valid Until"), statement.expires_on, DATE)
        sheet.text()

    def _write_standing(self, sheet, statement):
        sheet.header(
            (
                Column(self.env._("Standing"), 24),
                Column(self.env._("Tier"), 22),
                Column(self.env._("Valid Until"), 14, DATE),
                Column(self.env._("Next Tier"), 16),
                Column(self.env._("Missing Points"), 16, NUMBER),
                Column(self.env._("Missing Revenue"), 16, NUMBER),
                Column(self.env._("Further Bars"), 24),
            )
        )
        for standing in statement.standings:
            sheet.row(
                (
                    standing.group,
                    standing.tier,
                    standing.valid_until,
                    standing.next_tier,
                    standing.missing_points or None,
                    standing.missing_revenue or None,
                    join_clauses(self.env, standing.missing_bars),
                )
            )
        sheet.text()

    def _write_entries(self, sheet, statement):
        columns = {
            "month": Column(self.env._("Month"), 24),
            "category": Column(self.env._("Category"), 22),
            "kind": Column(self.env._("Kind"), 14),
            "revenue": Column(self.env._("Revenue"), 16, NUMBER),
            "rate": Column(self.env._("Conversion Rate"), 16, RATE),
            "coefficient": Column(self.env._("Marketing Coefficient"), 16, RATE),
            "points": Column(self.env._("Points"), 24, NUMBER),
            "valid_until": Column(self.env._("Valid Until"), 14, DATE),
            "remark": Column(self.env._("Remark"), 40),
        }
        sheet.header(columns.values())
        read = attrgetter(*columns)
        for month in statement.months:
            for line in month.lines:
                sheet.row(read(line))
            label = self.env._("Posted for %s", month.label)
            total = (label, "", "", month.revenue, None, None, month.points, None, "")
            sheet.row(total, bold=True)
