"""What somebody is in a body. Rule E1."""

MEMBER = "member"
POSITIONS = [
    ("chair", "Chair"),
    ("vice_chair", "Vice Chair"),
    ("leader", "Leader"),
    ("deputy_leader", "Deputy Leader"),
    (MEMBER, "Member"),
]
