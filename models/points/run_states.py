"""The states of a points run: computed, verified by its units, posted; its kinds."""

from ..program.club_points_kind import (
    ADJUSTMENT,
    ANNIVERSARY,
    ATTENDANCE,
    EXPIRY,
    OPENING,
    REDEMPTION,
    REFERRAL,
    REVENUE,
)

DRAFT, COMPUTED, VERIFIED, POSTED = "draft", "computed", "verified", "posted"
STATES = [
    (DRAFT, "Draft"),
    (COMPUTED, "Computed"),
    (VERIFIED, "Verified"),
    (POSTED, "Posted"),
]
KINDS = [
    (REVENUE, "Points of the month"),
    (EXPIRY, "Expiry"),
    (OPENING, "Opening points"),
    (ADJUSTMENT, "Adjustment"),
    (REDEMPTION, "Redemption"),
    (ATTENDANCE, "Attendance"),
    (ANNIVERSARY, "Anniversary"),
    (REFERRAL, "Referral"),
]
