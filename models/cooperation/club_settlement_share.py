from odoo import api, fields, models


class ClubSettlementShare(models.Model):
    """What a unit bears of a settlement; all shares come to the whole. Rule C6."""

    _name = "club.settlement.share"
    _description = "Share of a Settlement"
    _inherit = ["club.record.mixin"]
    _order = "settlement_id, id"
    _rec_name = "unit_id"
    _club_parent = "settlement_id"

    settlement_id = fields.Many2one(
        "club.settlement", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="settlement_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    unit_id = fields.Many2one(
        "crm.team",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    percent = fields.Float(digits=(5, 2), required=True)
    amount = fields.Monetary(
        compute="_compute_amount", help="To the cent; all shares are the total."
    )

    _percent = models.Constraint(
        "CHECK(percent > 0 AND percent <= 100)",
        "A share is above 0 and at most 100 percent.",
    )

    @api.depends("percent", "settlement_id.total", "settlement_id.share_ids.percent")
    def _compute_amount(self):
        for settlement, shares in self.grouped("settlement_id").items():
            split = settlement._get_split() if settlement else {}
            for share in shares:
                share.amount = split.get(share, 0)
