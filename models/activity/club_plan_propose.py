"""Filling a plan in one click: from the catalogue, or from last year's plan. C2."""

from collections import Counter
from datetime import date

from odoo import models

from ...kernel import cadence
from ...kernel.windows import add_months
from ..rpc import for_one
from .club_activity_type import SERVICE
from .year_facts import NOTHING, read_year


class ClubPlan(models.Model):
    _inherit = "club.plan"

    @for_one
    def action_propose(self):
        """Add what the catalogue owes this year and no plan has yet. Rule C2.

        Clicked again it adds nothing. Services are booked, never planned.
        """
        self = self._without_client_context()
        self._check_can_fill()
        return self._add_lines(self._prepare_proposal())

    @for_one
    def action_copy_last_year(self):
        """Add last year's lines, a year on, but for those that are there. Rule C2."""
        self = self._without_client_context()
        self._check_can_fill()
        return self._add_lines(self._prepare_last_year())

    def _check_can_fill(self):
        self.check_access("write")
        self._check_approval_editable()

    def _add_lines(self, vals_list):
        self.env["club.plan.line"].create(
            [{**values, "plan_id": self.id} for values in vals_list]
        )
        message = (
            self.env._("%s lines were added: adapt them.", len(vals_list))
            if vals_list
            else self.env._("Nothing is missing: no line was added.")
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if vals_list else "info",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _prepare_proposal(self):
        """Return the values of the lines to add."""
        facts = read_year(self.company_id, self.year)
        last_year = read_year(self.company_id, self.year - 1)
        planned = self._get_planned_months(facts)
        kinds = self.env["club.activity.type"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("kind", "!=", SERVICE),
                ("times_min", ">", 0),
            ]
        )
        return [
            values
            for kind in kinds
            for values in self._prepare_lines_of(
                kind, planned.get(kind.id, []), last_year.get(kind.id, NOTHING)
            )
        ]

    def _prepare_lines_of(self, kind, taken, last_year):
        forms = kind._get_forms()
        budget = self._get_usual_budget(last_year)
        for number, month in enumerate(
            cadence.missing(kind._get_cadence(), taken), start=len(taken)
        ):
            theme = kind.name
            if forms:
                theme = self.env._(
                    "%(type)s: %(form)s",
                    type=kind.name,
                    form=forms[number % len(forms)],
                )
            yield {
                "type_id": kind.id,
                "name": theme,
                "month": date(self.year, month, 1),
                "budget": budget,
            }

    def _get_usual_budget(self, last_year):
        """Return what one cost last year, else was planned for one, else 0."""
        if last_year.held and last_year.cost_held:
            return self.currency_id.round(last_year.cost_held / last_year.held)
        if last_year.planned:
            return self.currency_id.round(last_year.budget / last_year.planned)
        return 0

    def _prepare_last_year(self):
        there = Counter(map(self._get_line_key, self.line_ids))
        vals_list = []
        for line in self.env["club.plan.line"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("plan_id.year", "=", self.year - 1),
                ("in_force", "=", True),
                ("type_id.active", "=", True),
            ],
            order="month, id",
        ):
            month = add_months(line.month, 12)
            key = (line.type_id, month, line.name)
            if there[key]:
                there[key] -= 1
                continue
            (values,) = line.copy_data({"month": month})
            vals_list.append(values)
        return vals_list

    def _get_line_key(self, line):
        """Return what tells lines apart when last year's are copied."""
        return line.type_id, line.month, line.name
