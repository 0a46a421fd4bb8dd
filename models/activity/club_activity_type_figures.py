"""The catalogue's figures for the current year, and what refers to it. Rule C2."""

from odoo import api, fields, models

from ...kernel import cadence
from ..record.rpc import for_one
from .year_facts import NOTHING, read_year


class ClubActivityType(models.Model):
    _inherit = "club.activity.type"

    activity_count = fields.Integer("Activities", compute="_compute_activity_count")
    plan_line_count = fields.Integer("Planned Lines", compute="_compute_activity_count")
    owed_count = fields.Integer(
        "Owed This Year",
        compute="_compute_year_figures",
        help="How often the catalogue says that it takes place this year, at least. "
        "What counts with it is counted here, too.",
    )
    owed_now_count = fields.Integer(
        "Owed by Today",
        compute="_compute_year_figures",
        help="Of what this year owes: for periods that are over.",
    )
    planned_count = fields.Integer(
        "Planned This Year",
        compute="_compute_year_figures",
        help="Lines of this year's signed plan and its supplements.",
    )
    held_count = fields.Integer("Held This Year", compute="_compute_year_figures")

    def _compute_activity_count(self):
        counts = [
            dict(
                self.env[model]._read_group(
                    [("type_id", "in", self.ids)], ["type_id"], ["__count"]
                )
            )
            for model in ("club.activity", "club.plan.line")
        ]
        for kind in self:
            kind.activity_count = counts[0].get(kind, 0)
            kind.plan_line_count = counts[1].get(kind, 0)

    @api.depends("period", "times_min", "company_id", "counted_ids")
    def _compute_year_figures(self):
        for company, kinds in self.grouped("company_id").items():
            today = self.env["club.program"].with_company(company)._today()
            facts = read_year(company, today.year)
            for kind in kinds:
                rule = kind._get_cadence_or_none()
                found = [facts.get(k.id, NOTHING) for k in kind._origin._get_together()]
                kind.owed_count = cadence.owed(rule) if rule else 0
                kind.owed_now_count = (
                    cadence.owed_by(rule, today.year, today) if rule else 0
                )
                kind.planned_count = sum(each.planned for each in found)
                kind.held_count = sum(each.held for each in found)

    def _get_cadence_or_none(self):
        """Return the cadence, None while somebody is still typing it in."""
        try:
            return self._get_cadence()
        except ValueError:
            return None

    @for_one
    def action_open_activities(self):
        """Show the activities of this type, those that the user may read."""
        return self._open_list("crm_club.club_activity_action")

    @for_one
    def action_open_plan_lines(self):
        """Show the lines of plans for this type, those that the user may read."""
        return self._open_list("crm_club.club_plan_line_action")

    def _open_list(self, xml_id):
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        return {
            **action,
            "domain": [("type_id", "=", self.id)],
            "context": {"default_type_id": self.id},
        }
