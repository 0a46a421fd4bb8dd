"""The states of a membership card. Rule A13."""

TO_PRINT, PRINTED, HANDED_OVER = "to_print", "printed", "handed_over"
LOST, REPLACED, RETURNED = "lost", "replaced", "returned"
STATES = [
    (TO_PRINT, "To Print"),
    (PRINTED, "Printed"),
    (HANDED_OVER, "Handed to Member"),
    (LOST, "Card Lost"),
    (REPLACED, "Replaced"),
    (RETURNED, "Returned"),
]
# An account has one card of these in a tier group.
LIVE = (TO_PRINT, PRINTED, HANDED_OVER)
