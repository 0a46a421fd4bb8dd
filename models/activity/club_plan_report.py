"""Last year's work report, which is submitted along with the plan. Rule C2."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..approval.states import EDITABLE
from ..lock import opened
from ..rpc import for_one, for_records


class ClubPlan(models.Model):
    _inherit = "club.plan"

    report_year = fields.Integer("Year Reported", compute="_compute_report_year")
    report_at = fields.Datetime(
        "As Of",
        readonly=True,
        copy=False,
        help="When the figures were last counted; submitting counts them anew.",
    )
    report_line_ids = fields.One2many(
        "club.work.report.line", "plan_id", "Last Year's Figures"
    )
    report_achievements = fields.Text("Achievements", copy=False)
    report_shortcomings = fields.Text("Shortcomings", copy=False)
    report_outlook = fields.Text("For Next Year", copy=False)

    @api.depends("year")
    def _compute_report_year(self):
        for plan in self:
            plan.report_year = plan.year - 1

    @for_records
    def action_submit(self):
        """Count last year's figures a last time: what is signed is what is so now."""
        self = self._without_client_context()
        self.check_access("write")
        for plan in self.filtered(lambda plan: plan.approval_state in EDITABLE):
            plan._fill_report()
        return super().action_submit()

    @for_one
    def action_fill_report(self):
        """Count last year's figures from the facts. Rule C2."""
        self = self._without_client_context()
        self.check_access("write")
        self._check_approval_editable()
        if self.number:
            raise UserError(
                self.env._(
                    "The work report comes with the annual plan; %s has none.",
                    self.display_name,
                )
            )
        self._fill_report()
        return True

    def _fill_report(self):
        """Put what is so now in the place of the report's figures."""
        self.ensure_one()
        if self.number:
            return
        figures = self._get_last_year_figures()
        if not any(figure.facts for figure in figures):
            figures = []  # the club's first year
        self.env["club.work.report.line"]._fill(self, figures)
        opened(self).report_at = fields.Datetime.now()
        self.invalidate_recordset(["report_line_ids"])

    def _get_last_year_figures(self):
        """Return the `Figure`s of the year before, as signed plans have it."""
        plan_sudo = self.sudo()
        last_year = plan_sudo.new(
            {"company_id": plan_sudo.company_id.id, "year": plan_sudo.year - 1}
        )
        return last_year._get_figures()
