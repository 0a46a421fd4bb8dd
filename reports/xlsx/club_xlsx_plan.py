from operator import attrgetter

from odoo import api, models

from .workbook import COUNT, DATE, NUMBER, Column


class ClubXlsxPlan(models.AbstractModel):
    """Annual plans with their lines, and last year's figures, a sheet each. C2, E4."""

    _name = "club.xlsx.plan"
    _description = "Annual Plan Spreadsheet"
    _inherit = ["club.xlsx"]

    _kind = "plan"
    _source = "club.plan"
    _limit = 24

    @api.model
    def _get_file_name(self, records):
        if len(records) == 1:
            return records.display_name
        return self.env._("Activity Plans")

    @api.model
    def _fill(self, book, records, **options):
        sheets = self.env["club.plan.sheet"]
        for data in sheets._get_plan_data(records):
            self._fill_lines(book.sheet(data.plan.display_name, landscape=True), data)
        annual = records.filtered(lambda plan: not plan.number)
        for data in sheets._get_report_data(annual):
            if data.rows:
                name = self.env._("Work Report %s", data.year)
                self._fill_report(book.sheet(name, landscape=True), name, data)

    def _fill_lines(self, sheet, data):
        sheet.title(data.plan.display_name)
        sheet.pair(self.env._("Budget"), data.budget, NUMBER)
        sheet.pair(self.env._("Currency"), data.currency.name)
        sheet.text()
        columns = {
            "month": Column(self.env._("Month"), 12, DATE),
            "type": Column(self.env._("Activity Type"), 28),
            "theme": Column(self.env._("Theme"), 36),
            "tier": Column(self.env._("Lowest Tier"), 14),
            "organiser": Column(self.env._("Organised by"), 24),
            "headcount": Column(self.env._("Headcount"), 12, COUNT),
            "budget": Column(self.env._("Budget"), 14, NUMBER),
            "dropped_by": Column(self.env._("Dropped by"), 30),
        }
        sheet.table(columns.values(), map(attrgetter(*columns), data.rows))

    def _fill_report(self, sheet, name, data):
        sheet.title(name)
        sheet.pair(self.env._("Currency"), data.currency.name)
        sheet.text()
        sheet.header(
            (
                Column(self.env._("Activity Type"), 36),
                Column(self.env._("Owed"), 10, COUNT),
                Column(self.env._("Planned"), 10, COUNT),
                Column(self.env._("Held"), 10, COUNT),
                Column(self.env._("Unplanned"), 10, COUNT),
                Column(self.env._("Cancelled"), 10, COUNT),
                Column(self.env._("Invited"), 10, COUNT),
                Column(self.env._("Came"), 10, COUNT),
                Column(self.env._("Answers"), 10, COUNT),
                Column(self.env._("Satisfaction"), 12, NUMBER),
                Column(self.env._("Budget"), 14, NUMBER),
                Column(self.env._("Actual Cost"), 14, NUMBER),
                Column(self.env._("Left"), 14, NUMBER),
            ),
            freeze=True,
        )
        for row in data.all_rows:
            sheet.row(
                (
                    *(row.type, row.owed, row.planned, row.held, row.unplanned),
                    *(row.cancelled, row.invited, row.attended, row.answers),
                    *(row.satisfaction or None, row.budget, row.cost, row.difference),
                ),
                bold=row is data.total,
            )
