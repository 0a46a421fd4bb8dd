from odoo import api, models

from ...models.care.greeting_sql import SMS, TO_SEND
from .workbook import Column


class ClubXlsxGreeting(models.AbstractModel):
    """Number, name and text for the bureau's own SMS gateway. Rules D5, E4."""

    _name = "club.xlsx.greeting"
    _description = "Text Messages of a Greeting"
    _inherit = ["club.xlsx"]

    _kind = "greeting"
    _source = "club.greeting.line"

    @api.model
    def _get_file_name(self, records):
        greetings = records.greeting_id
        name = greetings.display_name if len(greetings) == 1 else self.env._("Several")
        return self.env._("SMS %s", name.replace("/", "-"))

    @api.model
    def _fill(self, book, records, **options):
        """Write those who still agree, whoever made the address. Rule A8."""
        lines = records.filtered(
            lambda line: line.channel == SMS and line.state == TO_SEND
        )
        lines = lines._filter_agreeing()
        texts = lines._get_texts("text")
        columns = (
            Column(self.env._("Phone"), 20),
            Column(self.env._("Name"), 24),
            Column(self.env._("Text"), 80),
        )
        # sudo: names of whom the user greets
        rows = (
            (line._get_number(), line.sudo().contact_id.name, texts[line])
            for line in lines
        )
        book.sheet(self.env._("SMS")).table(columns, rows)
