from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...kernel import tier_rules


class ClubTierBar(models.Model):
    """A bar that an account must clear for a tier, beside the threshold. Rule A7."""

    _name = "club.tier.bar"
    _description = "Bar of a Tier"
    _inherit = ["club.rules.mixin", "club.logged.mixin", "club.record.mixin"]
    _order = "tier_id, id"
    _club_parent = "tier_id"
    _club_logged = ("tier_id", "indicator_id", "bound")

    tier_id = fields.Many2one(
        "club.tier", required=True, index=True, ondelete="cascade"
    )
    program_id = fields.Many2one(related="tier_id.program_id")
    company_id = fields.Many2one(related="tier_id.company_id", store=True)
    indicator_id = fields.Many2one(
        "club.indicator",
        required=True,
        ondelete="restrict",
        check_company=True,
        domain="[('program_id', '=', program_id)]",
    )
    bound = fields.Float(
        required=True,
        digits=(16, 2),
        help="At least this much; for overdue days, at most.",
    )

    _indicator_uniq = models.UniqueIndex(
        "(tier_id, indicator_id)", "A tier has one bar per indicator."
    )

    @api.constrains("tier_id", "indicator_id")
    def _check_indicator_id(self):
        """An assessment knows the indicators of its own program only."""
        for bar in self:
            if bar.indicator_id.program_id != bar.program_id:
                raise ValidationError(
                    self.env._(
                        "%(indicator)s is no indicator of %(program)s.",
                        indicator=bar.indicator_id.name,
                        program=bar.program_id.name,
                    )
                )

    @api.depends("indicator_id", "bound")
    def _compute_display_name(self):
        for bar in self:
            sign = "≤" if bar.indicator_id.code == "overdue_days" else "≥"
            bar.display_name = f"{bar.indicator_id.name} {sign} {bar.bound:g}"

    def _get_rule(self):
        self.ensure_one()
        code = self.indicator_id.code
        return tier_rules.Bar(
            indicator=code,
            bound=Decimal(str(self.bound)),
            at_most=code == "overdue_days",
        )
