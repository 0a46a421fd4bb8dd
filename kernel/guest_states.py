"""What became of a guest, from the proposal to the door. Rules C4, C7."""

# Proposed by the executive group, invited by the account manager, answered, come.
PROPOSED, INVITED, CONFIRMED, WAITING = "proposed", "invited", "confirmed", "waiting"
DECLINED, CANCELLED, ATTENDED, ABSENT = "declined", "cancelled", "attended", "absent"
# Those who take a seat, and all others.
SEATED = (CONFIRMED, ATTENDED, ABSENT)
UNSEATED = (PROPOSED, INVITED, WAITING, DECLINED, CANCELLED)
# Those who may still come.
LIVE = (PROPOSED, INVITED, CONFIRMED, WAITING)
# Which of two rows of one person stays.
FURTHEST = (ATTENDED, CONFIRMED, ABSENT, WAITING, INVITED, PROPOSED, DECLINED)
