"""The kinds of documents that policies speak of, and what amounts are in."""

MONEY, POINTS = "money", "points"
MEASURES = [(MONEY, "Company currency"), (POINTS, "Points")]

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
REWARD_ORDER = "reward_order"
TAKE_ON = "take_on"
REVENUE_SHARE = "revenue_share"
TARIFF = "tariff"
BUDGET = "budget"
ACCOUNT_PLAN = "account_plan"

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
    (REWARD_ORDER, "Reward order"),
    (TAKE_ON, "Take-on"),
    (TARIFF, "Tariff"),
    (ACCOUNT_PLAN, "Account plan"),
    (REVENUE_SHARE, "Revenue share"),
    (BUDGET, "Marketing budget"),
]
