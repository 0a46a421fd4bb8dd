from odoo import api, fields, models


class ClubScorecardTemplate(models.Model):
    """By what units are judged: indicators with goals and weights. Rule E9.

    All companies use it. A scorecard takes over what its template says when it is drawn
    up, and may then have goals of its own.
    """

    _name = "club.scorecard.template"
    _description = "Scorecard Template"
    _inherit = ["club.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    indicator_ids = fields.One2many(
        "club.scorecard.indicator", "template_id", "Indicators Measured", copy=True
    )
    weight_total = fields.Float(
        "Sum of Weights",
        compute="_compute_weight_total",
        digits=(16, 2),
        help="It must be 100.",
    )

    @api.depends("indicator_ids.weight")
    def _compute_weight_total(self):
        for template in self:
            template.weight_total = sum(template.indicator_ids.mapped("weight"))

    def _club_after_create(self):
        super()._club_after_create()
        self._check_weights()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if "indicator_ids" in vals:
            self._check_weights()

    def _check_weights(self):
        """Refuse what is saved along with its indicators; drawing up asks again.

        :raises UserError: when weights don't sum to 100, naming the sum
        """
        for template in self.filtered("indicator_ids"):
            template.indicator_ids._check_weights(template.display_name)
