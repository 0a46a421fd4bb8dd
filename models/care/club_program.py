from odoo import api, fields, models
from odoo.exceptions import ValidationError

BOTH = "both"


class ClubProgram(models.Model):
    _inherit = "club.program"

    # === Who looks after whom. Rules D1, D9 === #
    care_level = fields.Selection(
        [
            ("centre", "The Key-Account Centre"),
            ("line", "The Business-Line Company"),
            (BOTH, "Both, with One Named Lead"),
        ],
        "Cross-Line Accounts Led by",
        required=True,
        default="centre",
        tracking=True,
        help="Who leads the work with accounts that use several business lines.",
    )
    care_lead_id = fields.Many2one(
        "res.users",
        "Named Lead",
        domain=[("share", "=", False)],
        tracking=True,
        help="Where centre and line lead together, the one who answers for it.",
    )
    handover_missed = fields.Integer(
        "Missed Duties before Reassignment",
        default=3,
        tracking=True,
        help="So many missed duties of an account in a quarter, and the lead of its "
        "unit is proposed a hand-over (assumed). 0: never.",
    )

    _handover_missed = models.Constraint(
        "CHECK(handover_missed >= 0)", "Missed duties can't be fewer than none."
    )

    @api.constrains("care_level", "care_lead_id")
    def _check_care_lead_id(self):
        for program in self:
            if program.care_level == BOTH and not program.care_lead_id:
                raise ValidationError(
                    self.env._(
                        "Centre and line lead %s together: name the one who answers "
                        "for it.",
                        program.name,
                    )
                )
