from operator import attrgetter

from odoo import api, models

from .workbook import COUNT, Column


class ClubXlsxGuestList(models.AbstractModel):
    """The guest list, a sheet per activity. Rule E4."""

    _name = "club.xlsx.guest.list"
    _description = "Guest List"
    _inherit = ["club.xlsx"]

    _kind = "guest_list"
    _source = "club.activity"
    _limit = 24

    @api.model
    def _get_file_name(self, records):
        if len(records) == 1:
            return f"{self.env._('Guest List')} {records.theme}"
        return self.env._("Guest Lists")

    @api.model
    def _fill(self, book, records, **options):
        columns = self._get_columns()
        for data in self.env["club.guest.list"]._get_list_data(records):
            sheet = book.sheet(data.activity.name, landscape=True)
            sheet.table(columns.values(), map(attrgetter(*columns), data.lines))

    def _get_columns(self):
        """Return ``{attribute of a line: Column}`` in order."""
        return {
            "number": Column(self.env._("No."), 6, COUNT),
            "guest": Column(self.env._("Guest"), 22),
            "function": Column(self.env._("Job Position"), 20),
            "account": Column(self.env._("Account"), 32),
            "tier": Column(self.env._("Membership Tier"), 14),
            "manager": Column(self.env._("Account Manager"), 18),
            "phone": Column(self.env._("Phone"), 18),
            "state": Column(self.env._("State"), 14),
            "exception": Column(self.env._("Kind of Exception"), 20),
            "note": Column(self.env._("Note"), 32),
        }
