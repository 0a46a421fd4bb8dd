from odoo import api, fields, models

# Rules D2 and D14, by the codes that the club's own tiers have.
NAMED = ("gold", "platinum", "diamond")
WITH_TEAM = ("diamond",)


class ClubTier(models.Model):
    _inherit = "club.tier"

    is_named = fields.Boolean(
        "Needs a Named Manager",
        compute="_compute_is_named",
        store=True,
        readonly=False,
        help="Each account of this tier has a named account manager: from Gold up.",
    )
    has_team = fields.Boolean(
        "Needs a Team",
        compute="_compute_is_named",
        store=True,
        readonly=False,
        help="Each account of this tier has a team: beside its manager a deputy or a "
        "specialist. Diamond must have one.",
    )

    @api.depends("code")
    def _compute_is_named(self):
        """Propose it by the code; what the customer says stays, since codes do."""
        for tier in self:
            tier.is_named = tier.code in NAMED
            tier.has_team = tier.code in WITH_TEAM

    def _is_lowest(self):
        """Tell whether no tier of its group is below it."""
        self.ensure_one()
        return self == self.group_id.tier_ids.sorted("sequence")[:1]
