"""How far a gift is, and how it is given. Rule D17."""

DRAFT, CONFIRMED, GIVEN = "draft", "confirmed", "given"
CALLED_OFF, NOT_ACCEPTED, RETURNED = "called_off", "not_accepted", "returned"
STATES = [
    (DRAFT, "Draft"),
    (CONFIRMED, "To Give"),
    (GIVEN, "Given Out"),
    (RETURNED, "Returned"),
    (NOT_ACCEPTED, "Not Accepted"),
    (CALLED_OFF, "Called Off"),
]
# Promised counts like given, so that the last of a limit is promised once.
COUNTED = (CONFIRMED, GIVEN)

HAND, SENT = "hand", "sent"
WAYS = [(HAND, "In Person"), (SENT, "Sent by Post")]
