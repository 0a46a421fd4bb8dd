from odoo import fields, models

# Codes of the ledger's kinds. An entry that has an end of validity earns; one that
# has none spends. Rules B7, B10.
REVENUE = "revenue"
EXPIRY = "expiry"
REDEMPTION = "redemption"
ADJUSTMENT = "adjustment"
OPENING = "opening"
KINDS = [
    (REVENUE, "Revenue"),
    ("attendance", "Attendance"),
    ("anniversary", "Anniversary"),
    ("referral", "Referral"),
    ("bonus", "Bonus"),
    (ADJUSTMENT, "Adjustment"),
    (REDEMPTION, "Redemption"),
    (EXPIRY, "Expiry"),
    (OPENING, "Opening"),
]


class ClubPointsKind(models.Model):
    """A kind of points, so that a program can say which count for the tier."""

    _name = "club.points.kind"
    _description = "Kind of Points"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(KINDS, required=True)
    sequence = fields.Integer(default=10)

    _code_uniq = models.UniqueIndex("(code)", "Each kind of points exists once.")
