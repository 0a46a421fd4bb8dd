from odoo import fields, models


class ClubProgram(models.Model):
    """What a program says of rewards. Rule B13."""

    _inherit = "club.program"

    deduction_points = fields.Float(
        "Points per Yuan of a Deduction",
        digits=(16, 2),
        tracking=True,
        help="What a deduction of one unit of the company's currency costs. 0: points "
        "buy no deductions.",
    )
    order_limit = fields.Float(
        "Orders to Sign Above",
        digits=(16, 2),
        default=10_000,
        tracking=True,
        help="Orders of rewards that cost more points than this are signed before they "
        "are delivered (assumed). 0: all of them.",
    )
    order_needs_second = fields.Boolean(
        "Another One Delivers",
        tracking=True,
        help="Whoever ordered a reward doesn't confirm its delivery.",
    )

    _rewards = models.Constraint(
        "CHECK(coalesce(deduction_points, 0) >= 0"
        " AND coalesce(deduction_points, 0) < 1e6"
        " AND coalesce(order_limit, 0) >= 0 AND coalesce(order_limit, 0) < 1e12)",
        "Points of deductions and the limit of orders can't be negative.",
    )
