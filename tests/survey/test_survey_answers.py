import json
from datetime import timedelta
from urllib.parse import quote, urlsplit

from odoo import fields
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY, ClubFixture
from .survey_case import SurveyFixture

JSON = {"Content-Type": "application/json"}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestSurveyAnswers(SurveyFixture, ClubFixture, HttpCase):
    """What a guest answers lands on him, without a login. Rule C5."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_activity()
        cls.paper_dialog = cls._ask(mode="paper")
        cls.paper_dialog.action_print()
        cls.env.flush_all()

    # === A browser === #

    def _open(self, address):
        """Open an address as the guest's phone does; return the answer."""
        self.env.flush_all()
        return self.url_open(address)

    def _get_tokens(self, guest):
        """Follow the guest's short link; return the tokens of the page it ends on."""
        link = self._get_answer(guest)._get_link()
        page = self._open(urlsplit(link).path)
        self.assertEqual(page.status_code, 200)
        return urlsplit(page.url).path.split("/")[-2:]

    def _post(self, step, tokens, **params):
        self.env.flush_all()
        answer = self.url_open(
            f"/survey/{step}/{'/'.join(tokens)}",
            data=json.dumps({"jsonrpc": "2.0", "params": params}),
            headers=JSON,
        ).json()
        self.env.invalidate_all()
        return answer["result"][1]

    def _answer(self, tokens, **entries):
        """Begin and submit the survey as its page does; return what comes back."""
        begun = self._post("begin", tokens)
        if "error" in begun:
            return begun
        return self._post("submit", tokens, **self._get_entries(**entries))

    # === Landing on the right person === #

    def test_each_answer_lands_on_its_guest_without_a_login(self):
        tokens = {
            guest: self._get_tokens(guest)
            for guest in (self.guest_ann, self.guest_bob, self.guest_cid)
        }
        # In another order than they were asked.
        self._answer(tokens[self.guest_cid], mark=2, remark="Too loud")
        self._answer(
            tokens[self.guest_ann], mark=5, content=4, need="Cold storage", call="yes"
        )
        answers = [
            self._get_answer(guest) for guest in (self.guest_ann, self.guest_cid)
        ]
        common = {"state": "answered", "entered_by_id": False}
        self.assertRecordValues(
            answers[0] + answers[1],
            [
                {
                    "contact_id": self.ann.id,
                    "account_id": self.account_a.id,
                    "satisfaction": 5,
                    "wants_call": True,
                    "remark": False,
                    **common,
                },
                {
                    "contact_id": self.cid.id,
                    "account_id": self.account_b.id,
                    "satisfaction": 2,
                    "wants_call": False,
                    "remark": "Too loud",
                    **common,
                },
            ],
        )
        self.assertEqual(self._get_answer(self.guest_bob).state, "waiting")
        paper = self._get_paper(self.guest_ann)
        self.assertEqual((paper.state, paper.partner_id), ("done", self.ann))
        need = answers[0].need_ids
        self.assertRecordValues(
            need,
            [
                {
                    "name": "Cold storage",
                    "contact_id": self.ann.id,
                    "account_id": self.account_a.id,
                    "activity_id": self.activity.id,
                    "owner_id": self.manager.id,
                    "state": "taken",
                }
            ],
        )
        self.assertEqual(need.activity_ids.user_id, self.manager)
        self.assertRecordValues(
            self.activity,
            [{"sent_count": 3, "answer_count": 2, "satisfaction_mean": 3.5}],
        )

    def test_a_guest_answers_once(self):
        tokens = self._get_tokens(self.guest_ann)
        self._answer(tokens, mark=5)
        again = self._post("submit", tokens, **self._get_entries(mark=1))
        self.assertEqual(again["error"], "unauthorized")
        self.assertIn("error", self._answer(tokens, mark=1))
        self._open(f"/survey/retry/{'/'.join(tokens)}")
        self.assertEqual(self._get_answer(self.guest_ann).satisfaction, 5)
        self.assertEqual(len(self._get_answer(self.guest_ann).sudo().input_ids), 1)
        self.assertEqual(self.activity.answer_count, 1)

    def test_the_link_stays_open_until_its_last_second(self):
        tokens = self._get_tokens(self.guest_ann)
        deadline = self._get_answer(self.guest_ann).date_deadline
        late = fields.Datetime.to_string(deadline + timedelta(seconds=1))
        with freeze_time(late):
            refused = self._answer(tokens, mark=5)
        self.assertEqual(refused["error"], "answer_deadline")
        self.assertEqual(self._get_answer(self.guest_ann).state, "waiting")
        with freeze_time(fields.Datetime.to_string(deadline)):
            self._answer(tokens, mark=4)
        self.assertEqual(self._get_answer(self.guest_ann).satisfaction, 4)

    @mute_logger("odoo.http")
    def test_tokens_that_are_nobodys_open_nothing(self):
        survey, token = self._get_tokens(self.guest_ann)
        other = self.env.ref("crm_club.club_survey").copy()
        for pair in (
            (survey, token[:-1] + ("0" if token[-1] != "0" else "1")),
            (survey, "0" * 36),
            (other.access_token, token),
        ):
            with self.subTest(pair):
                self.assertIn("error", self._answer(pair, mark=1))
        for code in ("x" * 12, "", "%00", "a" * 5000, "../../web"):
            with self.subTest(code=code):
                page = self._open(f"/club/s/{code}")
                self.assertNotIn("/survey/", page.url)
                self.assertIn(page.status_code, (200, 303, 404, 400, 414))
        # No token at all: the survey is for invited people only.
        before = self.env["survey.user_input"].search_count([])
        self._open(f"/survey/start/{survey}")
        self.assertEqual(self.env["survey.user_input"].search_count([]), before)
        self.assertFalse(self.activity.answer_count)

    def test_a_link_typed_from_paper_is_found(self):
        """In capitals, with spaces, from a Chinese keyboard: nothing else is near."""
        answer = self._get_answer(self.guest_ann)
        code = answer.sudo().code
        full_width = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
        paths = [
            f"/club/s/{typed}"
            for typed in (
                *(code, code.upper(), code.capitalize(), f"%20{code}%20"),
                *(f"{code.upper()}%20%20", f"%E3%80%80{code}", quote(full_width)),
                quote(full_width.upper()),
            )
        ]
        for path in (*paths, f"/CLUB/S/{code.upper()}", f"/Club/s/{code}"):
            with self.subTest(path):
                page = self._open(path)
                self.assertEqual(page.status_code, 200)
                self.assertIn(self._get_paper(self.guest_ann).access_token, page.url)

    @mute_logger("odoo.http")
    def test_a_code_that_is_only_alike_is_not_found(self):
        code = self._get_answer(self.guest_ann).sudo().code
        other = "b" if code[0] != "b" else "c"
        spaced = f"{code[:6]}%20{code[6:]}"
        for typed in (other + code[1:], code[:-1], code + "a", code + "%25", spaced):
            with self.subTest(typed):
                self.assertEqual(self._open(f"/club/s/{typed}").status_code, 404)

    def test_a_survey_that_skips_what_must_be_answered_is_not_taken(self):
        tokens = self._get_tokens(self.guest_ann)
        refused = self._answer(tokens, remark="No mark")
        self.assertEqual(refused["error"], "validation")
        self.assertEqual(self._get_answer(self.guest_ann).state, "waiting")

    # === Entered after a call === #

    def _log_in(self, user):
        self.env.flush_all()
        self.authenticate(user.login, user.login)

    def test_the_manager_enters_what_his_guest_says_on_the_phone(self):
        answer = self._get_answer(self.guest_ann)
        url = answer.with_user(self.manager).action_enter()["url"]
        self._log_in(self.manager)
        parts = urlsplit(url)
        page = self._open(f"{parts.path}?{parts.query}")
        tokens = urlsplit(page.url).path.split("/")[-2:]
        self._answer(tokens, mark=4, need="Boxes")
        self.assertRecordValues(
            answer,
            [{"satisfaction": 4, "entered_by_id": self.manager.id}],
        )

    def test_a_colleague_who_does_not_look_after_a_guest_enters_nothing(self):
        tokens = self._get_tokens(self.guest_cid)
        for user in (self.manager, self.lead, self.auditor):
            with self.subTest(user=user.login):
                self._log_in(user)
                refused = self._answer(tokens, mark=1)
                self.assertEqual(refused["error"], "answer_wrong_user")
        self._log_in(self.officer)
        self._answer(tokens, mark=3)
        answer = self._get_answer(self.guest_cid)
        self.assertEqual(answer.entered_by_id, self.officer)

    def test_a_correction_takes_the_answers_place_and_is_told(self):
        self._answer(self._get_tokens(self.guest_ann), mark=1, remark="Cold tea")
        answer = self._get_answer(self.guest_ann)
        url = answer.with_user(self.manager).action_enter()["url"]
        # Once only, however often it is pressed; until it is complete the first counts.
        self.assertEqual(answer.with_user(self.manager).action_enter()["url"], url)
        self.assertEqual(answer.satisfaction, 1)
        paper = self._get_paper(self.guest_ann)
        self._log_in(self.manager)
        self._answer(
            (paper.survey_id.access_token, paper.access_token), mark=4, remark="Fine"
        )
        self.assertRecordValues(
            answer,
            [
                {
                    "satisfaction": 4,
                    "remark": "Fine",
                    "entered_by_id": self.manager.id,
                }
            ],
        )
        told = " ".join(answer.message_ids.mapped("body"))
        self.assertIn("Satisfaction was 1 and is 4", told)
        self.assertIn("Cold tea", told)
        self.assertRecordValues(
            self.activity, [{"answer_count": 1, "satisfaction_mean": 4.0}]
        )
