from odoo import fields, models


class ClubProgram(models.Model):
    _inherit = "club.program"

    sms_by_odoo = fields.Boolean(
        "Text Messages by Odoo's Paid Service",
        tracking=True,
        help="Off: no text message of the club is ever given to Odoo's paid service, "
        "which lies abroad; greetings are exported for the bureau's own gateway. The "
        "main program of a company decides.",
    )
