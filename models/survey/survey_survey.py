from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..record.rpc import for_records
from .survey_question import SATISFACTION


class SurveySurvey(models.Model):
    _name = "survey.survey"
    _inherit = ["survey.survey", "club.survey.part.mixin"]

    _club_wording = (
        *("title", "description", "description_done", "background_image", "color"),
        *("user_id", "restrict_user_ids", "lang_ids"),
        *("progression_mode", "users_can_go_back"),
    )

    club_is_in_use = fields.Boolean(
        "In Use by the Club",
        compute="_compute_club_is_in_use",
        help="An activity names it, or guests were sent it: its wording may be "
        "corrected, and that is all.",
    )

    def _compute_club_is_in_use(self):
        used = self._filter_in_use()
        for survey in self:
            survey.club_is_in_use = survey in used

    # === CRUD === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        """PostgreSQL would take the questions along, past their own check."""
        survey_sudo = self.sudo()  # whatever part of it the user may read
        survey_sudo.question_and_page_ids._unlink_except_answered()
        self._check_not_in_use()

    # === Actions === #

    @for_records
    def action_start_session(self):
        """Refuse a session with guests' own survey: its end would complete each of
        their papers, empty as it may be. Rule C5.
        """
        self.check_access("write")
        self._check_not_in_use()
        return super().action_start_session()

    @for_records
    def action_end_session(self):
        self.check_access("write")
        self._check_not_in_use()
        return super().action_end_session()

    # === In use === #

    def _get_club_surveys(self):
        return self

    def _filter_in_use(self):
        """Return the surveys that an activity names, or that guests were sent. C5."""
        # sudo: in use is what anybody's activity or guest has
        activities_sudo = self.env["club.activity"].sudo()
        papers_sudo = self.env["survey.user_input"].sudo()
        named = activities_sudo.with_context(active_test=False)._read_group(
            [("survey_id", "in", self.ids)], ["survey_id"]
        )
        asked = papers_sudo._read_group(
            [("survey_id", "in", self.ids), ("club_answer_id", "!=", False)],
            ["survey_id"],
        )
        used = {survey.id for (survey,) in (*named, *asked)}
        return self.filtered(lambda survey: survey.id in used)

    def _check_not_in_use(self):
        """Raise when guests are asked with one of them; installing changes them all.

        :raises UserError: naming the first one
        """
        if self.env.su:
            return
        surveys_sudo = self.sudo()  # to name it
        for survey in surveys_sudo._filter_in_use():
            raise UserError(
                self.env._(
                    "“%s” is in use by activities of the club: its wording may be "
                    "corrected, and that is all. Make a copy and choose it for the "
                    "next activities.",
                    survey.title,
                )
            )

    def _check_club_use(self):
        """Raise unless guests can be asked with it, each by a link of his own. C5."""
        surveys_sudo = self.sudo()  # who chooses it for an activity needn't edit it
        for survey in surveys_sudo:
            if survey.access_mode != "token" or survey.users_login_required:
                raise ValidationError(
                    self.env._(
                        "“%s” can't be asked of guests: open it for invited people "
                        "only, without a login.",
                        survey.title,
                    )
                )
            if not survey.active or survey._is_cut_short():
                raise ValidationError(
                    self.env._(
                        "“%s” can't be asked of guests: it has to be open, without a "
                        "time limit or live session, and ask all of its questions.",
                        survey.title,
                    )
                )
            always = survey.question_ids.filtered(lambda q: not q.triggering_answer_ids)
            if SATISFACTION not in always.mapped("club_purpose"):
                raise ValidationError(
                    self.env._(
                        "“%s” can't be asked of guests: none of its questions asks for "
                        "the overall satisfaction.",
                        survey.title,
                    )
                )

    def _is_cut_short(self):
        """Tell whether a guest may not get to see all of its questions."""
        self.ensure_one()
        return bool(
            self.is_time_limited
            or self.questions_selection == "random"
            or self.session_state
        )
