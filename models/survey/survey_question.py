from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..record.names import get_labels

SATISFACTION, ASPECT, NEED = "satisfaction", "aspect", "need"
CALL_BACK, REMARK = "call", "remark"
PURPOSES = [
    (SATISFACTION, "Overall satisfaction"),
    (ASPECT, "Satisfaction with one thing"),
    (NEED, "What the guest needs"),
    (CALL_BACK, "Whether to call"),
    (REMARK, "Remarks"),
]
BEST, WORST = 5, 1
# How each is asked, and which are asked once.
TYPES = {
    SATISFACTION: ("scale",),
    ASPECT: ("scale",),
    NEED: ("text_box", "char_box"),
    CALL_BACK: ("simple_choice",),
    REMARK: ("text_box", "char_box"),
}
ONCE = (SATISFACTION, CALL_BACK)


class SurveyQuestion(models.Model):
    _name = "survey.question"
    _inherit = ["survey.question", "club.survey.part.mixin"]

    # Not the names of the scale's ends: they say which mark is the best.
    _club_wording = (
        *("title", "description", "question_placeholder", "background_image"),
        *("constr_error_msg", "validation_error_msg", "comments_message"),
    )

    club_purpose = fields.Selection(
        PURPOSES,
        "Purpose in the Club",
        help="What becomes of the answer when guests of an activity are asked. "
        "Satisfaction is asked on a scale from 1 to 5; the first choice of “Whether to "
        "call” means yes. Empty: the answer can be read, and that is all.",
    )

    @api.constrains("club_purpose", "question_type", "scale_min", "scale_max")
    def _check_club_purpose(self):
        for question in self.filtered("club_purpose"):
            purpose = question.club_purpose
            if question.question_type not in TYPES[purpose]:
                raise ValidationError(
                    self.env._(
                        "“%(question)s” can't tell “%(purpose)s”: satisfaction "
                        "is asked on a scale, needs and remarks as a text, whether to "
                        "call as a choice of one.",
                        question=question.title,
                        purpose=get_labels(self, "club_purpose")[purpose],
                    )
                )
            if question.question_type == "scale" and (
                (question.scale_min, question.scale_max) != (WORST, BEST)
            ):
                raise ValidationError(
                    self.env._(
                        "“%(question)s” asks for satisfaction: its scale goes from "
                        "%(worst)s to %(best)s.",
                        question=question.title,
                        worst=WORST,
                        best=BEST,
                    )
                )

    @api.constrains("club_purpose", "survey_id")
    def _check_club_purpose_once(self):
        found = self._read_group(
            [
                ("survey_id", "in", self.survey_id.ids),
                ("club_purpose", "in", ONCE),
            ],
            ["survey_id", "club_purpose"],
            having=[("__count", ">", 1)],
        )
        for survey, purpose in found:
            raise ValidationError(
                self.env._(
                    "“%(survey)s” has two questions for “%(purpose)s”: one is enough.",
                    survey=survey.title,
                    purpose=get_labels(self, "club_purpose")[purpose],
                )
            )

    # === CRUD === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        """What guests of an activity answered would go with the question. Rule C5."""
        self._check_not_answered(
            [
                *("|", ("question_id", "in", self.ids)),
                ("matrix_row_id.matrix_question_id", "in", self.ids),
            ]
        )
        self._get_club_surveys()._check_not_in_use()

    def _get_club_surveys(self):
        questions_sudo = self.sudo()
        return questions_sudo.survey_id.sudo(self.env.su)

    @api.model
    def _check_not_answered(self, domain):
        """Refuse to delete what leads to lines of guests' answers."""
        # sudo: whoever may read what guests answered
        lines_sudo = self.env["survey.user_input.line"].sudo()
        ours = [("user_input_id.club_answer_id", "!=", False)]
        if answered := lines_sudo.search(ours + domain, limit=1):
            raise UserError(
                self.env._(
                    "“%s” was answered by guests of an activity and stays: make "
                    "another survey for the next ones.",
                    answered.question_id.title,
                )
            )


class SurveyQuestionAnswer(models.Model):
    """A choice: its words stay as well, since exchanging two turns a no into a yes."""

    _name = "survey.question.answer"
    _inherit = ["survey.question.answer", "club.survey.part.mixin"]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_chosen(self):
        """What guests of an activity chose stays. Rule C5."""
        self.env["survey.question"]._check_not_answered(
            [
                *("|", ("suggested_answer_id", "in", self.ids)),
                ("matrix_row_id", "in", self.ids),
            ]
        )
        self._get_club_surveys()._check_not_in_use()

    def _get_club_surveys(self):
        choices_sudo = self.sudo()
        questions_sudo = choices_sudo.question_id | choices_sudo.matrix_question_id
        return questions_sudo.survey_id.sudo(self.env.su)
