"""What became of a guest, from the proposal to the door. Rule C4."""

# Proposed by the executive group, invited by the account manager, answered, come.
PROPOSED, INVITED, CONFIRMED, WAITING = "proposed", "invited", "confirmed", "waiting"
DECLINED, CANCELLED, ATTENDED, ABSENT = "declined", "cancelled", "attended", "absent"
# Those who take a seat.
SEATED = (CONFIRMED, ATTENDED, ABSENT)
# Those who may still come.
LIVE = (PROPOSED, INVITED, CONFIRMED, WAITING)
