from odoo import api, fields, models

from ..models.program.club_points_rate import CONVERSION


class ClubWhatIfRate(models.TransientModel):
    """A category's conversion rate to try out for the whole window."""

    _name = "club.what.if.rate"
    _description = "What-If Conversion Rate"
    _inherit = ["club.guard.mixin"]
    _order = "what_if_id, id"
    _club_parent = "what_if_id"

    what_if_id = fields.Many2one(
        "club.what.if", required=True, index=True, ondelete="cascade"
    )
    category_id = fields.Many2one(
        "product.category", required=True, string="Product Category"
    )
    is_rated = fields.Boolean(compute="_compute_current")
    current_value = fields.Float(
        "In Force",
        digits=(12, 6),
        compute="_compute_current",
        help="The category's own rate on the window's last day.",
    )
    value = fields.Float("Tried", digits=(12, 6), required=True)

    _positive = models.Constraint("CHECK(value >= 0)", "A rate can't be negative.")

    @api.depends("category_id", "what_if_id.program_id", "what_if_id.window_to")
    def _compute_current(self):
        for what_if, lines in self.grouped("what_if_id").items():
            rates = self._get_in_force(what_if.program_id, what_if.window_to)
            for line in lines:
                rate = rates.get(line.category_id._origin)
                line.is_rated = rate is not None
                line.current_value = rate or 0.0

    @api.model
    def _get_in_force(self, program, day):
        """Return ``{category: conversion rate}`` of the categories' own rates."""
        if not program or not day:
            return {}
        rates = self.env["club.points.rate"]
        found = rates.search(
            [
                ("program_id", "=", program._origin.id),
                ("factor", "=", CONVERSION),
                ("category_id", "!=", False),
                *rates._domain_in_force(day),
            ]
        )
        return {
            rate.category_id: rate.value
            for rate in found.sorted(lambda rate: rate.category_id.complete_name or "")
        }
