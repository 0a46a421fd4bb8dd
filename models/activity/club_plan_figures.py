"""A plan against the catalogue: owed, planned, held. Rules C1, C2."""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date, format_list

from ...kernel import cadence
from ..approval.states import DONE
from .year_facts import NOTHING, YearFacts, read_year


@dataclass(frozen=True, slots=True)
class Figure:
    """A type's year; ``missing`` are the months that plans still lack."""

    kind: models.BaseModel
    owed: int
    owed_now: int
    allowed: int | None
    planned: int
    missing: tuple[int, ...]
    missing_text: str
    facts: YearFacts

    @property
    def held(self):
        return self.facts.held

    @property
    def is_short(self):
        """Planned less often than owed, in the year or in one of its periods."""
        return bool(self.missing)

    @property
    def is_above(self):
        return cadence.judge(self.planned, 0, self.allowed) == cadence.ABOVE

    @property
    def is_behind(self):
        """Held less often than the periods owe that are over."""
        return cadence.judge(self.held, self.owed_now) == cadence.BELOW


class ClubPlan(models.Model):
    _inherit = "club.plan"

    figures = fields.Html(
        "Owed, Planned, Held",
        compute="_compute_figures",
        compute_sudo=True,
        sanitize=False,
        help="Per activity type: how often the catalogue owes it this year, how often "
        "signed plans and this one have it, how often it took place.",
    )
    is_short = fields.Boolean(
        "Fewer Than Owed",
        compute="_compute_figures",
        compute_sudo=True,
        help="Whether an activity is planned less often than the catalogue owes it.",
    )

    @api.depends(
        *("company_id", "year", "approval_state", "dropped_ids"),
        *("line_ids.type_id", "line_ids.month"),
    )
    @api.depends_context("lang")
    def _compute_figures(self):
        years = {}
        for plan in self:
            key = plan.company_id, plan.year
            if key not in years:
                years[key] = read_year(*key)
            figures = plan._get_figures(years[key])
            plan.is_short = any(figure.is_short for figure in figures)
            plan.figures = (
                self.env["ir.qweb"]._render(
                    "crm_club.club_plan_figures", {"figures": figures}
                )
                if figures
                else Markup()
            )

    def _get_figures(self, facts=None):
        """Return a `Figure` per type that is owed, planned or held this year.

        :param facts: from `read_year`, when they are known
        """
        self.ensure_one()
        if not cadence.FIRST_YEAR <= self.year <= cadence.LAST_YEAR:
            return []
        if facts is None:
            facts = read_year(self.company_id, self.year)
        planned = self._get_planned_months(facts)
        # sudo: whoever reads a plan may know what the catalogue owes
        kinds_sudo = self.env["club.activity.type"].sudo()
        kinds = kinds_sudo.with_context(active_test=False).search(
            [("company_id", "=", self.company_id.id)]
        )
        today = self.env["club.program"].with_company(self.company_id)._today()
        figures = []
        for kind in kinds:
            found = facts.get(kind.id, NOTHING)
            rule = kind._get_cadence()
            months = planned.get(kind.id, [])
            owed = cadence.owed(rule) if kind.active else 0
            if not (owed or months or found):
                continue
            missing = tuple(cadence.missing(rule, months)) if owed else ()
            figures.append(
                Figure(
                    kind=kind.with_env(self.env),
                    owed=owed,
                    owed_now=cadence.owed_by(rule, self.year, today) if owed else 0,
                    allowed=cadence.allowed(rule),
                    planned=len(months),
                    missing=missing,
                    missing_text=self._get_months_text(missing),
                    facts=found,
                )
            )
        return figures

    def _get_planned_months(self, facts):
        """Return ``{type id: months}`` of lines in force and of this plan's own."""
        planned = {kind_id: list(found.months) for kind_id, found in facts.items()}
        if self.approval_state == DONE:
            return planned
        for line in self.line_ids:
            if line.month and line.type_id:
                planned.setdefault(line.type_id._origin.id, []).append(line.month.month)
        for line in self.dropped_ids:
            months = planned.get(line.type_id._origin.id, [])
            if line.month and line.month.month in months:
                months.remove(line.month.month)
        return planned

    def _get_months_text(self, months):
        """Return the names of the months in the user's language."""
        names = [
            format_date(self.env, date(self.year, month, 1), date_format="LLL")
            for month in sorted(set(months))
        ]
        return format_list(self.env, names) if names else ""
