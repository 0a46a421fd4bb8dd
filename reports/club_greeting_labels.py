from dataclasses import dataclass

from odoo import models

from ..models.care.greeting_sql import LEFT_OUT, QUEUED, TO_SEND


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on one label: whom the card goes to, and where."""

    name: str
    position: str
    account: str
    address: str
    lang: str


class ClubGreetingLabels(models.AbstractModel):
    """Labels for cards, three in a row. Rules D5, E3."""

    _name = "report.crm_club.club_greeting_labels"
    _description = "Labels for Cards"
    _inherit = ["club.report.mixin"]

    _source = "club.greeting.line"
    _papers = "labels"

    def _get_papers(self, lines, data):
        lines.check_access("read")
        # Whoever made the address: nobody who is left out, or has said no; of those who
        # were greeted, nobody who by now refuses everything. Rule A8.
        waiting = lines.filtered(lambda line: line.state in (TO_SEND, QUEUED))
        lines = waiting._filter_agreeing() | (lines - waiting)._filter_willing()
        # sudo: name and address of whom the user greets
        contacts_sudo = lines.sudo().filtered(
            lambda line: line.contact_id and line.state != LEFT_OUT
        )
        return [
            Label(
                name=line.contact_id.name,
                position=line.contact_id.function,
                account=line.account_id.name,
                address=self._get_address(line.contact_id),
                lang=line.contact_id.lang or self.env.lang,
            )
            for line in contacts_sudo
        ]

    def _get_address(self, contact):
        """Return the address without the lines that the country's form leaves empty."""
        lines = contact._display_address(without_company=True).splitlines()
        return "\n".join(filter(str.strip, lines))
