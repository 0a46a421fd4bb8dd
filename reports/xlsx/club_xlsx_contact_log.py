from operator import attrgetter

from odoo import api, models

from .workbook import COUNT, DATE, NOTE, Column


class ClubXlsxContactLog(models.AbstractModel):
    """The contact log (联系情况表), a line per contact. Rule E4."""

    _name = "club.xlsx.contact.log"
    _description = "Contact Log"
    _inherit = ["club.xlsx"]

    _kind = "contact_log"
    _source = "club.contact.log"
    _limit = 2_000

    @api.model
    def _get_file_name(self, records):
        return self.env._("Contact Log %s", self.env["club.program"]._today())

    @api.model
    def _fill(self, book, records, **options):
        columns = self._get_columns()
        lines = self.env["club.contact.papers"]._get_log_lines(records)
        sheet = book.sheet(self.env._("Contact Log"), landscape=True)
        sheet.table(columns.values(), map(attrgetter(*columns), lines))

    def _get_columns(self):
        """Return ``{attribute of a line: Column}`` in order."""
        return {
            "number": Column(self.env._("No."), 6, COUNT),
            "account": Column(self.env._("Account"), 28, NOTE),
            "address": Column(self.env._("Address"), 32, NOTE),
            "contact": Column(self.env._("Contact"), 14, NOTE),
            "day": Column(self.env._("Date"), 12, DATE),
            "place": Column(self.env._("Place"), 16, NOTE),
            "remarks": Column(self.env._("Remarks"), 48, NOTE),
            "salesperson": Column(self.env._("Salesperson"), 14, NOTE),
        }


class ClubXlsxVisitRecord(models.AbstractModel):
    """Visit records (拜访记录表), a sheet per contact. Rule E4."""

    _name = "club.xlsx.visit.record"
    _description = "Visit Records"
    _inherit = ["club.xlsx"]

    _kind = "visit_record"
    _source = "club.contact.log"
    _limit = 200

    @api.model
    def _get_file_name(self, records):
        return self.env._("Visit Records %s", self.env["club.program"]._today())

    @api.model
    def _fill(self, book, records, **options):
        labels = self._get_labels()
        for visit in self.env["club.contact.papers"]._get_visit_data(records):
            sheet = book.sheet(visit.number)
            sheet.title(self.env._("Visit Record"))
            sheet.header([Column("", 24, NOTE), Column("", 72, NOTE)])
            for name, label in labels.items():
                value = getattr(visit, name)
                sheet.row((label, "" if value is None else str(value)))

    def _get_labels(self):
        """Return ``{attribute of a record: its heading}`` in the form's order."""
        return {
            "number": self.env._("Number"),
            "salesperson": self.env._("Salesperson"),
            "filled": self.env._("Date filled in"),
            "account": self.env._("Account"),
            "address": self.env._("Address"),
            "person": self.env._("Contact person"),
            "title": self.env._("Title"),
            "ordinal": self.env._("Contact no."),
            "held": self.env._("Date of contact"),
            "channel": self.env._("Channel"),
            "place": self.env._("Place"),
            "situation": self.env._("Customer's situation"),
            "conversation": self.env._("Conversation"),
            "concerns": self.env._("Concerns"),
            "solved": self.env._("Solved"),
            "to_mind": self.env._("To mind"),
            "next": self.env._("Next contact"),
            "other": self.env._("Other"),
            "confirmed_by": self.env._("Confirmed by"),
            "confirmed_on": self.env._("Confirmed on"),
        }
