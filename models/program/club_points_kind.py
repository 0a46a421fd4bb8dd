from odoo import fields, models

# Codes of the ledger's kinds. An entry that has an end of validity belongs to the
# points that end on that day: it earns, corrects, redeems them or gives them back. One
# that has none takes from the oldest points there are. Rules B7, B10, B13.
REVENUE = "revenue"
ATTENDANCE = "attendance"
ANNIVERSARY = "anniversary"
REFERRAL = "referral"
BONUS = "bonus"
EXPIRY = "expiry"
REDEMPTION = "redemption"
ADJUSTMENT = "adjustment"
OPENING = "opening"
# What an officer's run gives for a month; a signed adjustment what is beyond. Rule B10.
REWARDS = (ANNIVERSARY, REFERRAL)
# What is spent or expires, and what a tier multiplies, never counts for the tier,
# whatever a program says. Rule B14.
NEVER_QUALIFYING = (REDEMPTION, EXPIRY, BONUS)
KINDS = [
    (REVENUE, "Revenue"),
    (ATTENDANCE, "Attendance"),
    (ANNIVERSARY, "Anniversary"),
    (REFERRAL, "Referral"),
    (BONUS, "Bonus"),
    (ADJUSTMENT, "Adjustment"),
    (REDEMPTION, "Redemption"),
    (EXPIRY, "Expiry"),
    (OPENING, "Opening"),
]


class ClubPointsKind(models.Model):
    """A kind of points, so that a program can say which count for the tier."""

    _name = "club.points.kind"
    _description = "Kind of Points"
    _inherit = ["club.rules.mixin", "club.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(KINDS, required=True)
    sequence = fields.Integer(default=10)

    _code_uniq = models.UniqueIndex("(code)", "Each kind of points exists once.")
