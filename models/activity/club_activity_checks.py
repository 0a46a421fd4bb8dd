"""What an activity must say to be submitted and carried out. Rules C2, C3, E2."""

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from ..approval.states import DONE, EDITABLE
from ..record.day import check_day_has_come
from .club_activity import AHEAD, HELD


class ClubActivity(models.Model):
    _inherit = "club.activity"

    def _check_can_submit(self):
        super()._check_can_submit()
        activity_sudo = self.sudo().with_company(self.company_id)
        if self.approval_state in EDITABLE:
            activity_sudo._check_still_ahead()
        activity_sudo._check_costs()
        activity_sudo._check_plan_line()

    def _check_still_ahead(self):
        if self.date_begin <= fields.Datetime.now():
            raise ValidationError(
                self.env._(
                    "%s would begin in the past: activities are applied for before "
                    "they take place.",
                    self.display_name,
                )
            )

    def _check_costs(self):
        """Refuse to leave out what the bands go by."""
        if not self.cost_ids:
            raise UserError(
                self.env._(
                    "%s lists no costs: enter what it will cost, and a line of 0 if "
                    "it costs nothing.",
                    self.display_name,
                )
            )

    def _check_plan_line(self):
        """Refuse a line of the plan that doesn't foresee this activity. Rule C2."""
        line = self.plan_line_id
        if not line:
            return
        values = {"activity": self.display_name, "line": line.display_name}
        if line.plan_id.approval_state != DONE:
            raise ValidationError(
                self.env._(
                    "%(activity)s: “%(line)s” belongs to a plan that isn't in effect; "
                    "leave the line of the plan empty, or wait until it is signed.",
                    **values,
                )
            )
        if line.dropped_by_id:
            raise ValidationError(
                self.env._(
                    "%(activity)s: “%(line)s” was dropped by %(supplement)s; leave the "
                    "line of the plan empty, or choose another one.",
                    supplement=line.dropped_by_id.display_name,
                    **values,
                )
            )
        if line.type_id != self.type_id:
            raise ValidationError(
                self.env._(
                    "%(activity)s is of another type than “%(line)s” in the plan: "
                    "choose a line of its type, or leave the line empty.",
                    **values,
                )
            )
        self._check_plan_year(self.date_begin)

    def _check_plan_year(self, date_begin):
        """Refuse a day outside the year of the plan."""
        line = self.plan_line_id
        if line and self._get_local(date_begin).year != line.plan_id.year:
            raise ValidationError(
                self.env._(
                    "%(activity)s can't begin in another year than its plan, %(year)s.",
                    activity=self.display_name,
                    year=line.plan_id.year,
                )
            )

    def _check_ahead(self):
        """Refuse what is done with approved activities that are still to be held."""
        for activity in self:
            if activity.stage not in AHEAD:
                raise UserError(
                    self.env._(
                        "%(activity)s is at the stage “%(stage)s”: this can be done "
                        "while an approved activity is being prepared only.",
                        activity=activity.display_name,
                        stage=activity._get_stage_label(),
                    )
                )

    def _check_day_has_come(self):
        """Nobody is checked in before the day. Rule C4."""
        for activity in self.filtered(lambda activity: activity.stage in AHEAD):
            check_day_has_come(activity, activity.date_begin)

    def _are_doors_closed(self):
        """Tell whether nobody comes any more: from then on who came is a fact."""
        self.ensure_one()
        return self.stage == HELD or self.date_end <= fields.Datetime.now()

    def _get_closed_refusal(self):
        return UserError(
            self.env._(
                "%s is closed: what was reported stays as it is.", self.display_name
            )
        )

    def _get_stage_label(self):
        field = self._fields["stage"]
        return dict(field._description_selection(self.env))[self.stage]

    def _get_local(self, moment):
        """Return a moment (UTC) as clocks show it where the company is."""
        return self.company_id._club_local(moment)
