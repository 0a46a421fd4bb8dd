from odoo import fields, models

from ...kernel import scorecards as kernel
from .club_scorecard_indicator_mixin import COPIED, SET


class ClubScorecardLine(models.Model):
    """What a unit's indicator came to, and how much that scores. Rule E9."""

    _name = "club.scorecard.line"
    _description = "Indicator of a Scorecard"
    _inherit = ["club.scorecard.indicator.mixin", "club.record.mixin"]
    _order = "scorecard_id, sequence, id"
    _club_parent = "scorecard_id"

    scorecard_id = fields.Many2one(
        "club.scorecard", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="scorecard_id.company_id", store=True)
    is_measured = fields.Boolean(
        readonly=True,
        copy=False,
        help="Where there is nothing to measure, nothing due for example, its weight "
        "goes to the other indicators.",
    )
    measured = fields.Float(
        "Came To", digits=(16, 2), readonly=True, copy=False, aggregator=None
    )
    attained = fields.Float(
        "Goal Reached (%)",
        digits=(16, 1),
        readonly=True,
        copy=False,
        aggregator="avg",
        help="From 0 to 120.",
    )

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if not {*COPIED, *SET}.isdisjoint(vals):
            self.scorecard_id._compute_figures()

    def _measure(self, sums, before):
        """Write what the lines came to.

        :param sums: ``{(unit id, code): (value, base)}`` of the year
        :param before: the same of the same months of the year before
        """
        for line in self:
            unit = line.scorecard_id.unit_id.id
            measured = kernel.measure(
                line.method,
                kernel.Sums(*sums.get((unit, line.code), ())),
                kernel.Sums(*sums.get((unit, line.base_code), ())),
                kernel.Sums(*before.get((unit, line.code), ())),
            )
            is_measured = measured is not None
            line._write_guarded(
                {
                    "is_measured": is_measured,
                    "measured": measured or 0,
                    "attained": is_measured
                    and kernel.attain(
                        line.method,
                        measured,
                        line.goal,
                        is_lower_better=line.is_lower_better,
                    ),
                }
            )
