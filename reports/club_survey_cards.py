from dataclasses import dataclass
from datetime import date

from odoo import models


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on one guest's card."""

    name: str
    account: str
    company: str
    theme: str
    link: str
    until: date | bool
    lang: str


class ClubSurveyCards(models.AbstractModel):
    """Cards with each guest's own link as a QR code. Rule C5."""

    _name = "report.crm_club.club_survey_cards"
    _description = "Survey Cards"
    _inherit = ["club.report.mixin"]

    _source = "club.answer"
    _papers = "cards"

    def _get_papers(self, answers, data):
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
                until=answer._get_last_day(),
                lang=answer.contact_id.lang or self.env.lang,
            )
            for answer in answers
        ]
