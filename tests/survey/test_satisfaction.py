import io

from lxml import etree
from openpyxl import load_workbook

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...models.survey.satisfaction import get_satisfaction
from ..common import ClubCommon
from .survey_case import SurveyFixture


@tagged("post_install", "-at_install")
class TestSatisfaction(SurveyFixture, ClubCommon):
    """What guests said, as figures for all, as words for those concerned. C5, E4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_activity()
        cls._ask(mode="mail").action_send()

    def _answer_all(self):
        self._fill_in(self.guest_ann, mark=5, content=4, venue=2, need="Cold storage")
        self._fill_in(self.guest_bob, mark=5, content=5, remark="Good tea")
        self._fill_in(self.guest_cid, mark=2, remark="Too loud")

    def test_figures_count_everybody(self):
        self._answer_all()
        self.assertRecordValues(
            self.activity,
            [
                {
                    "sent_count": 3,
                    "answer_count": 3,
                    "satisfaction_mean": 4.0,
                    "response_rate": 1.0,
                }
            ],
        )
        for user in (self.officer, self.manager, self.auditor):
            with self.subTest(user=user.login):
                activity = self.activity.with_user(user)
                data = get_satisfaction(activity)[activity]
                self.assertEqual((data.attended, data.asked, data.answered), (3, 3, 3))
                self.assertEqual(
                    [(mark, count) for mark, count, _share in data.marks],
                    [(5, 2), (4, 0), (3, 0), (2, 1), (1, 0)],
                )
                self.assertAlmostEqual(sum(share for *_, share in data.marks), 1)
                self.assertEqual(data.aspects, [("Content", 2, 4.5), ("Venue", 1, 2.0)])

    def test_words_are_for_those_who_look_after_the_account(self):
        self._answer_all()
        told = {
            user.login: {
                answer.remark
                for answer in get_satisfaction(self.activity.with_user(user))[
                    self.activity.with_user(user)
                ].answers
            }
            for user in (self.manager, self.lead, self.officer, self.auditor)
        }
        every = {False, "Good tea", "Too loud"}
        own = {False, "Good tea"}
        self.assertEqual(
            told,
            {
                self.manager.login: own,
                self.lead.login: own,
                self.officer.login: every,
                self.auditor.login: every,
            },
        )

    def test_half_of_those_asked_and_no_mark(self):
        answer = self._fill_in(self.guest_ann, remark="No mark from me")
        self.assertEqual((answer.state, answer.satisfaction), ("answered", 0))
        self.assertRecordValues(
            self.activity,
            [{"answer_count": 1, "satisfaction_mean": 0, "sent_count": 3}],
        )
        self.assertAlmostEqual(self.activity.response_rate, 1 / 3)
        self._fill_in(self.guest_bob, mark=3)
        # Who gave no mark doesn't pull it down.
        self.assertEqual(self.activity.satisfaction_mean, 3.0)
        mean = self.env["club.answer"]._read_group([], [], ["satisfaction:avg"])
        self.assertEqual(mean, [(3.0,)])

    def test_the_page_shows_figures_and_answers(self):
        self._answer_all()
        html = str(self.activity.satisfaction_html)
        self.assertIn("4.00", html)
        self.assertIn("(100 %)", " ".join(html.split()))
        self.assertIn("66.7%", html)
        answer = self._get_answer(self.guest_ann).with_user(self.manager)
        self.assertIn("Cold storage", str(answer.answers_html))

    def test_the_summary_reopened(self):
        self._answer_all()
        content = self.env["club.xlsx.satisfaction"]._build(self.activity)
        book = load_workbook(io.BytesIO(content))
        activities, answers, needs = (
            list(sheet.iter_rows(values_only=True)) for sheet in book
        )
        self.assertEqual(activities[1][1], "Tea and Trade")
        self.assertEqual(activities[1][5:], (3, 3, 3, 100, 4, 2, 0, 0, 1, 0))
        self.assertEqual([row[4] for row in answers[1:]], [5, 5, 2])
        self.assertEqual(needs[1][1], "Cold storage")

    def test_queries_do_not_grow_with_activities(self):
        activities = self.activity
        counts = []
        for number in (2, 4):
            while len(activities) < number:
                activity = self._create_activity(f"Tea {len(activities)}")
                self._create_guest(self.ann, activity)
                self._ask(activity=activity, mode="mail").action_send()
                activities += activity
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            activities.mapped("satisfaction_html")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    # === Needs from answers === #

    def test_an_answer_states_a_need_once(self):
        self._fill_in(self.guest_ann, mark=4, need="Cold storage", call="no")
        need = self._get_answer(self.guest_ann).need_ids
        self.assertRecordValues(
            need,
            [{"name": "Cold storage", "state": "open", "owner_id": self.manager.id}],
        )
        self.assertFalse(need.activity_ids)
        with self.assertRaisesRegex(Exception, "stays"):
            need.with_user(self.manager).name = "Something else"

    def test_who_wants_a_call_is_called(self):
        self._fill_in(self.guest_ann, mark=4, call="yes")
        need = self._get_answer(self.guest_ann).need_ids
        self.assertRecordValues(
            need, [{"name": "Asked to be called", "state": "taken"}]
        )
        self.assertEqual(need.activity_ids.user_id, self.manager)
        # Nobody looks after him: the need waits for an owner.
        self._fill_in(self.guest_cid, mark=4, call="yes")
        need = self._get_answer(self.guest_cid).need_ids
        self.assertRecordValues(need, [{"state": "open", "owner_id": False}])

    # === Trust no client === #

    def test_nobody_forges_an_answer(self):
        answer = self._get_answer(self.guest_ann)
        other = self._get_answer(self.guest_cid)
        for user in (self.manager, self.officer, self.auditor):
            own = answer.with_user(user)
            with self.subTest(user=user.login):
                for values in (
                    {"satisfaction": 5},
                    {"state": "answered"},
                    {"remark": "Great"},
                ):
                    with self.assertRaises(AccessError):
                        own.write(values)
                with self.assertRaises(AccessError):
                    own.unlink()
                with self.assertRaises(AccessError):
                    own.create({"invitation_id": self.guest_ann.id})
        for user in (self.manager, self.lead, self.auditor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                other.with_user(user).action_enter()

    def test_nobody_reads_a_link_but_who_sends_it(self):
        answer = self._get_answer(self.guest_ann)
        for user in (self.manager, self.officer, self.auditor):
            for name in ("code", "input_ids"):
                with self.subTest(user=user.login, name=name):
                    with self.assertRaises(AccessError):
                        answer.with_user(user).read([name])
            with self.assertRaises(AccessError):
                answer.with_user(user).search([("code", "like", "a")])
            with self.assertRaises(AccessError):
                self._get_paper(self.guest_ann).with_user(user).read(["access_token"])
        with self.assertRaises(AccessError):
            answer.with_user(self.auditor)._get_link()
        with self.assertRaises(AccessError):
            self._get_answer(self.guest_cid).with_user(self.manager)._get_link()

    def test_a_survey_administrator_changes_nothing_that_guests_said(self):
        self._fill_in(self.guest_ann, mark=2)
        user = self._create_employee("surveyor")
        user.group_ids += self.env.ref("survey.group_survey_manager")
        said = self._get_paper(self.guest_ann)
        survey, line = said.survey_id, said.user_input_line_ids[:1].with_user(user)
        paper = said.with_user(user)
        waiting = self._get_paper(self.guest_bob).with_user(user)
        for forge in (
            lambda: line.write({"value_scale": 5}),
            line.unlink,
            paper.unlink,
            lambda: paper.write({"deadline": fields.Datetime.now()}),
            lambda: waiting.write({"state": "done"}),
            lambda: line.copy({"user_input_id": waiting.id}),
            lambda: paper.create(
                {
                    "survey_id": survey.id,
                    "club_answer_id": self._get_answer(self.guest_bob).id,
                    "club_is_correction": True,
                }
            ),
        ):
            with self.assertRaises(AccessError):
                forge()
            self.env.invalidate_all()

    def test_two_companies_never_mix(self):
        other = self._create_club_company("Other Post")
        stranger = self._create_user("officer", "stranger", other)
        self._fill_in(self.guest_ann, mark=5, need="Boxes")
        for model in ("club.answer", "club.need"):
            found = self.env[model].with_user(stranger)
            found = found.with_context(allowed_company_ids=other.ids)
            self.assertFalse(found.search([]))

    def test_its_graph_shows_what_does_not_grow(self):
        """Types, not each of thousands of activities: their names alone took longer."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_answer_action_satisfaction"
        )
        self.assertIn("'graph_groupbys': ['type_id']", action["context"])
        graph = self.env["club.answer"].get_view(view_type="graph")["arch"]
        shown = etree.fromstring(graph).xpath("//field[not(@type='measure')]/@name")
        self.assertNotIn("activity_id", shown)
