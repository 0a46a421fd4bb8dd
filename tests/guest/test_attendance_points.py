from datetime import date

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_guests import GuestCase


@tagged("post_install", "-at_install")
class TestAttendancePoints(GuestCase):
    """Rule B10: attendance points, posted once; corrections post the difference."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.activity = cls._create_activity()
        cls.people = cls._create_member_contacts(2)
        cls.account, cls.other = cls.people.parent_id
        cls.people |= cls._create_contacts(cls.account, 1, "Second")

    def _post(self, user=None):
        self.activity.with_user(user or self.officer).action_post_attendance()
        return self.activity.attendance_run_ids

    def _take_place(self):
        """All three are registered, two of the first account come."""
        guests = self._seat(self.activity, self.people)
        self._check_in(guests[0] | guests[2])
        self._hold(self.activity)
        return guests

    def _check_ledger(self):
        self.assertFalse(self.program._find_broken_run())
        check = self.env["club.integrity.check"]._run(self.program)
        self.assertFalse(check.line_ids.filtered(lambda line: line.severity == "error"))
        return check.line_ids

    def test_each_guest_who_came_earns_once(self):
        self._take_place()
        run = self._post()
        self.assertRecordValues(
            run,
            [
                {
                    "kind": "attendance",
                    "state": "posted",
                    "points": 100,
                    "entry_count": 1,
                    "account_count": 1,
                    "month": date(2026, 4, 1),
                    "activity_no": 1,
                }
            ],
        )
        entry = self.env["club.points.entry"].search([("run_id", "=", run.id)])
        self.assertRecordValues(
            entry,
            [
                {
                    "account_id": self.account.id,
                    "unit_id": self.unit.id,
                    "kind": "attendance",
                    "points": 100,
                    # Of the month in which it took place.
                    "valid_until": self.program._valid_until(date(2026, 5, 1)),
                }
            ],
        )
        self.assertIn(self.activity.theme, entry.reason)
        self.assertEqual(self.activity.attendance_posted, 100)
        with self.assertRefused(UserError, "nothing has changed"):
            self._post()
        self.assertEqual(self._get_points(self.account), 100)
        self.assertFalse(self._check_ledger())

    def test_a_correction_posts_the_difference_once(self):
        guests = self._take_place()
        self._post()
        guests[1].action_attend()
        guests[2].action_miss()
        self.assertEqual(
            self._check_ledger().mapped("cause"), ["attendance", "attendance"]
        )
        # What the type says by now is no correction.
        self.type.attendance_points = 70
        runs = self._post()
        self.assertEqual(sorted(runs.mapped("activity_no")), [1, 2])
        with self.assertRaises(UserError):
            self._post()
        self.assertEqual(self._get_points(self.account), 50)
        self.assertEqual(self._get_points(self.other), 50)
        entries = self.env["club.points.entry"].search([("run_id", "in", runs.ids)])
        self.assertEqual(len(set(entries.mapped("valid_until"))), 1)
        self.assertFalse(self._check_ledger())

    def test_companions_and_prospects_earn_nothing(self):
        host = self._seat(self.activity, self.people[0])
        self.program.guest_exception_share = 100
        spouse, prospect = self.env["res.partner"].create(
            [{"name": "Spouse"}, {"name": "Prospect"}]
        )
        values = {"requested_by_id": self.manager.id, "is_at_door": True}
        self._request(
            self.officer, self.activity, spouse, "companion", host_id=host.id, **values
        )
        self._request(self.officer, self.activity, prospect, **values)
        self._hold(self.activity)
        with self.assertRefused(UserError, "Nobody came"):
            self._post()
        host.action_attend()
        self.assertEqual(self._post().points, 50)

    def test_members_below_the_tier_earn(self):
        activity = self._create_activity(tier_id=self.tiers["platinum"].id)
        self._request(
            self.officer,
            activity,
            self.people[0],
            "below_tier",
            requested_by_id=self.manager.id,
            is_at_door=True,
        )
        self._hold(activity)
        activity.action_post_attendance()
        self.assertEqual(activity.attendance_posted, 50)

    def test_only_officers_and_only_once_it_was_held(self):
        with self.assertRefused(UserError, "is at"):
            self._post()
        self._take_place()
        for user in (self.manager, self.lead, self.finance, self.auditor):
            with self.assertRaises(AccessError):
                self._post(user)
        self.type.attendance_points = 0
        with self.assertRefused(UserError, "give no attendance points"):
            self._post()

    def test_nobody_makes_or_changes_such_a_run(self):
        runs = self.env["club.points.run"].with_user(self.officer)
        with self.assertRefused(AccessError, "by its activity only"):
            runs.create({"program_id": self.program.id, "kind": "attendance"})
        plain = runs.create({"program_id": self.program.id, "month": "2026-03-01"})
        with self.assertRaises(AccessError):
            plain.kind = "attendance"
        with self.assertRaises(AccessError):
            plain.activity_id = self.activity
        self._take_place()
        run = self._post().with_user(self.officer)
        for method in ("action_compute", "action_reset", "action_post"):
            with self.assertRefused(UserError, "comes from a document"):
                getattr(run, method)()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self.env.cr.execute(
                "UPDATE club_points_run SET activity_id = NULL WHERE id = %s", [run.id]
            )
        action = run.action_open_activity()
        self.assertEqual(action["res_id"], self.activity.id)

    def test_merged_accounts_keep_what_their_guests_earned(self):
        guests = self._take_place()
        guests[1].action_attend()
        self._post()
        merger = self.env["base.partner.merge.automatic.wizard"]
        merger._merge((self.account | self.other).ids, self.other, extra_checks=False)
        self.env.invalidate_all()
        self.assertEqual(self._get_points(self.other), 150)
        with self.assertRefused(UserError, "nothing has changed"):
            self._post()
        self.assertFalse(self.program._find_broken_run())

    def test_they_count_for_the_tier_if_the_program_says_so(self):
        kind = self.env.ref("crm_club.club_points_kind_attendance")
        revenue = self.env.ref("crm_club.club_points_kind_revenue")
        self.program.qualifying_kind_ids = kind | revenue
        account = self._create_account("New", agreement=False)
        self._make_member(account, "vip")
        self.type.attendance_points = 150_000
        activity = self._create_activity()
        guest = self._seat(activity, self._create_contacts(account))
        self._check_in(guest)
        self._hold(activity)
        activity.action_post_attendance()
        self.assertEqual(account.club_tier_id, self.tiers["gold"])

    def test_the_audit_recomputes_them(self):
        guests = self._take_place()
        self._post()
        sample = self.env["club.audit.sample"].create(
            {
                "program_id": self.program.id,
                "kind": "attendance",
                "size_min": 5,
                "percentage": 0,
                "seed": 1,
            }
        )
        sample.action_draw()
        self.assertRecordValues(
            sample.line_ids,
            [
                {
                    "is_recomputed": True,
                    "posted_points": 100,
                    "expected_points": 100,
                    "difference": 0,
                }
            ],
        )
        guests[2].action_miss()
        sample._recompute_lines()
        self.assertEqual(sample.line_ids.difference, 50)
