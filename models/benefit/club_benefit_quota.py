from odoo import fields, models
from odoo.tools.translate import LazyTranslate

from ..program.club_membership_tier_mixin import MEMBERSHIP_TIERS

_lt = LazyTranslate(__name__)


class ClubBenefitQuota(models.Model):
    """How often a year a tier is owed a benefit. Rule D12."""

    _name = "club.benefit.quota"
    _description = "Quota of a Benefit"
    _inherit = [
        *("club.logged.mixin", "club.record.mixin", "club.membership.tier.mixin")
    ]
    _order = "benefit_id, sequence, id"
    _rec_name = "tier_id"
    _club_zeros = {"times": (_lt("Unlimited"), "is_unlimited")}
    _club_parent = "benefit_id"
    _club_logged = ("benefit_id", "tier_id", "times", "is_unlimited", "days_earlier")

    benefit_id = fields.Many2one(
        "club.benefit", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="benefit_id.company_id", store=True, precompute=True
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
    times = fields.Integer(
        "Times per Year",
        aggregator=None,
        help="How often an account of this tier is owed it in a calendar year. 0: not "
        "at all. The numbers that were installed are assumed.",
    )
    days_earlier = fields.Integer(
        aggregator=None,
        help="Of priority booking: how many days earlier than others this tier may "
        "book venues and benefits. The numbers that were installed are assumed.",
    )
    is_unlimited = fields.Boolean(
        "Unlimited", help="As often as the account likes: the number doesn't count."
    )

    # Also serves the entitlements, which look a benefit's quota up by tier.
    _tier_uniq = models.UniqueIndex(
        "(benefit_id, tier_id)", "The benefit has a quota for this tier already."
    )
    _days_earlier = models.Constraint(
        "CHECK(days_earlier BETWEEN 0 AND 365)",
        "Priority opens from 0 to 365 days earlier.",
    )
    _times = models.Constraint(
        "CHECK(times BETWEEN 0 AND 10000)",
        "A benefit is owed from 0 to 10,000 times a year; tick Unlimited for more.",
    )
