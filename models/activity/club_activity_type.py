from odoo import fields, models

VALUE_ADDED, SIGNATURE, SERVICE = "value_added", "signature", "service"
KINDS = [
    (VALUE_ADDED, "Value-Added Activity"),
    (SIGNATURE, "Signature Activity"),
    (SERVICE, "Service Booked per Person"),
]
MONTH, QUARTER, HALF, YEAR, DEMAND = "month", "quarter", "half", "year", "demand"
PERIODS = [
    (MONTH, "Month"),
    (QUARTER, "Quarter"),
    (HALF, "Half-Year"),
    (YEAR, "Year"),
    (DEMAND, "On Demand"),
]


class ClubActivityType(models.Model):
    """What the club offers, how often, and from which tier on. Rule C1."""

    _name = "club.activity.type"
    _description = "Activity Type"
    _inherit = ["club.scope.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Fixed; the name may change.")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    kind = fields.Selection(KINDS, required=True, default=VALUE_ADDED)
    tier_id = fields.Many2one(
        "club.tier",
        "Lowest Tier",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=[("group_id.purpose", "in", ("membership", "both"))],
        help="Who is in this membership tier or a higher one is entitled. Empty: all.",
    )
    period = fields.Selection(PERIODS, required=True, default=YEAR)
    times_min = fields.Integer("At Least", help="How often in the period, at least.")
    times_max = fields.Integer(
        "At Most", help="How often in the period, at most. 0: no limit."
    )
    headcount = fields.Integer("Usual Headcount")
    seats_per_account = fields.Integer(
        help="How many guests one account may bring. 0: no limit."
    )
    attendance_points = fields.Float(
        digits=(16, 2),
        help="Points that an account gets for each of its guests who came, kind "
        "Attendance. Rule B10.",
    )
    survey_id = fields.Many2one(
        "survey.survey",
        "Default Survey",
        ondelete="set null",
        help="What guests are asked afterwards.",
    )
    description = fields.Text(translate=True)

    _code_uniq = models.UniqueIndex(
        "(company_id, code)", "The company has an activity type with this code already."
    )
    _times = models.Constraint(
        "CHECK(times_min >= 0 AND times_max >= 0"
        " AND (times_max = 0 OR times_min <= times_max))",
        "An activity type takes place at least as often as its lower number says and "
        "at most as often as its higher one.",
    )
    _numbers = models.Constraint(
        "CHECK(headcount >= 0 AND seats_per_account >= 0 AND attendance_points >= 0)",
        "Headcount, seats per account and points can't be negative.",
    )
