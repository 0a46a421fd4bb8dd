from dataclasses import dataclass
from datetime import date

from odoo import api, models

from ..models.membership.club_requalification import REASONS
from ..models.record.names import get_labels

# Whoever loses something is read first.
OUTCOME_ORDER = ("lapsed", "downgraded", "upgraded", "renewed")


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one membership, and the figures that it rests on."""

    account: str
    code: str
    unit: str
    manager: str
    group: str
    date_end: date
    window_from: date | bool
    window_to: date | bool
    points: float
    revenue: float
    score: float
    indicators: str
    current: str
    earned: str
    floor: str
    floor_class: str
    proposed: str
    decided: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The lines of one outcome."""

    code: str
    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Lack:
    """What the figures lack, and why it is decided all the same."""

    label: str
    found: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A requalification, its lines grouped by outcome."""

    requalification: models.BaseModel
    state: str
    lacks: tuple[Lack, ...]
    outcomes: tuple[Outcome, ...]


class ClubRequalificationSheet(models.AbstractModel):
    """Collects requalification lists; PDF and worksheet only walk them. E3, E4."""

    _name = "club.requalification.sheet"
    _description = "Requalification List"

    @api.model
    def _get_sheet_data(self, requalifications):
        """Return a `Sheet` for each requalification, with the lines that the user's
        record rules let him see.
        """
        requalifications.check_access("read")
        found = self.env["club.requalification.line"].search(
            [("requalification_id", "in", requalifications.ids)]
        )
        by_document = found.grouped("requalification_id")
        states = get_labels(requalifications, "state")
        return [
            Sheet(
                requalification=document,
                state=states[document.state],
                lacks=self._prepare_lacks(document),
                outcomes=self._prepare_outcomes(
                    by_document.get(document, found.browse())
                ),
            )
            for document in requalifications
        ]

    def _prepare_lacks(self, document):
        return tuple(
            Lack(
                label=document._fields[name]._description_string(self.env),
                found=str(document[name]),
                reason=document[reason] or "",
            )
            for name, reason in REASONS.items()
            if document[name]
        )

    def _prepare_outcomes(self, lines):
        labels = get_labels(lines, "outcome")
        by_outcome = lines.grouped("outcome")
        # sudo: whoever signs need not read the program
        indicators = lines.requalification_id.sudo().program_id.indicator_ids
        names = {
            **get_labels(indicators, "code"),
            **{indicator.code: indicator.name for indicator in indicators},
        }
        classes = self._get_class_names(lines)
        return tuple(
            Outcome(
                code=code,
                label=labels[code],
                lines=tuple(
                    self._prepare_line(
                        line.with_company(line.company_id), labels, names, classes
                    )
                    for line in by_outcome[code]
                ),
            )
            for code in OUTCOME_ORDER
            if code in by_outcome
        )

    def _get_class_names(self, lines):
        codes = {(line.evidence or {}).get("floor_class") for line in lines}
        # sudo: whoever signs need not read the classes
        classes_sudo = self.env["club.account.class"].sudo()
        found = classes_sudo.search([("code", "in", list(codes))])
        return {record.code: record.name for record in found}

    def _prepare_line(self, line, labels, names, classes):
        evidence = line.evidence or {}
        indicators = evidence.get("indicators") or {}
        floor_class = evidence.get("floor_class")
        # sudo: a paper names units and people, whoever prints it
        account = line.account_id.sudo()
        return Line(
            account=account.name or "",
            code=account.ref or "",
            unit=account.club_unit_id.name or "",
            manager=account.club_manager_id.name or "",
            group=line.group_id.name,
            date_end=line.date_end,
            window_from=line.window_from,
            window_to=line.window_to,
            points=line.points,
            revenue=line.revenue,
            score=line.score,
            indicators="; ".join(
                f"{names.get(code, code)}: {float(value):g}"
                for code, value in indicators.items()
            ),
            current=line.current_tier_id.name or "",
            earned=line.earned_tier_id.name or "",
            floor=line.floor_tier_id.name or "",
            floor_class=classes.get(floor_class) or floor_class or "",
            proposed=line.proposed_tier_id.name or "",
            decided=line.decided_tier_id.name or "",
            outcome=labels[line.outcome],
            reason=line.override_reason or "",
        )


class ReportRequalification(models.AbstractModel):
    _name = "report.crm_club.club_requalification_list"
    _description = "Requalification List Report"
    _inherit = ["club.report.mixin"]

    _source = "club.requalification"
    _papers = "sheets"

    def _get_papers(self, requalifications, data):
        return self.env["club.requalification.sheet"]._get_sheet_data(requalifications)
