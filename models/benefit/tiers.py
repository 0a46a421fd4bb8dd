from odoo.exceptions import ValidationError

# What the forms offer; `check_membership_tiers` is what holds.
MEMBERSHIP_TIERS = [("group_id.purpose", "in", ("membership", "both"))]


def check_membership_tiers(tiers):
    """Refuse customer grades: what the club gives, the membership tier decides. A3.

    :raise ValidationError: naming the first one
    """
    for tier in tiers:
        if tier.group_id.purpose == "grade":
            raise ValidationError(
                tier.env._(
                    "%s is a customer grade: benefits go by membership tier.",
                    tier.display_name,
                )
            )
