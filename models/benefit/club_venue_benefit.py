from odoo import fields, models

from ..program.club_membership_tier_mixin import MEMBERSHIP_TIERS
from ..record.names import join


class ClubVenueBenefit(models.Model):
    """What a venue gives members of a tier. Rule C8."""

    _name = "club.venue.benefit"
    _description = "Benefit at a Venue"
    _inherit = ["club.record.mixin", "club.membership.tier.mixin"]
    _order = "venue_id, sequence, id"
    _club_parent = "venue_id"

    venue_id = fields.Many2one(
        "club.venue", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="venue_id.company_id", store=True, precompute=True
    )
    tier_id = fields.Many2one(
        "club.tier",
        "Membership Tier",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=MEMBERSHIP_TIERS,
    )
    sequence = fields.Integer(
        related="tier_id.sequence", store=True, precompute=True, aggregator=None
    )
    name = fields.Char(
        "Benefit", required=True, translate=True, help="Upgrade, tea for free…"
    )
    discount = fields.Float(
        "Discount (%)", digits=(5, 2), aggregator=None, help="Off the list price."
    )

    _discount = models.Constraint(
        "CHECK(discount BETWEEN 0 AND 100)", "A discount is from 0 to 100 %."
    )

    def _filter_for(self, tiers):
        """Return what members of the tiers get: of each group the highest line that
        isn't above theirs. Rule C8.
        """
        found = self.browse()
        for tier in tiers:
            below = self.filtered(
                lambda line, tier=tier: (
                    line.tier_id.group_id == tier.group_id
                    and line.sequence <= tier.sequence
                )
            )
            top = max(below.mapped("sequence"), default=None)
            found |= below.filtered(lambda line, top=top: line.sequence == top)
        return found

    def _describe(self, tiers):
        """Return a line of text for each."""
        # sudo: names of tiers are no secret
        names = join(self.env, tiers.sudo().mapped("name"))
        return [
            self.env._(
                "%(tiers)s: %(benefit)s (%(discount)s %% off)",
                tiers=names,
                benefit=line.name,
                discount=f"{line.discount:g}",
            )
            if line.discount
            else self.env._("%(tiers)s: %(benefit)s", tiers=names, benefit=line.name)
            for line in self
        ]
