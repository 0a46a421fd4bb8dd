from datetime import date
from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import ClubCommon

TERM_END = date(2026, 1, 9)


@tagged("post_install", "-at_install")
class TestRequalificationBulk(ClubCommon):
    """Many terms at once: as many statements as for a few. Rules A6, A10."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_seats()
        cls.program.requalification_window = "rolling"

    def _enrol(self, count, upto=TERM_END, **values):
        """Return accounts whose terms in both tier groups end on a day."""
        accounts = self._create_accounts(f"Member {number}" for number in range(count))
        rows = [
            {
                "account_id": account.id,
                "group_id": group.id,
                "tier_id": group.tier_ids.filtered(lambda t: t.code == "vip").id,
                "date_from": date(2025, 1, 10),
                "date_to": upto,
                "origin": "enrolled",
                **values,
            }
            for account in accounts
            for group in self.program.group_ids
        ]
        self.env["club.membership"]._insert(self.program, rows)
        return accounts

    def _create(self):
        return self.env["club.requalification"].create(
            {
                "program_id": self.program.id,
                "date_from": "2026-01-01",
                "date_to": "2026-01-31",
            }
        )

    def _count_queries(self, call):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_query_count_does_not_grow_with_the_terms(self):
        counts = []
        for size in (2, 30):
            self._enrol(size)
            record = self._create()
            with freeze_time("2026-01-20"):
                prepared = self._count_queries(record.action_prepare)
                self.assertGreaterEqual(len(record.line_ids), 2 * size)
                self._give_reasons(record)
                record.action_submit()
                self._sign_all(record)
                counts.append((prepared, self._count_queries(record.action_apply)))
        few, many = counts
        self.assertLessEqual(many[0], few[0])
        self.assertLessEqual(many[1], few[1])

    def test_rows_in_chunks_come_to_the_same(self):
        accounts = self._enrol(5)
        self._add_revenue(accounts[1], 700_000, "2025-06")
        record = self._create()
        with freeze_time("2026-01-20"):
            record.action_prepare()
        values = ["account_id", "group_id", "outcome", "decided_tier_id", "revenue"]
        whole = record.line_ids.read([*values, "evidence", "current_sequence"])
        path = "odoo.addons.crm_club.models.membership.requalification_terms.CHUNK"
        with freeze_time("2026-01-20"), patch(path, 3):
            record.action_prepare()
        parts = record.line_ids.read([*values, "evidence", "current_sequence"])
        for row in whole + parts:
            del row["id"]
        self.assertEqual(len(parts), 10)
        self.assertCountEqual(map(str, whole), map(str, parts))

    def test_terms_that_end_on_different_days_are_measured_each_by_its_own(self):
        """A window for each account, and for each tier group, where they differ."""
        first = self._enrol(1)
        second = self._enrol(1, upto=date(2026, 2, 15))
        both = self._enrol(1)
        grade = both.club_membership_ids.filtered(lambda m: m.purpose == "grade")
        self.env["club.membership"]._end([(grade.id, date(2026, 1, 4), None)])
        for account in first + second + both:
            self._add_revenue(account, 60_000, "2025-02")  # counts by its first day
            self._add_revenue(account, 50_000, "2026-01")
        record = self._create()
        record.date_to = date(2026, 2, 28)
        with freeze_time("2026-02-05"):
            record.action_prepare()
        found = {
            (line.account_id, line.group_id.code): (line.window_to, line.revenue)
            for line in record.line_ids
        }
        self.assertEqual(found[first, "grade"], (TERM_END, 110_000))
        self.assertEqual(found[second, "grade"], (date(2026, 2, 15), 50_000))
        self.assertEqual(found[both, "grade"], (date(2026, 1, 4), 110_000))
        self.assertEqual(found[both, "membership"], (TERM_END, 110_000))

    def test_a_term_replaced_meanwhile_stays_as_it_is(self):
        accounts = self._enrol(2)
        for account in accounts:
            self._add_revenue(account, 700_000, "2025-06")
        record = self._create()
        with freeze_time("2026-01-20"):
            record.action_prepare()
            self._give_reasons(record)
            record.action_submit()
            self._sign_all(record)
            gone = accounts[0].club_membership_ids
            self.env["club.membership"]._end(
                [(one.id, date(2026, 1, 4), "replaced") for one in gone]
            )
            record.action_apply()
        self.assertEqual(set(gone.mapped("outcome")), {"replaced"})
        lines = record.line_ids.filtered(lambda line: line.account_id == accounts[0])
        self.assertFalse(lines.applied_membership_id)
        self.assertFalse(accounts[0].club_tier_id)
        self.assertEqual(len(accounts[1].club_membership_ids), 4)

    def test_a_lapsed_term_counts_until_the_day_before(self):
        """Days of grace that have begun stay in history, the others are taken back."""
        self.program.requalification_window = "complete"  # or the later one isn't over
        early, late = self._enrol(1), self._enrol(1, upto=date(2026, 1, 31))
        record = self._create()
        with freeze_time("2026-01-20"):
            record.action_prepare()
            self._give_reasons(record)
            record.action_submit()
            self._sign_all(record)
            record.action_apply()
        for account, day in ((early, date(2026, 1, 19)), (late, date(2026, 1, 31))):
            found = account.club_membership_ids
            self.assertEqual(set(found.mapped("date_grace")), {day})
            self.assertEqual(set(found.mapped("outcome")), {"lapsed"})

    def test_the_reason_and_the_evidence_go_with_the_new_term(self):
        account = self._enrol(1)
        record = self._create()
        with freeze_time("2026-01-20"):
            record.action_prepare()
            for line in record.line_ids:
                line.write(
                    {
                        "decided_tier_id": line.current_tier_id.id,
                        "override_reason": "Moves house",
                    }
                )
            record.action_prepare()
            self.assertEqual(set(record.line_ids.mapped("outcome")), {"renewed"})
            self._give_reasons(record)
            record.action_submit()
            self._sign_all(record)
            record.action_apply()
        new = account.club_membership_ids.filtered(lambda m: not m.outcome)
        self.assertEqual(set(new.mapped("reason")), {"Moves house"})
        for membership in new:
            evidence = membership.evidence
            self.assertEqual(evidence["override"], "Moves house")
            self.assertEqual(evidence["result"], None)
            self.assertTrue(evidence["thresholds"])
        self.assertEqual(record.line_ids.applied_membership_id, new)

    def test_tiers_that_lines_name_cannot_be_deleted(self):
        group = self.program.group_ids.filtered(lambda g: g.purpose == "grade")
        tier = self.env["club.tier"].create(
            {"group_id": group.id, "code": "top", "name": "Top", "revenue_from": 10**9}
        )
        account = self._enrol(1)
        self._add_revenue(account, 2 * 10**9, "2025-06")
        record = self._create()
        with freeze_time("2026-01-20"):
            record.action_prepare()
        line = record.line_ids.filtered(lambda line: line.group_id == group)
        self.env.cr.execute(
            "UPDATE club_requalification_line SET decided_tier_id = NULL"
            " WHERE requalification_id = %s",
            [record.id],
        )
        self.assertIn(tier, line.earned_tier_id + line.proposed_tier_id)
        with self.assertRaises(UserError) as refusal:
            tier.unlink()
        self.assertIn("requalification", str(refusal.exception))
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self.env.cr.execute("DELETE FROM club_tier WHERE id = %s", [tier.id])

    def test_a_tier_that_was_decided_by_hand_cannot_be_deleted(self):
        group = self.program.group_ids.filtered(lambda g: g.purpose == "grade")
        tier = self.env["club.tier"].create(
            {"group_id": group.id, "code": "top", "name": "Top", "revenue_from": 10**9}
        )
        self._enrol(1)
        record = self._create()
        with freeze_time("2026-01-20"):
            record.action_prepare()
        line = record.line_ids.filtered(lambda line: line.group_id == group)
        line.write({"decided_tier_id": tier.id, "override_reason": "Merger pending"})
        with self.assertRaises(UserError) as refusal:
            tier.unlink()
        self.assertIn("requalification", str(refusal.exception))
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self.env.cr.execute("DELETE FROM club_tier WHERE id = %s", [tier.id])
