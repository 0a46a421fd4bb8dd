from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...kernel import activity_costs


class ClubActivityShare(models.Model):
    """The part of an activity's costs that a unit bears. Rule C6."""

    _name = "club.activity.share"
    _description = "Unit's Share of an Activity's Costs"
    _inherit = ["club.record.mixin"]
    _club_parent = "activity_id"
    _order = "activity_id, id"
    _rec_name = "unit_id"

    activity_id = fields.Many2one(
        "club.activity",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="activity_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    unit_id = fields.Many2one(
        "crm.team",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    percent = fields.Float("Share (%)", digits=(5, 2), required=True)
    amount = fields.Monetary(compute="_compute_amount", store=True)

    _percent = models.Constraint(
        "CHECK(percent > 0 AND percent <= 100)",
        "A unit's share is more than 0 % and at most 100 %.",
    )
    _unit_uniq = models.UniqueIndex(
        "(activity_id, unit_id)", "This unit has a share already."
    )

    @api.depends("percent", "activity_id.cost_actual", "activity_id.share_ids.percent")
    def _compute_amount(self):
        """Split the actual costs to the cent, once the shares make up the whole."""
        for activity, shares in self.grouped("activity_id").items():
            every = activity.share_ids.sorted("id")
            amounts = activity_costs.split(
                activity.cost_actual, every.mapped("percent")
            )
            by_share = dict(zip(every, amounts, strict=True))
            for share in shares:
                share.amount = float(by_share.get(share, 0))

    @api.constrains("percent", "activity_id")
    def _check_sum(self):
        for activity in self.activity_id:
            if activity_costs.add_up(activity.share_ids.mapped("percent")) > 100:
                raise ValidationError(
                    self.env._(
                        "The units' shares of %s are more than 100 %%: lower one of "
                        "them.",
                        activity.display_name,
                    )
                )
