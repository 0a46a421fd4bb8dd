"""The scorecard of a unit on a page. Rules E3, E9."""

from dataclasses import dataclass

from odoo import api, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ..kernel.scorecards import CAP, FULL
from ..models.figures.club_scorecard import DRAFT
from ..models.record.names import format_month


@dataclass(frozen=True, slots=True)
class Indicator:
    """A line of the card: texts, but for the bar's width in per cent."""

    label: str
    goal: str
    measured: str
    attained: str
    weight: str
    bar: float
    is_short: bool


@dataclass(frozen=True, slots=True)
class Card:
    """What the page says, in the reader's language."""

    company: models.BaseModel
    unit: str
    year: str
    score: str
    rank: str
    counted: str
    measured: str
    is_draft: bool
    issued: str
    unposted: str
    indicators: tuple[Indicator, ...]
    note: str


class ClubScorecardPaper(models.AbstractModel):
    _name = "report.crm_club.club_scorecard"
    _description = "Scorecard on Paper"
    _inherit = ["club.report.mixin"]
    _source = "club.scorecard"
    _papers = "cards"

    @api.model
    def _get_papers(self, records, data):
        records.check_access("read")
        return [self._prepare_card(card) for card in records]

    @api.model
    def _prepare_card(self, card):
        # sudo: a paper names units, people and companies, whoever prints it
        card_sudo = card.sudo()
        names = card._get_names()
        is_draft = card.state == DRAFT
        return Card(
            company=card_sudo.company_id,
            unit=names["unit"],
            year=str(card.year),
            score=formatLang(self.env, card.score, digits=1),
            rank=self.env._(
                "%(rank)s of %(units)s", rank=card.rank, units=card.rank_of
            ),
            counted=format_month(self.env, card.month_to) if card.month_to else "",
            measured=formatLang(self.env, card.measured_weight, digits=0),
            is_draft=is_draft,
            issued=""
            if is_draft
            else self.env._(
                "%(user)s, %(day)s",
                user=names["issuer"],
                day=format_date(self.env, card.issued_on),
            ),
            unposted=card.unposted_reason or "",
            indicators=tuple(map(self._prepare_indicator, card.line_ids)),
            note=card.note or "",
        )

    def _prepare_indicator(self, line):
        attained = line.attained if line.is_measured else FULL
        return Indicator(
            label=line.display_name,
            goal=formatLang(self.env, line.goal, digits=2),
            measured=formatLang(self.env, line.measured, digits=2)
            if line.is_measured
            else self.env._("nothing to measure"),
            attained=formatLang(self.env, line.attained, digits=1)
            if line.is_measured
            else "",
            weight=formatLang(self.env, line.weight, digits=0),
            bar=FULL * line.attained / CAP if line.is_measured else 0.0,
            is_short=attained < FULL,
        )
