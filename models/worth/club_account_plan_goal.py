from odoo import api, fields, models


class ClubAccountPlanGoal(models.Model):
    """What an account is to buy of a product category in the year. Rule D15."""

    _name = "club.account.plan.goal"
    _description = "Product Goal of an Account Plan"
    _inherit = ["club.record.mixin"]
    _order = "plan_id, revenue_goal desc, id"
    _club_parent = "plan_id"
    _rec_name = "category_id"

    plan_id = fields.Many2one(
        "club.account.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    category_id = fields.Many2one(
        "product.category",
        "Product Category",
        required=True,
        ondelete="restrict",
        help="Those below it count, too.",
    )
    revenue_goal = fields.Monetary(required=True)
    revenue = fields.Monetary(
        compute="_compute_revenue",
        compute_sudo=True,
        help="Booked in the plan's year, credit notes taken off; once the plan is "
        "closed, what it was then.",
    )
    revenue_result = fields.Monetary("Revenue When Closed", readonly=True, copy=False)
    goal_rate = fields.Float(
        "Reached (%)", compute="_compute_revenue", compute_sudo=True, digits=(16, 1)
    )

    _category_uniq = models.UniqueIndex(
        "(plan_id, category_id)", "A plan has one goal for a product category."
    )
    _goal = models.Constraint(
        "CHECK(revenue_goal > 0 AND revenue_goal < 1e15)",
        "A product goal is above 0.",
    )

    @api.depends("category_id", "revenue_goal", "revenue_result", "plan_id.closed_on")
    def _compute_revenue(self):
        """Sum what was booked of the category and those below it: one query for all
        plans.
        """
        found = self.plan_id._read_revenue()
        for goal in self:
            plan = goal.plan_id
            booked = found.get(
                (plan.account_id._origin.id, plan.company_id._origin.id, plan.year), {}
            )
            path = goal.category_id.parent_path
            goal.revenue = (
                goal.revenue_result
                if plan.closed_on
                else float(
                    sum(
                        amount
                        for category, amount in booked.items()
                        if path and category.startswith(path)
                    )
                )
            )
            goal.goal_rate = (
                100 * goal.revenue / goal.revenue_goal if goal.revenue_goal else 0
            )
