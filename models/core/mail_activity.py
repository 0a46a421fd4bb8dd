from odoo import api, models
from odoo.exceptions import ValidationError


class MailActivity(models.Model):
    _inherit = "mail.activity"

    @api.constrains("res_model_id")
    def _check_club_has_activities(self):
        """Refuse to-dos where the club has no place to show them: Odoo fails there only
        when it looks for the followers.
        """
        for model in set(self.filtered("res_model").mapped("res_model")):
            is_clubs = model.startswith("club.") and model in self.env
            if is_clubs and "activity_ids" not in self.env[model]._fields:
                raise ValidationError(
                    self.env._(
                        "%s has no to-dos: schedule one on the account instead.",
                        self.env[model]._description,
                    )
                )
