"""What of memberships is counted as figures of a month: members and their moves."""

from ..program.club_tier_group import GRADE
from ..record.figure_source import FigureSource

# A grade is no membership. What lay underneath, or was superseded, never counted.
_VALID = (("state", "=", "valid"), ("purpose", "!=", GRADE))


def get_membership_sources():
    """Return the figures of memberships, all by tier. Rules A5, A10."""
    return [
        FigureSource(
            "members",
            _VALID,
            "date_from",
            is_stock=True,
            until="date_grace",
            account="account_id",
            tier="tier_id",
        )
    ]
