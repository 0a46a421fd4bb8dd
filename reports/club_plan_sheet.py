"""The annual plan and the work report on a year."""

from dataclasses import dataclass
from datetime import date, datetime

from odoo import api, models

from ..models.activity.club_plan_line import UNIT
from ..models.activity.club_work_report_line import rate
from ..models.record.names import get_labels


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A line of a plan, in words."""

    month: date
    type: str
    theme: str
    tier: str
    organiser: str
    headcount: int
    budget: float
    dropped_by: str


@dataclass(frozen=True, slots=True)
class PlanMonth:
    """A month's lines and what they come to; dropped ones don't count."""

    month: date
    label: str
    rows: tuple[PlanRow, ...]
    budget: float


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """An annual plan or a supplement, ready to print."""

    plan: models.BaseModel
    company: models.BaseModel
    currency: models.BaseModel
    months: tuple[PlanMonth, ...]
    dropped: tuple[PlanRow, ...]
    figures: tuple
    count: int
    headcount: int
    budget: float
    requests: models.BaseModel

    @property
    def rows(self):
        return tuple(row for month in self.months for row in month.rows)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A type's year in a work report, or the sum of all types."""

    type: str
    owed: int
    planned: int
    held: int
    cancelled: int
    unplanned: int
    invited: int
    attended: int
    attendance_rate: float
    answers: int
    response_rate: float
    satisfaction: float
    budget: float
    cost: float
    difference: float


@dataclass(frozen=True, slots=True)
class WorkReport:
    """The work report on a year, ready to print."""

    plan: models.BaseModel
    company: models.BaseModel
    currency: models.BaseModel
    year: int
    as_of: datetime | bool
    rows: tuple[ReportRow, ...]
    total: ReportRow
    unplanned: tuple[str, ...]
    requests: models.BaseModel

    @property
    def all_rows(self):
        """The types' rows and their sum, the last."""
        return (*self.rows, self.total)


COUNTS = (
    *("owed", "planned", "held", "cancelled", "unplanned"),
    *("invited", "attended", "answers", "budget", "cost"),
)


class ClubPlanSheet(models.AbstractModel):
    """Collects annual plans and work reports; prints only walk them. Rules C2, E3."""

    _name = "club.plan.sheet"
    _description = "Annual Plan Sheet"

    @api.model
    def _get_plan_data(self, plans):
        """Return a `PlanSheet` for each plan, which the user may read."""
        plans.check_access("read")
        plans = plans.with_env(self.env)
        rounds = plans._get_approval_rounds()
        return [self._prepare_plan(plan, rounds.get(plan.id)) for plan in plans]

    def _prepare_plan(self, plan, requests):
        months = []
        for month, lines in plan.line_ids.grouped("month").items():
            months.append(
                PlanMonth(
                    month=month,
                    label=f"{month:%Y-%m}",
                    rows=tuple(map(self._prepare_row, lines)),
                    budget=self._sum_budget(lines),
                )
            )
        current = plan.line_ids.filtered(lambda line: not line.dropped_by_id)
        return PlanSheet(
            plan=plan,
            company=plan.company_id.sudo(),
            currency=plan.currency_id,
            months=tuple(sorted(months, key=lambda found: found.month)),
            # sudo: what a supplement drops is part of what it says
            dropped=tuple(map(self._prepare_row, plan.sudo().dropped_ids)),
            figures=tuple(plan.sudo()._get_figures()),
            count=len(current),
            headcount=sum(current.mapped("headcount")),
            budget=self._sum_budget(current),
            requests=requests or self.env["club.approval.request"].sudo(),
        )

    def _sum_budget(self, lines):
        return sum(line.budget for line in lines if not line.dropped_by_id)

    def _prepare_row(self, line):
        # sudo: a paper names units, people and companies, whoever prints it
        organisers = get_labels(line, "organiser")
        is_unit = line.organiser == UNIT and line.unit_id
        return PlanRow(
            month=line.month,
            type=line.type_id.name,
            theme=line.name,
            tier=line.tier_id.sudo().display_name or self.env._("All tiers"),
            organiser=line.unit_id.sudo().name
            if is_unit
            else organisers[line.organiser],
            headcount=line.headcount,
            budget=line.budget,
            dropped_by=line.dropped_by_id.sudo().display_name or "",
        )

    @api.model
    def _get_report_data(self, plans):
        """Return a `WorkReport` for each plan, as it was submitted or last counted.

        :raises UserError: for a supplement, which has none
        """
        plans.check_access("read")
        plans = plans.with_env(self.env)
        plans._check_has_report()
        rounds = plans._get_approval_rounds()
        return [self._prepare_report(plan, rounds.get(plan.id)) for plan in plans]

    def _prepare_report(self, plan, requests):
        # sudo: a paper names units, people and companies, whoever prints it
        lines = plan.report_line_ids
        return WorkReport(
            plan=plan,
            company=plan.company_id.sudo(),
            currency=plan.currency_id,
            year=plan.report_year,
            as_of=plan.report_at,
            rows=tuple(
                self._prepare_figures(
                    line.type_id.sudo().name,
                    {name: line[name] for name in COUNTS},
                    line.satisfaction,
                )
                for line in lines
            ),
            total=self._prepare_figures(
                self.env._("Total"),
                {name: sum(lines.mapped(name)) for name in COUNTS},
                rate(
                    sum(line.satisfaction * line.answers for line in lines),
                    sum(lines.mapped("answers")),
                ),
            ),
            unplanned=tuple(
                name
                for line in lines
                for name in (line.unplanned_names or "").splitlines()
            ),
            requests=requests or self.env["club.approval.request"].sudo(),
        )

    def _prepare_figures(self, label, counts, satisfaction):
        return ReportRow(
            type=label,
            attendance_rate=rate(counts["attended"], counts["invited"]),
            response_rate=rate(counts["answers"], counts["attended"]),
            satisfaction=round(satisfaction, 2),
            difference=counts["budget"] - counts["cost"],
            **counts,
        )


class ReportPlan(models.AbstractModel):
    _name = "report.crm_club.club_plan_sheet"
    _description = "Annual Plan Report"
    _inherit = ["club.report.mixin"]

    _source = "club.plan"
    _papers = "sheets"

    def _get_papers(self, plans, data):
        return self.env["club.plan.sheet"]._get_plan_data(plans)


class ReportWorkReport(models.AbstractModel):
    _name = "report.crm_club.club_work_report"
    _description = "Work Report"
    _inherit = ["club.report.mixin"]

    _source = "club.plan"
    _papers = "reports"

    def _get_papers(self, plans, data):
        return self.env["club.plan.sheet"]._get_report_data(plans)
