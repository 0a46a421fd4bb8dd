from odoo import api, models
from odoo.exceptions import ValidationError

from ..lock import checked
from .survey_question import SATISFACTION


class SurveySurvey(models.Model):
    _inherit = "survey.survey"

    def unlink(self):
        return super(SurveySurvey, checked(self)).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        """PostgreSQL would take the questions along, past their own check."""
        self.sudo().question_and_page_ids._unlink_except_answered()

    def _check_club_use(self):
        """Raise unless guests can be asked with it, each by a link of his own. C5."""
        for survey in self.sudo():
            if survey.access_mode != "token" or survey.users_login_required:
                raise ValidationError(
                    self.env._(
                        "“%s” can't be asked of guests: open it for invited people "
                        "only, without a login.",
                        survey.title,
                    )
                )
            if SATISFACTION not in survey.question_ids.mapped("club_purpose"):
                raise ValidationError(
                    self.env._(
                        "“%s” can't be asked of guests: none of its questions asks for "
                        "the overall satisfaction.",
                        survey.title,
                    )
                )
