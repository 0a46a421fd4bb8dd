from odoo import fields, models


class BenchPointsEntry(models.Model):
    """Points as an add-on of a weekend keeps them: no chatter, no guards, no seal."""

    _name = "bench.points.entry"
    _description = "Points (Bench)"

    account_id = fields.Many2one("res.partner", required=True, index=True)
    category_id = fields.Many2one("product.category", required=True)
    month = fields.Date(required=True)
    revenue = fields.Float(digits=(16, 2))
    points = fields.Float(digits=(16, 2))
