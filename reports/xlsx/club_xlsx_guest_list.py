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
        for data in self.env["club.guest.list"]._get_list_data(records):
            sheet = book.sheet(data.activity.name, landscape=True)
            sheet.header(self._get_columns(), freeze=True)
            for line in data.lines:
                sheet.row(self._prepare_row(line))
            sheet.filter()

    def _get_columns(self):
        return (
            Column(self.env._("No."), 6, COUNT),
            Column(self.env._("Guest"), 22),
            Column(self.env._("Job Position"), 20),
            Column(self.env._("Account"), 32),
            Column(self.env._("Membership Tier"), 14),
            Column(self.env._("Account Manager"), 18),
            Column(self.env._("Phone"), 18),
            Column(self.env._("State"), 14),
            Column(self.env._("Kind of Exception"), 20),
            Column(self.env._("Note"), 32),
        )

    def _prepare_row(self, line):
        return (
            line.number,
            line.guest,
            line.function,
            line.account,
            line.tier,
            line.manager,
            line.phone,
            line.state,
            line.exception,
            line.note,
        )
