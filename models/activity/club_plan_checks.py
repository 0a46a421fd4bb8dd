"""What a plan must be to be submitted. Rule C2."""

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from ...kernel.written import get_written
from ..approval.states import DONE, EDITABLE
from .club_plan_line import UNIT


class ClubPlan(models.Model):
    _inherit = "club.plan"

    def _is_in_effect(self):
        self.ensure_one()
        return self.approval_state == DONE

    @api.constrains("year", "base_id")
    def _check_base(self):
        for plan in self:
            if plan.base_id and plan.base_id.year != plan.year:
                raise ValidationError(
                    self.env._(
                        "%(plan)s supplements the plan of %(year)s: it can't be for "
                        "another year.",
                        plan=plan.display_name,
                        year=plan.base_id.year,
                    )
                )

    @api.constrains("company_id")
    def _check_lines_company(self):
        """Lines follow their plan's company; their types and units don't."""
        self.line_ids._check_company()
        self.report_line_ids._check_company()

    @api.constrains("dropped_ids")
    def _check_dropped(self):
        for plan in self:
            plan._check_lines_dropped()

    def _check_can_submit(self):
        """What was owed is asked when it is submitted: the catalogue may change while
        others sign; what is dropped is asked again when the plan takes effect.
        """
        self.ensure_one()
        plan_sudo = self.sudo()  # judged whatever the user may read
        plan_sudo._check_has_lines()
        plan_sudo._check_lines()
        plan_sudo._check_lines_dropped()
        if self.approval_state in EDITABLE:
            plan_sudo._check_base_in_effect()
            plan_sudo._check_owed()
            plan_sudo._check_report()

    def _check_has_lines(self):
        if not self.line_ids and not self.dropped_ids:
            raise UserError(
                self.env._(
                    "%s has no line yet: propose them from the catalogue, or add them.",
                    self.display_name,
                )
            )

    def _check_lines(self):
        self.line_ids._check_month()
        for line in self.line_ids:
            if line.organiser == UNIT and not line.unit_id:
                raise UserError(
                    self.env._(
                        "%(line)s of %(plan)s is organised by a unit: choose which "
                        "one.",
                        line=line.name,
                        plan=self.display_name,
                    )
                )

    def _check_base_in_effect(self):
        if self.base_id and not self.base_id._is_in_effect():
            raise UserError(
                self.env._(
                    "%(supplement)s comes after %(plan)s, which isn't signed yet.",
                    supplement=self.display_name,
                    plan=self.base_id.display_name,
                )
            )

    def _check_lines_dropped(self):
        """Refuse to drop what isn't in force this year, or has its activity already."""
        for line in self.sudo().dropped_ids:
            values = {"line": line.display_name, "plan": self.display_name}
            if not self.number:
                raise ValidationError(
                    self.env._(
                        "%(plan)s is no supplement: %(line)s can't be dropped by it.",
                        **values,
                    )
                )
            if line.dropped_by_id == self:
                continue
            if (
                not line.in_force
                or line.company_id != self.company_id
                or line.plan_id.year != self.year
            ):
                raise ValidationError(
                    self.env._(
                        "%(line)s isn't in force in the year of %(plan)s: only lines "
                        "that are can be dropped.",
                        **values,
                    )
                )
            if line._get_live_activities():
                raise ValidationError(
                    self.env._(
                        "%(line)s has an activity already: cancel that first, then "
                        "drop the line.",
                        **values,
                    )
                )

    def _check_owed(self):
        """Ask why, when it plans less than the catalogue owes. Rule C1."""
        if get_written(self.shortfall):
            return
        short = [figure for figure in self._get_figures() if figure.missing]
        if self.number:
            # The annual plan has said why of what it lacks.
            dropped = self.dropped_ids.type_id
            short = [figure for figure in short if figure.kind in dropped]
        if short:
            raise UserError(
                self.env._(
                    "%(plan)s plans less than the catalogue owes: %(types)s. Add what "
                    "is missing, or say why under “Why Fewer Than Owed”.",
                    plan=self.display_name,
                    types=format_list(
                        self.env,
                        [
                            self.env._(
                                "%(type)s (%(months)s)",
                                type=figure.kind.name,
                                months=figure.missing_text,
                            )
                            for figure in short
                        ],
                    ),
                )
            )

    def _check_report(self):
        """Ask for words on a last year of which there is something to tell."""
        told = get_written(self.report_achievements)
        if self.report_line_ids and not told:
            raise UserError(
                self.env._(
                    "%(plan)s comes with the work report on %(year)s: write what was "
                    "achieved.",
                    plan=self.display_name,
                    year=self.report_year,
                )
            )
