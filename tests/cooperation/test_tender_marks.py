from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from ..common import TODAY
from .cooperation_case import CooperationCase

AMOUNT = 110_000
MARKS = ["mark_price", "mark_quality", "mark_service", "mark_references"]


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTenderMarks(CooperationCase):
    """Nobody reads another's marks before all have given theirs. Rules C6, E2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Finance has a seat, and reads all of cooperation besides.
        cls._create_seat("tender", cls.finance)
        cls.panel = [*cls.jurors, cls.finance]
        cls.readers = [
            *(cls.finance, cls.officer, cls.auditor, cls.manager, cls.lead),
            *cls.jurors,
        ]
        exporters = cls.env.ref("base.group_allow_export")
        exporters.user_ids = [Command.link(user.id) for user in cls.readers]
        cls.cooperation = cls._draw_up(AMOUNT)
        cls.bids = cls._add_bids(cls.cooperation)
        cls._open_tender(cls.cooperation)

    def _read_others(self, user):
        """Return the marks of other members that the user finds, by every way."""
        self.env.flush_all()
        self.env.invalidate_all()
        scores = self.env["club.cooperation.score"].with_user(user)
        of_tender = [("cooperation_id", "=", self.cooperation.id)]
        others = [*of_tender, ("member_id", "!=", user.id)]
        cooperation = self.cooperation.with_user(user)
        found = {
            "search": scores.search_read(others, MARKS),
            "count": scores.search_count([*others, ("mark_price", ">", 0)]),
            "group": scores.formatted_read_group(
                others, ["bid_id"], ["mark_price:sum"]
            ),
            "names": scores.name_search("", others),
            "of the request": [
                score.id
                for score in cooperation.score_ids
                if score.member_id.sudo() != user
            ],
            "of the bids": [
                score.id
                for score in cooperation.bid_ids.score_ids
                if score.member_id.sudo() != user
            ],
            "asked by the request": cooperation.search(
                [
                    ("id", "=", cooperation.id),
                    (
                        "score_ids",
                        "any",
                        [("mark_price", ">", 0), ("member_id", "!=", user.id)],
                    ),
                ]
            ),
            "asked by the bid": self.env["club.cooperation.bid"]
            .with_user(user)
            .search(
                [
                    ("cooperation_id", "=", cooperation.id),
                    (
                        "score_ids",
                        "any",
                        [("mark_price", ">", 0), ("member_id", "!=", user.id)],
                    ),
                ]
            ),
            "exported": [
                row
                for row in cooperation.export_data(["score_ids/mark_price"])["datas"]
                if row != [""] and user not in self.panel
            ],
        }
        return {way: value for way, value in found.items() if value}

    def _get_rows(self, member):
        self.env.invalidate_all()
        return self.cooperation.sudo().score_ids.filtered(
            lambda score: score.member_id == member
        )

    def test_marks_are_hidden_while_one_member_has_not_given_his(self):
        self._score(self.cooperation, users=self.jurors)
        for user in self.readers:
            with self.subTest(user.login):
                self.assertEqual(self._read_others(user), {})
                row = self._get_rows(self.jurors[0 if user != self.jurors[0] else 1])
                with self.assertRaises(AccessError):
                    row[0].with_user(user).read(MARKS)
        # Each still has what is his to fill in.
        self.assertEqual(
            self.env["club.cooperation.score"]
            .with_user(self.finance)
            .search_count([("cooperation_id", "=", self.cooperation.id)]),
            3,
        )

    def test_the_last_row_of_the_last_member_shows_them(self):
        self._score(self.cooperation, users=self.jurors)
        rows = self._get_rows(self.finance).with_user(self.finance)
        for row in rows[:2]:
            row.mark_price = 50
        self.assertEqual(self._read_others(self.finance), {})
        rows[2].mark_price = 50
        self.assertFalse(self.cooperation.unscored_names)
        for user in (self.finance, self.officer, self.auditor, self.jurors[0]):
            with self.subTest(user.login):
                self.assertIn("search", self._read_others(user))

    def test_taking_bids_out_and_in_again_tells_no_marks(self):
        """The applicant may disqualify a bid that was scored."""
        self._score(self.cooperation, users=self.jurors[:1])
        out = {"is_disqualified": True, "disqualification_reason": "Late"}
        self.bids.write(out)
        for user in self.readers[1:5]:
            with self.subTest(user.login):
                self.assertEqual(self._read_others(user), {})

    def test_without_a_panel_nothing_is_shown(self):
        self._score(self.cooperation, users=self.jurors[:1])
        self.env["club.body.seat"].search(
            [("user_id", "in", [user.id for user in self.panel])]
        ).date_to = "2026-01-01"
        self.assertEqual(self._read_others(self.officer), {})

    def test_who_joins_after_a_reopened_award_does_not_know_the_ranking(self):
        self._score(self.cooperation, users=self.panel)
        self._award(self.cooperation, self.bids[0])
        self.assertIn("search", self._read_others(self.officer))
        self.cooperation.action_reopen_tender()
        self.assertEqual(self.bids.mapped("rank"), [0, 0, 0])
        self.assertEqual(self.bids.mapped("score"), [0, 0, 0])
        joined = self._create_employee("joined")
        joined.group_ids += self.env.ref("base.group_allow_export")
        self._create_seat("tender", joined)
        for user in (joined, *self.readers):
            with self.subTest(user.login):
                self.assertEqual(self._read_others(user), {})

    def test_marks_changed_afterwards_are_told_of(self):
        self._score(self.cooperation, users=self.panel[:3])
        row = self._get_rows(self.jurors[0])[0].with_user(self.jurors[0])
        row.mark_price = 10
        self.assertNotIn("changed the marks", self._get_told())
        self._score(self.cooperation, users=self.panel[3:])
        row.mark_price = 20
        told = "changed the marks of Supplier 0 after the whole"
        self.assertIn(told, self._get_told())

    def _get_told(self):
        return " ".join(self.cooperation.sudo().message_ids.mapped("body"))

    # === The limit === #

    def test_the_form_asks_for_a_tender_above_the_limit_only(self):
        """Also before it is saved, when it has no limit of its own yet."""
        cooperations = self.env["club.cooperation"].with_user(self.manager)
        for amount, due in (
            (99_999.99, False),
            (100_000, False),
            (100_000.01, True),
        ):
            with self.subTest(amount):
                values = {"partner_id": self.suppliers[3].id, "amount": amount}
                new = cooperations.new(self._prepare_cooperation(**values))
                self.assertEqual(new.is_tender_due, due)
                self.assertEqual(self._draw_up(**values).is_tender_due, due)

    def test_what_adds_up_to_the_limit_needs_no_tender(self):
        supplier = self.suppliers[3]
        self._submit(60_000, partner_id=supplier.id)
        for amount, due in ((39_999.99, False), (40_000, False), (40_000.01, True)):
            with self.subTest(amount):
                draft = self._draw_up(amount, partner_id=supplier.id)
                self.assertEqual(draft.is_tender_due, due)

    def test_a_draft_goes_by_the_limit_that_submitting_will_fix(self):
        draft = self._draw_up(AMOUNT, partner_id=self.suppliers[3].id)
        self.program.tender_above = AMOUNT
        self.env.invalidate_all()
        self.assertFalse(draft.is_tender_due)
        draft.action_submit()
        self.program.tender_above = 1
        self.env.invalidate_all()
        self.assertFalse(draft.is_tender_due, "signed by the terms of its day")

    def test_the_form_shows_the_limit_before_it_is_saved(self):
        with Form(self.env["club.cooperation"].with_user(self.manager)) as form:
            for name in ("unit_id", "partner_id"):
                form[name] = self.unit if name == "unit_id" else self.suppliers[3]
            form.purpose = "venue"
            form.subject = "Hall"
            form.date_from = form.date_to = TODAY
            form.amount = 100_000
            self.assertFalse(form.is_tender_due)
            form.amount = 100_000.01
            self.assertTrue(form.is_tender_due)
            form.amount = 100_000
