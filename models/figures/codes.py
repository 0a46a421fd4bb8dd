"""The figures of a month, and how periods add them up."""

CODES = [
    ("members", "Members"),
    ("joined", "New Members"),
    ("left", "Members Lost"),
    ("promoted", "Promoted"),
    ("demoted", "Moved Down"),
    ("retained", "Members Retained"),
    ("revenue", "Revenue"),
    ("points_accrued", "Points Accrued"),
    ("points_redeemed", "Points Redeemed"),
    ("points_expired", "Points Expired"),
    ("points_balance", "Points Balance"),
    ("contacts_on_time", "Contacts on Time"),
    ("visits", "Visits"),
    ("verified_on_time", "Months Verified on Time"),
    ("activities_held", "Activities Held"),
    ("attendance", "Attendance"),
    ("satisfaction", "Satisfaction"),
    ("complaints", "Complaints"),
    ("complaints_closed", "Complaints Closed"),
    ("at_risk", "At Risk"),
    ("redemptions", "Redemptions"),
    ("costs", "Spent on Accounts"),
    ("vouchers", "Vouchers Redeemed"),
    ("referrals", "Referrals Won"),
]
# A period shows its last month; months of all others add up.
STOCKS = ("members", "points_balance", "at_risk")
# In the company's currency.
MONEY = ("revenue", "costs")
# Their share is no percentage: the mean of what is out of so many.
MEANS = ("satisfaction",)
FULL = 100  # per cent
