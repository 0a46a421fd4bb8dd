"""Whoever gets in touch is answered in the working hours that his tier allows."""

from datetime import datetime

from odoo.tests import freeze_time, tagged

from ..common import ClubCommon


@tagged("post_install", "-at_install")
class TestServiceLevel(ClubCommon):
    """Row D16. Moments are in UTC: eight hours behind the clocks of the club."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["club.day"]._ensure_years()

    def _receive(self, received, answered=False, tier=None, **values):
        tier = self.membership.tier_ids.filtered(lambda t: t.code == tier)
        self.account_a._write_guarded({"club_tier_id": tier.id})
        with freeze_time("2026-04-13 15:00:00"):
            return (
                self.env["club.contact.log"]
                .with_user(self.manager)
                .create(
                    {
                        "account_id": self.account_a.id,
                        "conversation": "Where is the parcel?",
                        "direction": "in",
                        "received_at": received,
                        "answered_at": answered,
                        **values,
                    }
                )
            )

    def test_due_by_tier_in_working_hours(self):
        """1, 2, 4 and 8 hours from Friday, 16:00: the day ends at 17:30."""
        for tier, due in (
            ("diamond", "2026-04-10 09:00:00"),  # 17:00
            ("platinum", "2026-04-13 01:30:00"),  # Monday, 9:30
            ("gold", "2026-04-13 03:30:00"),
            ("vip", "2026-04-13 07:30:00"),
            (None, "2026-04-13 07:30:00"),
        ):
            log = self._receive("2026-04-10 08:00:00", tier=tier)
            self.assertEqual(log.answer_due, datetime.fromisoformat(due), tier)
            self.assertEqual(log.tier_id.code or None, tier)

    def test_the_bound_is_in_time(self):
        for answered, late in (
            ("2026-04-10 09:00:00", False),
            ("2026-04-10 09:00:01", True),
        ):
            log = self._receive("2026-04-10 08:00:00", answered, "diamond")
            self.assertEqual(log.is_answered_late, late)
            found = log.search([("is_answered_late", "=", True), ("id", "=", log.id)])
            self.assertEqual(bool(found), late)
            kept = log.search([("is_answered_late", "=", False), ("id", "=", log.id)])
            self.assertEqual(bool(kept), not late)

    def test_who_still_waits_is_late_once_it_is_due(self):
        log = self._receive("2026-04-10 08:00:00", tier="diamond")
        for now, late in (
            ("2026-04-10 09:00:00", False),
            ("2026-04-10 09:01:00", True),
        ):
            with freeze_time(now):
                log.invalidate_recordset(["is_answered_late"])
                self.assertEqual(log.is_answered_late, late)
                domain = [("is_answered_late", "=", True), ("id", "=", log.id)]
                self.assertEqual(bool(log.search(domain)), late)

    def test_a_make_up_day_is_worked_on(self):
        """Saturday, 9 May 2026 makes up for a day off in Labour Day's week."""
        with freeze_time("2026-05-12 02:00:00"):
            log = self.env["club.contact.log"].create(
                {
                    "account_id": self.account_a.id,
                    "conversation": "Where is the parcel?",
                    "direction": "in",
                    "received_at": "2026-05-08 09:30:00",  # Friday, 17:30
                }
            )
        self.assertEqual(log.answer_due, datetime(2026, 5, 9, 9))  # Saturday, 17:00

    def test_what_we_began_is_never_late(self):
        log = self._receive(False, direction="out", tier="diamond")
        self.assertFalse(log.answer_due)
        self.assertFalse(log.is_answered_late)

    def test_late_ones_by_tier(self):
        self._receive("2026-04-10 08:00:00", "2026-04-13 01:00:00", "diamond")
        self._receive("2026-04-10 08:00:00", "2026-04-13 01:00:00", "vip")
        groups = self.env["club.contact.log"]._read_group(
            [("is_answered_late", "=", True)], ["tier_id", "unit_id"], ["__count"]
        )
        diamond = self.membership.tier_ids.filtered(lambda t: t.code == "diamond")
        self.assertEqual(groups, [(diamond, self.unit, 1)])
