from dataclasses import dataclass
from datetime import datetime

from odoo import api, models


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on one guest's card."""

    name: str
    account: str
    company: str
    theme: str
    link: str
    until: datetime
    lang: str


class ClubSurveyCards(models.AbstractModel):
    """Cards with each guest's own link as a QR code. Rule C5."""

    _name = "report.crm_club.club_survey_cards"
    _description = "Survey Cards"

    @api.model
    def _get_report_values(self, docids, data=None):
        answers = self.env["club.answer"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": "club.answer",
            "docs": answers,
            "cards": self._get_cards(answers),
        }

    @api.model
    def _get_cards(self, answers):
        """Return the cards of guests whom the user may ask.

        :raises AccessError: when one isn't the user's to ask: a card has the link
        """
        answers.check_access("read")
        return [
            Card(
                name=answer.contact_id.name,
                account=answer.account_id.name,
                company=answer.company_id.name,
                theme=answer.activity_id.theme,
                link=answer._get_link(),
                until=answer.date_deadline,
                lang=answer.contact_id.lang or self.env.lang,
            )
            for answer in answers
        ]
