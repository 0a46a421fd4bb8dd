from odoo import api, fields, models


class ClubActivityType(models.Model):
    _inherit = "club.activity.type"

    survey_id = fields.Many2one(
        default=lambda self: self.env.ref(
            "crm_club.club_survey", raise_if_not_found=False
        )
    )

    @api.constrains("survey_id")
    def _check_survey_id(self):
        self.survey_id._check_club_use()
