"""What an activity came to, against its estimate, and over the units. Rules C5, C6."""

from typing import NamedTuple

from odoo import api, fields, models

from ...kernel import activity_costs
from ..record.rpc import for_records

OTHER = "other"
BILL_GROUPS = "account.group_account_readonly,account.group_account_invoice"


class CostRow(NamedTuple):
    """Budget against actual of a kind of cost."""

    kind: str
    label: str
    estimate: float
    actual: float

    @property
    def difference(self):
        return self.actual - self.estimate


class ClubActivity(models.Model):
    _inherit = "club.activity"

    bill_line_ids = fields.One2many(
        "account.move.line",
        "club_activity_id",
        "Lines of Vendor Bills",
        readonly=True,
        copy=False,
        groups=BILL_GROUPS,
    )
    expense_ids = fields.One2many(
        "club.activity.expense", "activity_id", "Costs without a Bill", copy=False
    )
    share_ids = fields.One2many(
        "club.activity.share", "activity_id", "Split over Units", copy=False
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
    overspend_limit = fields.Monetary(
        "May Cost",
        compute="_compute_overspend_limit",
        help="The estimate and the share beyond it that the program grants. Above, "
        "what it cost goes back for signature.",
    )
    is_overspent = fields.Boolean(compute="_compute_overspend_limit")

    # === Computes === #

    @api.depends("bill_line_ids.balance", "bill_line_ids.parent_state")
    def _compute_cost_bills(self):
        billed = self._get_billed()
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
        rows = self._get_cost_rows()
        for activity in self:
            # A form that is being filled in may have no company, hence no currency yet.
            is_known = bool(activity.currency_id)
            activity.cost_table = is_known and self.env["ir.qweb"]._render(
                "crm_club.club_activity_cost_table",
                {"activity": activity, "rows": rows[activity]},
            )

    @api.depends("cost_estimate", "cost_actual", "company_id")
    def _compute_overspend_limit(self):
        for company, activities in self.grouped("company_id").items():
            share = self._get_overspend_share(company)
            for activity in activities:
                estimate = activity.cost_estimate
                limit = activity_costs.get_limit(estimate, share)
                activity.overspend_limit = float(limit)
                activity.is_overspent = activity_costs.is_overspent(
                    estimate, activity.cost_actual, share
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

    # === Reading === #

    @api.model
    def _get_overspend_share(self, company):
        """Return by how much, in percent, activities of a company may cost more."""
        # sudo: whoever sees the activity, such as a signatory, sees what it may cost
        return self.env["club.program"].sudo()._get_main(company).overspend_share

    def _get_billed(self):
        """Return ``{activity id: {kind: amount}}`` of posted bills."""
        result = {}
        # sudo: whoever sees the activity sees what it cost, not the bills
        lines_sudo = self.env["account.move.line"].sudo()
        for activity, kind, amount in lines_sudo._read_group(
            [("club_activity_id", "in", self.ids), ("parent_state", "=", "posted")],
            ["club_activity_id", "club_cost_kind"],
            ["balance:sum"],
        ):
            kinds = result.setdefault(activity.id, {})
            kinds[kind or OTHER] = kinds.get(kind or OTHER, 0) + amount
        return result

    def _get_cost_rows(self):
        """Return budget against actual by kind: ``{activity: rows}``."""
        labels = (
            self.env["club.activity.cost"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        billed = self._get_billed()
        result = {}
        for activity in self:
            found = []
            estimates = activity.cost_ids.grouped("kind")
            expenses = activity.expense_ids.grouped("kind")
            bills = billed.get(activity._origin.id, {})
            for kind, label in labels:
                if kind in estimates or kind in expenses or kind in bills:
                    estimate = sum(line.amount for line in estimates.get(kind, ()))
                    spent = sum(line.amount for line in expenses.get(kind, ()))
                    found.append(
                        CostRow(kind, label, estimate, spent + bills.get(kind, 0))
                    )
            result[activity] = found
        return result
