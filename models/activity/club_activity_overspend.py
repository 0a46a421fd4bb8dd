from odoo import api, fields, models
from odoo.exceptions import UserError

from ...kernel import activity_costs
from ..approval.measures import MONEY
from ..approval.states import DONE


class ClubActivityOverspend(models.Model):
    """What an activity cost beyond its estimate, back for signature. Rules C5, C3.

    It goes through the same bands as an application, by what the activity cost in all.
    """

    _name = "club.activity.overspend"
    _description = "Overspend of an Activity"
    _inherit = ["club.approval.mixin", "club.record.mixin"]
    _order = "id desc"
    _rec_name = "activity_id"

    _approval_type = "activity"
    _approval_measure = MONEY
    _approval_guarded = ("activity_id", "company_id", "estimate", "amount", "reason")

    activity_id = fields.Many2one(
        "club.activity",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="activity_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    unit_id = fields.Many2one(related="activity_id.unit_id")
    estimate = fields.Monetary("Estimated Cost", required=True)
    amount = fields.Monetary("Actual Cost", required=True)
    reason = fields.Text(required=True, help="Why it cost more.")

    def _compute_display_name(self):
        for overspend in self:
            overspend.display_name = self.env._(
                "Overspend of %s", overspend.activity_id.display_name or ""
            )

    @api.model
    def _report(self, activity, reason):
        """Put what an activity cost beyond its estimate forward for signature.

        :return: the report, the last one anew when it wasn't signed
        :raises UserError: when that one waits for signatures, or none is needed
        """
        overspend = activity.overspend_ids.filtered(
            lambda report: report.approval_state != DONE
        )[:1]
        if overspend:
            overspend._check_approval_editable()
        if not activity.is_overspent or activity.is_overspend_signed:
            raise UserError(
                self.env._(
                    "%s needs no signature for what it cost.", activity.display_name
                )
            )
        values = {
            "estimate": activity.cost_estimate,
            "amount": activity.cost_actual,
            "reason": reason,
        }
        if overspend:
            overspend.write(values)
        else:
            overspend = self.create({"activity_id": activity.id, **values})
        overspend.action_submit()
        return overspend

    # === Approval === #

    @api.model
    def _get_approval_types(self):
        return self.env["club.activity"]._get_approval_types()

    def _get_approval_amount(self):
        return self.amount, self.currency_id

    def _get_approval_subject(self):
        return self.env._("%s (overspend)", self.activity_id.theme)

    def _get_approval_unit(self):
        return self.activity_id.unit_id

    def _check_can_submit(self):
        """Refuse what doesn't say what the activity cost, or needs no signature."""
        activity = self.activity_id
        if not activity._is_awaiting_costs():
            raise UserError(
                self.env._(
                    "%s isn't waiting for its costs: they are reported after it was "
                    "held, until it is closed.",
                    activity.display_name,
                )
            )
        exact = activity_costs.exact
        if (exact(self.amount), exact(self.estimate)) != (
            exact(activity.cost_actual),
            exact(activity.cost_estimate),
        ):
            raise UserError(
                self.env._(
                    "%s cost something else by now: withdraw this, and report the "
                    "overspend anew.",
                    activity.display_name,
                )
            )

    def _approval_execute(self, request):
        """A signed overspend takes effect by being signed: closing may go on."""
