"""The states of a points run: computed, verified by its units, posted."""

DRAFT, COMPUTED, VERIFIED, POSTED = "draft", "computed", "verified", "posted"
STATES = [
    (DRAFT, "Draft"),
    (COMPUTED, "Computed"),
    (VERIFIED, "Verified"),
    (POSTED, "Posted"),
]
