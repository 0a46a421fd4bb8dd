from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from ...kernel import scorecards as kernel
from ...kernel.share_rest import WHOLE, get_rest
from ..record.names import add_remark, get_labels
from .codes import CODES

METHODS = [
    (kernel.VALUE, "Amount of the Year"),
    (kernel.SHARE, "Share (%)"),
    (kernel.MEAN, "Mean"),
    (kernel.PER, "Per 100 of Another Figure"),
    (kernel.GROWTH, "Growth over the Year Before (%)"),
]
# What a scorecard takes over from its template.
COPIED = ("sequence", "code", "method", "base_code", "is_lower_better")
SET = ("goal", "weight")


class ClubScorecardIndicatorMixin(models.AbstractModel):
    """An indicator: which figure, how it is measured, its goal and weight. Rule E9."""

    _name = "club.scorecard.indicator.mixin"
    _description = "Indicator with a Weight"

    sequence = fields.Integer(default=10)
    code = fields.Selection(CODES, "Figure Measured", required=True)
    method = fields.Selection(
        METHODS,
        "Measured As",
        required=True,
        default=kernel.VALUE,
        help="Of members, points balance and accounts at risk the amount is that of "
        "the year's end; of all others the sum of its months.",
    )
    base_code = fields.Selection(CODES, "Per 100 Of")
    is_lower_better = fields.Boolean("Less Is Better")
    goal = fields.Float(
        required=True, digits=(16, 2), help="What reaches 100 per cent."
    )
    weight = fields.Float(
        required=True,
        digits=(5, 2),
        help="How much it counts; all weights together are 100.",
    )

    _base_code = models.Constraint(
        "CHECK((method = 'per') = (base_code IS NOT NULL))",
        "An indicator per 100 of another figure names that figure, and no other does.",
    )
    # The upper bounds also refuse NaN, which PostgreSQL puts above all numbers.
    _weight = models.Constraint(
        "CHECK(weight > 0 AND weight <= 100)",
        "A weight is more than 0 and at most 100.",
    )
    _goal = models.Constraint(
        "CHECK(goal < 1e15 AND CASE WHEN method = 'growth' THEN goal > -100"
        " WHEN is_lower_better THEN goal >= 0 ELSE goal > 0 END)",
        "A goal is more than 0; where less is better it may be 0, and of growth it may "
        "be below.",
    )

    @api.depends("code", "method", "base_code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = {
            name: get_labels(self, name) for name in ("code", "method", "base_code")
        }
        for line in self:
            figure = labels["code"].get(line.code, "")
            how = labels["method"].get(line.method, "")
            if line.method == kernel.PER and line.base_code:
                how = self.env._("per 100 of %s", labels["base_code"][line.base_code])
            line.display_name = add_remark(self.env, figure, how)

    @api.onchange("method")
    def _onchange_method(self):
        if self.method != kernel.PER:
            self.base_code = False

    def _check_weights(self, name):
        """
        :param name: of the document that has these indicators
        :raises UserError: when weights don't sum to 100, naming the sum
        """
        rest = get_rest(self.mapped("weight"))
        if rest:
            raise UserError(
                self.env._(
                    "The weights of %(card)s sum to %(total)s: they must sum to "
                    "exactly 100.",
                    card=name,
                    total=formatLang(self.env, float(WHOLE - rest), digits=2),
                )
            )
