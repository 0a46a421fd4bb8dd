from odoo import fields, models


class ClubProgram(models.Model):
    """What a club's rules say of guests. Rules C4, C10."""

    _inherit = "club.program"

    guest_exception_share = fields.Float(
        "Seats for Exceptions (%)",
        digits=(5, 2),
        default=10,
        tracking=True,
        help="Per cent of an activity's seats, rounded down, for companions, "
        "prospects, partners' guests and members below the tier: 10 % (assumed).",
    )
    guest_confirm_days = fields.Integer(
        "Confirm Guests (Days Before)",
        default=3,
        tracking=True,
        help="So many days before an activity account managers confirm their guests: 3 "
        "(assumed). Each activity may have a day of its own.",
    )
    guest_remind_days = fields.Integer(
        "Remind (Days Before Deadline)",
        default=2,
        tracking=True,
        help="So many days before that deadline they are reminded: 2 (assumed).",
    )

    _guest_numbers = models.Constraint(
        "CHECK(guest_exception_share BETWEEN 0 AND 100"
        " AND guest_confirm_days >= 0 AND guest_remind_days >= 0)",
        "The share of exceptions is between 0 and 100 %, and days can't be negative.",
    )
