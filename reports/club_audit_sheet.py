"""The signed-off audit sample, ready to print."""

from dataclasses import dataclass
from datetime import date, datetime

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..models.record.names import get_labels


@dataclass(frozen=True, slots=True)
class Line:
    """A drawn entry: as posted, recomputed, what is behind it and what was said."""

    place: int
    account: str
    unit: str
    month: date | bool
    kind: str
    category: str
    points: float
    is_recomputed: bool
    posted: float
    expected: float
    difference: float
    rate: str
    facts: tuple[tuple[str, str, str], ...]
    left_out: int
    result: str
    note: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What was wrong, who mends it, and how far that is."""

    name: str
    description: str
    place: int | bool
    severity: str
    owner: str
    deadline: date
    state: str
    answer: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A signed-off sample with its entries and findings."""

    sample: models.BaseModel
    facts: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]
    signed_by: str
    signed_at: datetime


class ClubAuditSheet(models.AbstractModel):
    """Collects signed-off samples; the print only walks them. Rules B6, E3."""

    _name = "report.crm_club.club_audit_sheet"
    _description = "Audit Sheet Report"
    _inherit = ["club.report.mixin"]

    _source = "club.audit.sample"
    _papers = "sheets"

    def _get_papers(self, samples, data):
        """Return a `Sheet` for each sample; a sample must be signed off."""
        samples.check_access("read")
        for sample in samples:
            if sample.state != "signed":
                raise UserError(
                    self.env._(
                        "%s isn't signed off yet: there is nothing to print.",
                        sample.name,
                    )
                )
        return [
            Sheet(
                sample=sample,
                facts=tuple(self._get_facts(sample)),
                lines=tuple(self._prepare_line(line) for line in sample.line_ids),
                findings=tuple(
                    self._prepare_finding(finding)
                    for finding in sample.finding_ids.sorted("id")
                ),
                signed_by=sample.signed_off_by_id.name,
                signed_at=sample.signed_off_at,
            )
            for sample in samples
        ]

    def _get_facts(self, sample):
        """Yield what the sample was drawn from, and how: label and value."""
        months = (sample.month_from, sample.month_to)
        yield self.env._("Program"), sample.program_id.name
        if any(months):
            yield (
                self.env._("Months"),
                " – ".join(f"{month:%Y-%m}" if month else "…" for month in months),
            )
        if sample.unit_id:
            yield self.env._("Unit and below"), sample.unit_id.name
        if sample.tier_id:
            yield self.env._("Tier"), sample.tier_id.display_name
        if sample.kind:
            yield self.env._("Kind"), self._get_label(sample, "kind")
        yield (
            self.env._("Size"),
            self.env._(
                "At least %(least)s entries or %(share)s %%, whichever is more",
                least=sample.size_min,
                share=f"{sample.percentage:g}",
            ),
        )
        yield (
            self.env._("Drawn"),
            self.env._(
                "%(count)s of %(population)s posted entries",
                count=len(sample.line_ids),
                population=sample.population,
            ),
        )
        yield self.env._("Seed"), str(sample.seed)
        yield (
            self.env._("Ledger up to"),
            f"{sample.ledger_run_id.name} ({(sample.ledger_seal or '')[:12]})",
        )
        yield (
            self.env._("Drawn by"),
            f"{sample.drawn_by_id.name}, "
            f"{format_date(self.env, sample.company_id._club_day(sample.drawn_at))}",
        )

    def _prepare_line(self, line):
        data = line._get_evidence_data()
        documents = tuple(
            (document["name"], document["date"], document["points"])
            for document in data["documents"]
        )
        return Line(
            place=line.sequence,
            account=line.account_id.name or "",
            unit=line.unit_id.name or "",
            month=line.revenue_month or line.date,
            kind=self._get_label(line, "kind"),
            category=(line.product_id or line.category_id).display_name or "",
            points=line.points,
            is_recomputed=line.is_recomputed,
            posted=line.posted_points,
            expected=line.expected_points,
            difference=line.difference,
            rate=" × ".join(
                f"{value} ({notice})" if notice else value
                for _label, value, notice, _day in data["rates"]
            ),
            facts=tuple(
                (fact["what"], fact["date"], fact["amount"]) for fact in data["facts"]
            )
            + documents,
            left_out=data["left_out"],
            result=self._get_label(line, "result"),
            note=line.note or "",
        )

    def _prepare_finding(self, finding):
        return Finding(
            name=finding.name,
            description=finding.description or "",
            place=finding.line_id.sequence,
            severity=self._get_label(finding, "severity"),
            owner=finding.owner_id.name,
            deadline=finding.date_deadline,
            state=self._get_label(finding, "state"),
            answer=finding.answer or "",
        )

    def _get_label(self, record, name):
        return get_labels(record, name).get(record[name], "")
