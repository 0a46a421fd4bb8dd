from operator import attrgetter

from odoo import api, models

from .workbook import COUNT, NUMBER, TEXT, Column


class ClubXlsxManagers(models.AbstractModel):
    """The month of account managers: a row each, their tiers and targets. D10, E4."""

    _name = "club.xlsx.managers"
    _description = "Monthly Manager Spreadsheet"
    _inherit = ["club.xlsx"]

    _kind = "managers"
    _source = "club.manager.report"
    _limit = 1

    @api.model
    def _get_file_name(self, records):
        return self.env._("Managers %s", records.month.strftime("%Y-%m"))

    @api.model
    def _fill(self, book, records, **options):
        records.ensure_one()
        months = self.env["club.manager.months"]._get_months(records)
        columns = self._get_columns()
        sheet = book.sheet(self.env._("Managers"), landscape=True)
        sheet.title(months[0].period)
        sheet.table(columns.values(), map(attrgetter(*columns), months))
        self._write_tiers(book, months)
        self._write_targets(book, months)

    def _get_columns(self):
        """Return ``{attribute of a manager's month: Column}`` in order."""
        return {
            "name": Column(self.env._("Account Manager"), 20),
            "units": Column(self.env._("Unit"), 24),
            "now.accounts": Column(self.env._("Accounts"), 10, COUNT),
            "now.members": Column(self.env._("Members"), 10, COUNT),
            "now.revenue": Column(self.env._("Revenue"), 16, NUMBER),
            "before.revenue": Column(
                self.env._("Revenue of the Month Before"), 16, NUMBER
            ),
            "now.year": Column(self.env._("Revenue since January"), 16, NUMBER),
            "now.points": Column(self.env._("Points"), 14, NUMBER),
            "now.visits": Column(self.env._("Visits"), 8, COUNT),
            "now.contacts": Column(self.env._("Contacts"), 10, COUNT),
            "now.on_time": Column(self.env._("Duties Kept on Time"), 12, COUNT),
            "now.owed": Column(self.env._("Duties Due"), 12, COUNT),
            "now.complaints": Column(self.env._("Complaints Received"), 12, COUNT),
            "now.settled": Column(self.env._("Of These Settled"), 12, COUNT),
            "now.activities": Column(self.env._("Activities Attended"), 12, COUNT),
            "now.guests": Column(self.env._("Guests Who Came"), 12, COUNT),
        }

    def _write_tiers(self, book, months):
        sheet = book.sheet(self.env._("Accounts by Tier"))
        columns = (
            Column(self.env._("Account Manager"), 20),
            Column(self.env._("Membership Tier"), 20),
            Column(self.env._("Accounts"), 10, COUNT),
        )
        rows = ((month.name, *tier) for month in months for tier in month.tiers)
        sheet.table(columns, rows)

    def _write_targets(self, book, months):
        sheet = book.sheet(self.env._("Targets"), landscape=True)
        columns = {
            "label": Column(self.env._("Target For"), 28),
            "period": Column(self.env._("Period"), 16),
            "amount": Column(self.env._("Target Set"), 16, NUMBER),
            "actual": Column(self.env._("Reached So Far"), 16, NUMBER),
            "attained": Column(self.env._("Reached (%)"), 12, NUMBER),
            "elapsed": Column(self.env._("Time Passed (%)"), 12, NUMBER),
            "pace": Column(self.env._("Standing of the Target"), 14),
        }
        get = attrgetter(*columns)
        name = Column(self.env._("Account Manager"), 20, TEXT)
        rows = ((month.name, *get(line)) for month in months for line in month.targets)
        sheet.table((name, *columns.values()), rows)
