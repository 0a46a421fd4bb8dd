"""The kinds of documents that policies speak of, and what their amounts are."""

MONEY, POINTS = "money", "points"

REQUALIFICATION = "requalification"
REQUALIFICATION_TOP = "requalification_top"
CONVERSION = "conversion"
COEFFICIENT = "coefficient"
CLASSIFICATION = "classification"
ADJUSTMENT = "adjustment"
OVERRIDE = "override"
PLAN = "plan"
ACTIVITY = "activity"
COOPERATION = "cooperation"
SETTLEMENT = "settlement"

TYPES = [
    (REQUALIFICATION, "Requalification"),
    (REQUALIFICATION_TOP, "Requalification that lowers the top tier"),
    (CONVERSION, "Conversion rate"),
    (COEFFICIENT, "Marketing coefficient"),
    (CLASSIFICATION, "Account class"),
    (ADJUSTMENT, "Points adjustment"),
    (OVERRIDE, "Tier set by hand"),
    (PLAN, "Annual activity plan"),
    (ACTIVITY, "Activity outside the plan"),
    (COOPERATION, "Third-party cooperation"),
    (SETTLEMENT, "Settlement"),
]

# What bands go by; the others have no amount and a single band.
MEASURES = {
    ADJUSTMENT: POINTS,
    ACTIVITY: MONEY,
    COOPERATION: MONEY,
    SETTLEMENT: MONEY,
}
