"""The account plan as it is printed: one page. Rules D15, E3."""

from dataclasses import dataclass

from odoo import api, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ..models.record.names import get_labels
from ..models.worth.club_account_plan_step import KINDS


@dataclass(frozen=True, slots=True)
class Page:
    """What the page says: all of it text, in the reader's language."""

    company: models.BaseModel
    name: str
    account: str
    year: str
    tier: str
    manager: str
    unit: str
    aim: str
    revenue: tuple[tuple[str, str], ...]
    goals: tuple[tuple[str, str, str, str], ...]
    steps: tuple[tuple[str, tuple[tuple[str, str, str, str, str], ...]], ...]
    costs: tuple[tuple[str, str], ...]
    result: str
    evaluation: str
    closed: str
    requests: models.BaseModel


class ClubAccountPlanReport(models.AbstractModel):
    _name = "report.crm_club.club_account_plan"
    _description = "Account Plan on a Page"
    _inherit = ["club.report.mixin"]
    _source = "club.account.plan"
    _papers = "pages"

    @api.model
    def _get_papers(self, records, data):
        records.check_access("read")
        return [self._prepare_page(plan) for plan in records]

    @api.model
    def _prepare_page(self, plan):
        # sudo: a paper names units, people and companies, whoever prints it
        plan_sudo = plan.sudo()
        account_sudo = plan_sudo.account_id.with_company(plan_sudo.company_id)
        rounds = plan._get_approval_rounds()
        return Page(
            company=plan_sudo.company_id,
            name=plan.display_name,
            account=account_sudo.name,
            year=str(plan.year),
            tier=plan_sudo.tier_id.name or "",
            manager=account_sudo.club_manager_id.name or "",
            unit=account_sudo.club_unit_id.name or "",
            aim=plan.aim or "",
            revenue=(
                (self.env._("Revenue goal"), self._format(plan, plan.revenue_goal)),
                (self.env._("Revenue"), self._format(plan, plan.revenue)),
                (self.env._("Attained"), self._get_rate(plan)),
                (
                    self.env._("Revenue of the year before"),
                    self._format(plan, plan.revenue_before),
                ),
            ),
            goals=tuple(
                (
                    goal.category_id.display_name,
                    self._format(plan, goal.revenue_goal),
                    self._format(plan, goal.revenue),
                    self._get_rate(goal),
                )
                for part in plan_sudo | plan_sudo.supplement_ids
                for goal in part.goal_ids
                if part == plan_sudo or part.signed_on
            ),
            steps=tuple(self._get_steps(plan_sudo)),
            costs=(
                (self.env._("Planned costs"), self._format(plan, plan.amount)),
                (self.env._("Budget granted"), self._format(plan, plan.budget_granted)),
                (
                    self.env._("Spent of the budget"),
                    self._format(plan, plan.budget_spent),
                ),
            ),
            result=plan.result or "",
            evaluation=self._get_evaluation(plan),
            closed=format_date(self.env, plan.closed_on) if plan.closed_on else "",
            requests=rounds.get(plan.id, self.env["club.approval.request"]),
        )

    def _get_steps(self, plan_sudo):
        """Yield the steps of each kind, those of signed supplements, too."""
        parts = plan_sudo | plan_sudo.supplement_ids.filtered("signed_on")
        labels = get_labels(parts.step_ids, "kind")
        by_kind = parts.step_ids.grouped("kind")
        for kind, _label in KINDS:
            steps = by_kind.get(kind, ())
            if steps:
                yield (
                    labels[kind],
                    tuple(
                        (
                            step.name,
                            step.contact_id.name or "",
                            self._format_day(step.date_planned),
                            self._format(plan_sudo, step.amount) if step.amount else "",
                            " ".join(
                                filter(
                                    None, (self._format_day(step.done_on), step.outcome)
                                )
                            ),
                        )
                        for step in steps
                    ),
                )

    def _get_evaluation(self, plan):
        """Return the grade that the year's evaluation gives, for who may read it."""
        evaluation = plan.evaluation_id
        return get_labels(evaluation, "grade")[evaluation.grade] if evaluation else ""

    def _get_rate(self, record):
        return f"{formatLang(self.env, record.goal_rate, digits=1)} %"

    def _format(self, plan, amount):
        return formatLang(self.env, amount or 0, currency_obj=plan.currency_id)

    def _format_day(self, day):
        return format_date(self.env, day) if day else ""
