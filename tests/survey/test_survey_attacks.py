from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY, ClubFixture
from .survey_case import SurveyFixture

SURVEY = "survey.group_survey_"
WORDS = "Cold storage by the river"


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestSurveyAttacks(SurveyFixture, ClubFixture, HttpCase):
    """Rule C5: whoever runs surveys neither reads what the club's guests answer, nor
    holds the links by which he could answer for them.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_activity()
        cls.user, cls.survey_manager = (
            cls._create_survey_user(role) for role in ("user", "manager")
        )
        case = cls("test_nobody_reads_answers_or_links")
        case._ask(mode="mail").action_send()
        case._fill_in(cls.guest_ann, mark=2, need=WORDS)
        cls.papers = cls.env["club.answer"].search([]).sudo().input_ids
        cls.survey = cls.papers.survey_id
        cls.survey_admins = (cls.user, cls.survey_manager, cls.officer)
        cls.env.flush_all()

    @classmethod
    def _create_survey_user(cls, role):
        user = cls._create_employee(f"survey_{role}")
        user.group_ids |= cls.env.ref(f"{SURVEY}{role}")
        return user

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_nobody_reads_answers_or_links(self):
        for user in (self.user, self.survey_manager):
            papers = self.env["survey.user_input"].with_user(user)
            lines = self.env["survey.user_input.line"].with_user(user)
            with self.subTest(user.login):
                self.assertFalse(papers.search([("survey_id", "=", self.survey.id)]))
                self.assertFalse(lines.search([("survey_id", "=", self.survey.id)]))
                for records in (
                    papers.browse(self.papers.ids),
                    lines.browse(self.papers.user_input_line_ids.ids),
                ):
                    self.env.invalidate_all()
                    for act in (
                        lambda r=records: r.read(["display_name"]),
                        lambda r=records: r.write({"survey_id": self.survey.id}),
                        records.unlink,
                    ):
                        with self.assertRaises(AccessError):
                            act()
                # Nor does a search tell, sign by sign.
                token = self.papers[0].access_token[:1]
                surveys = self.env["survey.survey"].with_user(user)
                self.assertFalse(
                    surveys.search(
                        [("user_input_ids.access_token", "=like", f"{token}%")]
                    )
                )

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_nor_by_writing_to_them_again(self):
        """A sibling: Odoo's own invitations to a survey."""
        values = {
            "survey_id": self.survey.id,
            "partner_ids": [Command.set(self.ann.ids)],
            "existing_mode": "resend",
        }
        before = self.env["survey.user_input"].sudo().search([])
        invite = self.env["survey.invite"].with_user(self.survey_manager).create(values)
        invite.action_invite()
        made = self.env["survey.user_input"].sudo().search([]) - before
        self.assertFalse(made.club_answer_id)
        self.assertNotIn(
            made.access_token, self.papers.mapped("access_token"), "a link of its own"
        )

    def test_their_own_surveys_are_theirs(self):
        other = self.env["survey.survey"].with_user(self.user).create({"title": "Own"})
        paper = other._create_answer(user=self.user)
        found = self.env["survey.user_input"].with_user(self.user).search([])
        self.assertIn(paper, found)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_pages_tell_nobody(self):
        paper = self._get_paper(self.guest_ann)
        results = f"/survey/results/{self.survey.id}"
        for user in (self.user, self.survey_manager):
            self.authenticate(user.login, user.login)
            answer = self.url_open(results)
            self.assertEqual(answer.status_code, 200)
            self.assertNotIn(WORDS, answer.text)
            self.assertNotIn(paper.access_token, answer.text)
        self.authenticate(None, None)
        self.assertNotIn(WORDS, self.url_open(results).text)
        guessed = f"/survey/print/{self.survey.access_token}?answer_token=x"
        self.assertNotIn(WORDS, self.url_open(guessed).text)
