from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..approval.rpc_case import DOORS, RpcCase
from .survey_case import SurveyFixture

PREFIX = "crm_club.club_survey_"


@tagged("post_install", "-at_install")
class TestSurveyInUse(SurveyFixture, RpcCase):
    """A survey in use keeps its meaning, whoever edits surveys. Rule C5."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_activity()
        cls.survey = cls.env.ref("crm_club.club_survey")
        cls.editors = [
            new_test_user(
                cls.env,
                login,
                f"base.group_user,survey.group_{login}",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for login in ("survey_user", "survey_manager")
        ]
        cls.unused = cls.survey.copy()
        cls.page = cls.env["survey.question"].create(
            {"survey_id": cls.unused.id, "title": "Page", "is_page": True}
        )

    def test_the_form_says_what_is_in_use(self):
        for editor in self.editors:
            surveys = (self.survey | self.unused).with_user(editor)
            self.assertEqual(surveys.mapped("club_is_in_use"), [True, False])

    def _get(self, name):
        return self.env.ref(PREFIX + name)

    def _get_attacks(self):
        """Return what would change the meaning: model, ids, method, arguments."""
        overall = self._get("question_overall")
        call = self._get("question_call")
        yes, no = self._get("call_yes"), self._get("call_no")
        other = self.unused.question_ids[0]
        other_choice = self.unused.question_ids.suggested_answer_ids[0]

        def writes(records, *values):
            return [(records, "write", {"vals": vals}) for vals in values]

        def nested(*commands):
            return {"question_and_page_ids": list(commands)}

        return [
            *writes(
                self.survey,
                {"access_mode": "public"},
                {"users_login_required": True},
                {"active": False},
                {"is_time_limited": True, "time_limit": 1},
                {"attempts_limit": 3},
                {"is_attempts_limited": False},
                {"survey_type": "assessment"},
                {"scoring_type": "scoring_with_answers", "certification": True},
                {"questions_selection": "random"},
                {"questions_layout": "page_per_section"},
                {"access_token": "mine"},
                {"session_state": "ready"},
                nested(Command.update(overall.id, {"club_purpose": False})),
                nested(Command.unlink(overall.id)),
                nested(Command.delete(overall.id)),
                nested(Command.clear()),
                nested(Command.link(other.id)),
                nested(Command.create({"title": "More", "question_type": "text_box"})),
            ),
            *writes(self.unused, nested(Command.link(overall.id))),
            *writes(
                overall,
                {"club_purpose": False},
                {"club_purpose": "aspect"},
                {"survey_id": self.unused.id},
                {"survey_id": False},
                {"sequence": 99},
                {"scale_min_label": "Very much"},
                {"constr_mandatory": False},
                {"triggering_answer_ids": [Command.link(yes.id)]},
                {"is_page": True},
            ),
            *writes(
                self._get("question_recommend"),
                {"question_type": "multiple_choice"},
                {"question_type": "scale", "scale_min": 0, "scale_max": 1},
            ),
            *writes(self._get("question_remark"), {"validation_length_min": 9}),
            *writes(
                call,
                {"suggested_answer_ids": [Command.update(no.id, {"sequence": 0})]},
                {"suggested_answer_ids": [Command.unlink(yes.id)]},
                {"suggested_answer_ids": [Command.create({"value": "Never"})]},
                {"suggested_answer_ids": [Command.link(other_choice.id)]},
            ),
            *writes(
                no,
                {"sequence": 0},
                {"value": "Yes, please"},
                {"question_id": other.id},
                {"question_id": False},
            ),
            *writes(other, {"survey_id": self.survey.id}),
            *writes(other_choice, {"question_id": call.id, "sequence": 0}),
            *(
                (records, "unlink", {})
                for records in (self.survey, overall, self._get("question_venue"), no)
            ),
            (self.survey, "action_archive", {}),
            (self.survey, "action_start_session", {}),
            (self.survey, "action_end_session", {}),
            (
                no,
                "update_field_translations",
                {"field_name": "value", "translations": {"en_US": "Yes, please"}},
            ),
        ]

    def _print(self):
        """Return all that a guest meets."""
        self.env.flush_all()
        self.env.invalidate_all()
        questions = self.survey.question_and_page_ids
        return [
            record.read()
            for record in (
                *(self.survey, *questions, *questions.suggested_answer_ids),
                *self.unused.question_and_page_ids,
            )
        ]

    def test_nothing_that_changes_its_meaning_is_written(self):
        before = self._print()
        for user in self.editors:
            for records, method, kwargs in self._get_attacks():
                with self.subTest(user.login, of=records, method=method, kwargs=kwargs):
                    with self.assertRaises(UserError):
                        getattr(records.with_user(user), method)(**kwargs)
                        self.env.flush_all()
                    self.env.invalidate_all()
        self.assertEqual(self._print(), before)

    def test_both_doors_refuse_as_the_code_does(self):
        no = self._get("call_no")
        before = self._print()
        for user in (*self.editors, self.officer):
            for door in DOORS:
                for records, method, kwargs in (
                    (
                        self._get("question_overall"),
                        "write",
                        {"vals": {"club_purpose": False}},
                    ),
                    (no, "write", {"vals": {"sequence": 0}}),
                    (self.survey, "action_end_session", {}),
                ):
                    with self.subTest(door, user=user.login, of=records):
                        _result, error = self._call(
                            door, user, records._name, method, records.ids, **kwargs
                        )
                        self.assertIn(
                            error,
                            (
                                "odoo.exceptions.UserError",
                                "odoo.exceptions.AccessError",
                            ),
                        )
        self.assertEqual(self._print(), before)

    def test_its_wording_may_be_corrected(self):
        survey = self.survey.with_user(self.editors[1])
        question = self._get("question_overall").with_user(self.editors[0])
        survey.write(
            {
                "title": "How did you like it?",
                "description": "<p>Thanks</p>",
                "question_and_page_ids": [
                    Command.update(question.id, {"title": "And, all in all?"})
                ],
            }
        )
        # What the form sends along unchanged is no change.
        question.write({"club_purpose": "satisfaction", "scale_max": 5})
        self.assertEqual(self.survey.title, "How did you like it?")
        self.assertEqual(question.title, "And, all in all?")

    def test_the_form_says_what_to_do(self):
        with self.assertRaisesRegex(UserError, "“How Was It.*Make a copy"):
            self.survey.with_user(self.editors[1]).users_login_required = True

    def test_a_copy_is_free_until_an_activity_names_it(self):
        survey = self.unused.with_user(self.editors[1])
        call = survey.question_ids.filtered(lambda q: q.club_purpose == "call")
        call.suggested_answer_ids[1].sequence = 0
        survey.question_ids[1].unlink()
        survey.write({"attempts_limit": 2})
        activity = self._create_activity("Next", survey_id=survey.id)
        with self.assertRaisesRegex(UserError, "is in use"):
            survey.write({"attempts_limit": 3})
        # Nobody was asked with it, and the activity takes another one.
        activity.survey_id = self.survey
        survey.write({"attempts_limit": 3})

    def test_a_survey_that_was_sent_stays_in_use(self):
        activity = self._create_activity("Next", survey_id=self.unused.id)
        guest = self._create_guest(self.ann, activity)
        self._ask(activity=activity, mode="paper").action_print()
        self.assertTrue(self._get_answer(guest))
        self.env.cr.execute(
            "UPDATE club_activity SET survey_id = NULL WHERE id = %s", [activity.id]
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "is in use"):
            self.unused.with_user(self.editors[0]).access_mode = "public"

    def test_an_activity_takes_no_survey_that_would_end_links(self):
        """Each of these is refused; the same survey without it is taken."""
        for values in (
            {"active": False},
            {"is_time_limited": True, "time_limit": 5},
            {"questions_selection": "random"},
            {"session_state": "ready"},
            {"access_mode": "public"},
            {"users_login_required": True},
        ):
            survey = self.survey.copy()
            survey.write(values)
            with self.subTest(values), self.assertRaises(ValidationError):
                self._create_activity("Next", survey_id=survey.id)
        survey = self.survey.copy()
        by_purpose = survey.question_ids.grouped("club_purpose")
        choice = by_purpose["call"].suggested_answer_ids[0]
        by_purpose["satisfaction"].triggering_answer_ids = choice
        with self.assertRaisesRegex(ValidationError, "overall satisfaction"):
            self._create_activity("Next", survey_id=survey.id)
        by_purpose["satisfaction"].triggering_answer_ids = False
        self.assertTrue(self._create_activity("Next", survey_id=survey.id))

    def test_officers_have_no_hand_in_surveys(self):
        with self.assertRaises(AccessError):
            self._get("call_no").with_user(self.officer).sequence = 0
