"""Bulletins that the job drafts, for an officer to edit and issue. Rule E11."""

from datetime import date
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ...models.figures.club_bulletin import TODO_DRAFT
from ..common import ClubCommon, month
from .bulletin_case import MARCH, BulletinMixin

POSTED_EARLY = "2026-04-03 04:00:00"


@freeze_time("2026-04-11 04:00:00")
@tagged("post_install", "-at_install")
class TestBulletinDrafts(BulletinMixin, ClubCommon):
    """Quay wants both kinds, Hill months, the company quarters."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_bulletins()
        cls.unit.club_bulletin = "both"
        cls.other_unit.club_bulletin = "month"
        cls.program.bulletin = "quarter"

    def _draft(self, moment="2026-04-11 04:00:00"):
        with freeze_time(moment):
            return self.company._draft_bulletins()

    def _tell(self, bulletins):
        return {(b.unit_id, b.kind, b.month) for b in bulletins}

    def test_each_unit_has_those_that_it_wants_once(self):
        drafts = self._draft()
        january = month("2026-01")
        self.assertEqual(
            self._tell(drafts),
            {
                (self.unit, "month", MARCH),
                (self.unit, "quarter", january),
                (self.other_unit, "month", MARCH),
                (self.env["crm.team"], "quarter", january),
            },
        )
        self.assertEqual(set(drafts.mapped("state")), {"draft"})
        self.assertTrue(all(drafts.mapped("figures_at")))
        drafts[0].unlink()
        self.assertFalse(self._draft())
        self.assertFalse(self._draft("2026-04-30 04:00:00"))
        self.assertEqual(
            self._tell(self._draft("2026-05-11 04:00:00")),
            {(unit, "month", month("2026-04")) for unit in self.unit | self.other_unit},
        )

    def test_what_an_officer_drew_up_is_not_drafted_again(self):
        own = self._draw_up_bulletin(unit_id=self.unit.id)
        self.assertNotIn((self.unit, "month", MARCH), self._tell(self._draft()))
        self.assertEqual(self.env["club.bulletin"].search([("id", "=", own.id)]), own)

    def test_it_waits_for_the_points_of_the_month_but_not_for_ever(self):
        self.assertFalse(self._draft(POSTED_EARLY))
        self.assertFalse(self._draft("2026-04-09 04:00:00"))
        with freeze_time(POSTED_EARLY):
            self._add_revenue(self.account_a, 700)
            self._post_run()
        self.assertEqual(len(self._draft(POSTED_EARLY)), 4)

    def test_months_that_were_missed_are_drafted_later(self):
        self._draft("2026-02-12 04:00:00")
        self.assertEqual(self.company.club_bulletins_until, date(2026, 1, 31))
        drafts = self._draft()
        self.assertIn((self.unit, "month", month("2026-02")), self._tell(drafts))
        self.assertIn((self.unit, "quarter", month("2026-01")), self._tell(drafts))

    def test_of_a_unit_without_figures_it_says_so(self):
        with freeze_time("2026-05-12 04:00:00"):
            drafts = self.company._draft_bulletins()
            draft = drafts.filtered(lambda bulletin: bulletin.unit_id == self.unit)
            self.assertFalse(draft.figures_at)
            self.assertIn("no figures of April 2026", draft.empty_hint)
            self._add_figures([("visits", month("2026-04"), 3, 0)], self.unit)
            self.env.invalidate_all()
            self.assertFalse(draft.empty_hint)
            draft.with_user(self.officer).action_generate()
            self.assertTrue(draft.section_ids)

    def test_readers_are_those_of_the_one_before_and_officers_are_asked(self):
        before = self._draw_up_bulletin(
            unit_id=self.unit.id, month=month("2026-02"), user_ids=[]
        )
        gone = self._create_user("user", "gone_reader")
        before.user_ids = self.manager | gone
        gone.group_ids = self.env.ref("base.group_user")
        drafts = self._draft()
        draft = drafts.filtered(
            lambda bulletin: (bulletin.unit_id, bulletin.kind) == (self.unit, "month")
        )
        self.assertEqual(draft.user_ids, self.manager)
        todo = self.env.ref(TODO_DRAFT)

        def get_asked():
            todos = draft.activity_ids.filtered(lambda a: a.activity_type_id == todo)
            return todos.user_id

        self.assertIn(self.officer, get_asked())
        draft.with_user(self.officer).action_issue()
        self.assertFalse(get_asked())

    def test_the_job_drafts_for_every_company(self):
        with patch.object(self.env.registry["ir.cron"], "_commit_progress"):
            self.env["club.bulletin"]._cron_draft()
        self.assertEqual(self.company.club_bulletins_until, date(2026, 3, 31))
        self.assertEqual(self.env["club.bulletin"].search_count([]), 4)
