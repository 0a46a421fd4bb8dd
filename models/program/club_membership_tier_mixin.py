from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

GRADE = "grade"
# What forms offer; the mixin is what holds. Tiers of both groups have the same names.
MEMBERSHIP_TIERS = [("group_id.purpose", "!=", GRADE)]


class ClubMembershipTierMixin(models.AbstractModel):
    """What asks for a membership tier: nothing that the club offers goes by customer
    grade, unless one group is for both. Rules A3, A11.
    """

    _name = "club.membership.tier.mixin"
    _description = "What Goes by Membership Tier"

    # Names of the fields in which a tier is asked for.
    _club_tier_fields = ("tier_id",)

    @api.constrains(lambda self: self._club_tier_fields)
    def _check_membership_tiers(self):
        for name in self._club_tier_fields:
            # sudo: which group a tier is of counts, whoever chose it
            for tier in self.sudo()[name]:
                if tier.group_id.purpose == GRADE:
                    raise ValidationError(
                        self.env._(
                            "%(tier)s of %(group)s is a customer grade, and what the "
                            "club offers goes by membership tier: choose one of these.",
                            tier=tier.name,
                            group=tier.group_id.name,
                        )
                    )

    @api.model
    def _find_by_tiers(self, tiers):
        """Yield the records of each model that name one of the tiers."""
        for name in self.pool.descendants([self._name], "_inherit"):
            model_sudo = self.env[name].sudo().with_context(active_test=False)
            if not model_sudo._abstract:
                yield model_sudo.search(
                    Domain.OR(
                        Domain(field, "in", tiers.ids)
                        for field in model_sudo._club_tier_fields
                    )
                )
