"""The life of an activity: applied for, approved, guests are invited, held, closed."""

APPLICATION, PREPARING, INVITING = "application", "preparing", "inviting"
HELD, CLOSED, CANCELLED = "held", "closed", "cancelled"
STAGES = [
    (APPLICATION, "Application"),
    (PREPARING, "Preparing"),
    (INVITING, "Inviting"),
    (HELD, "Held"),
    (CLOSED, "Closed and Reported"),
    (CANCELLED, "Cancelled"),
]
# Approved, and still to take place.
AHEAD = (PREPARING, INVITING)
# What has taken place.
PAST = (HELD, CLOSED)
