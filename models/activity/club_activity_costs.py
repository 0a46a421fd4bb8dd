"""What an activity costs: estimated, billed, spent, and signed beyond it. Rule C5."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...kernel import activity_costs
from ..approval.states import DONE
from ..record.rpc import for_one, for_records, to_reason
from .cost_table import get_billed, get_cost_rows
from .stages import CLOSED, HELD


class ClubActivityCosts(models.AbstractModel):
    """The figures of `club.activity`, which itself has the lines that they sum up."""

    _name = "club.activity.costs"
    _description = "Costs of an Activity"
    _inherit = ["club.document.mixin"]

    cost_estimate = fields.Monetary(
        "Estimated Cost", compute="_compute_cost_estimate", store=True
    )
    no_costs = fields.Boolean(
        "It Cost Nothing",
        compute="_compute_no_costs",
        store=True,
        readonly=False,
        copy=False,
        help="Said where no cost is entered. It falls with the first cost.",
    )
    cost_bills = fields.Monetary(
        "Billed",
        compute="_compute_cost_bills",
        store=True,
        help="Posted vendor bills less credit notes, in company currency, without tax "
        "that is deducted.",
    )
    cost_actual = fields.Monetary(
        "Actual Cost",
        compute="_compute_cost_actual",
        store=True,
        help="Posted vendor bills less credit notes, and costs without a bill.",
    )
    cost_difference = fields.Monetary(
        "Over Estimate",
        compute="_compute_cost_actual",
        store=True,
        help="Actual less estimated cost: below zero there is money left.",
    )
    cost_table = fields.Html(
        "Budget against Actual",
        compute="_compute_cost_table",
        compute_sudo=True,
        sanitize=False,  # rendered by our template, which escapes
    )

    # What it costs beyond the estimate
    overspend_limit = fields.Monetary(
        "May Cost",
        compute="_compute_overspend_limit",
        help="The estimate and the share beyond it that the program grants. Above, "
        "what it cost goes back for signature.",
    )
    is_overspent = fields.Boolean(compute="_compute_overspend_limit")
    overspend_count = fields.Integer(
        compute="_compute_is_overspend_signed", compute_sudo=True
    )
    is_overspend_signed = fields.Boolean(
        compute="_compute_is_overspend_signed", compute_sudo=True
    )

    # As it was when it was closed: the books may go on
    cost_closed = fields.Monetary("Cost at Closing", readonly=True, copy=False)
    has_drifted = fields.Boolean(compute="_compute_has_drifted")

    # === Computes === #

    @api.depends("cost_ids.amount")
    def _compute_cost_estimate(self):
        for activity in self:
            activity.cost_estimate = sum(activity.cost_ids.mapped("amount"))

    @api.depends("cost_actual")
    def _compute_no_costs(self):
        """What cost something didn't cost nothing; once closed, it stays as said."""
        for activity in self:
            activity.no_costs = activity.no_costs and (
                activity.stage == CLOSED or not activity._has_costs()
            )

    @api.depends("bill_line_ids.balance", "bill_line_ids.parent_state")
    def _compute_cost_bills(self):
        billed = get_billed(self)
        for activity in self:
            activity.cost_bills = sum(billed.get(activity._origin.id, {}).values())

    @api.depends("cost_bills", "expense_ids.amount", "cost_estimate")
    def _compute_cost_actual(self):
        for activity in self:
            spent = sum(activity.expense_ids.mapped("amount"))
            activity.cost_actual = activity.cost_bills + spent
            activity.cost_difference = activity.cost_actual - activity.cost_estimate

    @api.depends(
        *("cost_bills", "cost_actual", "cost_ids.kind", "cost_ids.amount"),
        *("expense_ids.kind", "expense_ids.amount"),
    )
    @api.depends_context("lang")
    def _compute_cost_table(self):
        rows = get_cost_rows(self)
        for activity in self:
            # A form that is being filled in may have no company, hence no currency yet.
            is_known = bool(activity.currency_id)
            activity.cost_table = is_known and self.env["ir.qweb"]._render(
                "crm_club.club_activity_cost_table",
                {"activity": activity, "rows": rows[activity]},
            )

    @api.depends("cost_estimate", "cost_actual", "company_id")
    def _compute_overspend_limit(self):
        # sudo: whoever sees the activity, such as a signatory, sees what it may cost
        programs_sudo = self.env["club.program"].sudo()
        for company, activities in self.grouped("company_id").items():
            share = programs_sudo._get_main(company).overspend_share
            for activity in activities:
                estimate = activity.cost_estimate
                limit = activity_costs.get_limit(estimate, share)
                activity.overspend_limit = float(limit)
                activity.is_overspent = activity_costs.is_overspent(
                    estimate, activity.cost_actual, share
                )

    @api.depends("overspend_ids.approval_state", "overspend_ids.amount", "cost_actual")
    def _compute_is_overspend_signed(self):
        for activity in self:
            activity.overspend_count = len(activity.overspend_ids)
            activity.is_overspend_signed = activity.cost_actual <= max(
                activity._get_signed_overspends().mapped("amount"), default=0
            )

    @api.depends("stage", "cost_actual", "cost_closed")
    def _compute_has_drifted(self):
        for activity in self:
            activity.has_drifted = (
                activity.stage == CLOSED
                and activity.currency_id.compare_amounts(
                    activity.cost_actual, activity.cost_closed
                )
                != 0
            )

    @api.constrains("no_costs")
    def _check_no_costs(self):
        for activity in self:
            if activity.no_costs and activity._has_costs():
                raise ValidationError(
                    self.env._(
                        "%(activity)s cost %(amount)s: it can't be said that it cost "
                        "nothing.",
                        activity=activity.display_name,
                        amount=activity.currency_id.format(activity.cost_actual),
                    )
                )

    # === Actions === #

    @for_records
    def action_open_bills(self):
        """Show the lines of vendor bills, to whoever may read them."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bills"),
            "res_model": "account.move.line",
            "views": [(False, "list"), (False, "form")],
            "domain": [("club_activity_id", "in", self.ids)],
            "context": {"create": False},
        }

    @for_records
    def action_open_overspend(self):
        """Show what was reported beyond the estimates."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Overspend"),
            "res_model": "club.activity.overspend",
            "views": [(False, "list"), (False, "form")],
            "domain": [("activity_id", "in", self.ids)],
        }

    @for_one
    def action_report_overspend(self, reason=None):
        """Put what it cost beyond the estimate forward for signature. Rule C5.

        :param reason: why it cost more
        """
        self = self._without_client_context()
        self.check_access("write")
        reason = to_reason(reason)
        if not reason:
            return self._open_change("overspend", self.env._("Report Overspend"))
        overspend = self.env["club.activity.overspend"]._report(self, reason)
        return overspend.get_formview_action()

    def _has_costs(self):
        self.ensure_one()
        return not self.currency_id.is_zero(self.cost_actual)

    def _is_awaiting_costs(self):
        """Tell whether costs are still reported."""
        self.ensure_one()
        return self.stage == HELD

    def _get_signed_overspends(self):
        return self.overspend_ids.filtered(lambda o: o.approval_state == DONE)
