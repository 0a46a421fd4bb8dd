from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..common import ClubCommon

AFTER = "2026-01-20"  # the terms ended on the 9th, and with them their windows


@tagged("post_install", "-at_install")
class TestRequalification(ClubCommon):
    """A year of terms, re-assessed. Rules A6, A10."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rising = cls._create_account("Rising")
        cls.falling = cls._create_account("Falling")
        cls.leaving = cls._create_account("Leaving")
        cls._set_up_seats()
        for account, amount in (
            (cls.account_a, 60_000),
            (cls.rising, 60_000),
            (cls.falling, 160_000),
            (cls.leaving, 60_000),
        ):
            cls._add_revenue(account, amount, "2024-12")
        cls.program.requalification_window = "rolling"
        with freeze_time("2025-01-10"):
            cls._post_run("2024-12")
        for account, amount in (
            (cls.account_a, 50_000),
            (cls.rising, 149_999.99),
            (cls.falling, 149_999.99),
            (cls.leaving, 49_999.99),
        ):
            cls._add_revenue(account, amount, "2025-06")
        cls.program.window = "membership"  # no upgrade before the term's end
        with freeze_time("2025-07-05"):
            cls._post_run("2025-06")
        cls._add_revenue(cls.rising, 1, "2025-12")

    def _prepare(self, day=AFTER):
        with freeze_time(day):
            record = self.env["club.requalification"].create(
                {
                    "program_id": self.program.id,
                    "date_from": "2026-01-01",
                    "date_to": "2026-01-31",
                }
            )
            record.action_prepare()
        return record

    def _apply(self, record, day=AFTER):
        with freeze_time(day):
            self._give_reasons(record)
            record.action_submit()
            self._sign_all(record)
            record.action_apply()

    def _line(self, record, account):
        return record.line_ids.filtered(
            lambda line: (
                line.account_id == account and line.group_id == self.membership
            )
        )

    def test_renewed_downgraded_lapsed(self):
        record = self._prepare()
        lines = [
            self._line(record, account)
            for account in (self.account_a, self.falling, self.leaving)
        ]
        self.assertEqual(
            [line.outcome for line in lines], ["renewed", "downgraded", "lapsed"]
        )
        self.assertEqual(lines[0].evidence["points"], "50000.00")
        self.assertEqual(lines[0].window_to, lines[0].membership_id.date_to)
        self._apply(record)
        start = lines[0].membership_id.date_to + timedelta(days=1)
        self.assertEqual(start, date(2026, 1, 10))
        self.assertRecordValues(
            lines[0].applied_membership_id + lines[1].applied_membership_id,
            [
                {
                    "date_from": start,
                    "date_to": date(2027, 1, 9),
                    "origin": "renewed",
                },
                {
                    "date_from": start,
                    "date_to": date(2027, 1, 9),
                    "origin": "downgraded",
                },
            ],
        )
        self.assertEqual(lines[2].membership_id.outcome, "lapsed")
        self.assertFalse(lines[2].applied_membership_id)

    def test_lines_say_what_happens_and_why(self):
        """Rules A6, A10: lapsing is a word, and figures stand beside what is needed."""
        record = self._prepare()
        accounts = (self.account_a, self.falling, self.leaving)
        lines = [self._line(record, account) for account in accounts]
        self.assertEqual(
            [(line.happens, line.why) for line in lines],
            [
                ("Stays Vip", "50,000 points reach Vip."),
                ("Gold → Vip", "149,999.99 points of the 150,000 that Gold needs."),
                ("Vip lapses", "49,999.99 points of the 50,000 that Vip needs."),
            ],
        )
        lines[2].write(
            {
                "decided_tier_id": lines[0].current_tier_id.id,
                "override_reason": "Merger pending",
            }
        )
        self.assertEqual(
            (lines[2].happens, lines[2].why), ("Stays Vip", "By hand: Merger pending")
        )

    def test_a_line_says_that_the_program_lowers_by_one_tier(self):
        self.program.downgrade_policy = "one_step"
        self._add_revenue(self.falling, -149_999.99, "2025-06")
        with freeze_time("2025-08-05"):
            self._post_run("2025-07")
        line = self._line(self._prepare(), self.falling)
        self.assertEqual(line.why, "The program lowers by one tier at most: Vip.")

    def test_preparing_tells_what_it_found(self):
        """Rule A6: also nothing."""
        record = self._prepare()
        with freeze_time(AFTER):
            params = record.action_prepare()["params"]
        self.assertIn(
            f"Terms that end from 01/01/2026 to 01/31/2026: {record.line_count} ",
            params["message"],
        )
        self.assertIn(f"{record.lapsed_count} lapsing", params["message"])
        with freeze_time(AFTER):
            nothing = record.create(
                {
                    "program_id": self.program.id,
                    "date_from": "2030-01-01",
                    "date_to": "2030-01-31",
                }
            )
            params = nothing.action_prepare()["params"]
        self.assertEqual(params["type"], "warning")
        self.assertIn("nobody to requalify", params["message"])

    def test_one_step_policy(self):
        """Rule A6: one tier at most, lapsing only from the lowest."""
        self._add_revenue(self.falling, -149_999.99, "2025-06")
        with freeze_time("2025-08-05"):
            self._post_run("2025-07")
        self.assertEqual(self._line(self._prepare(), self.falling).outcome, "lapsed")
        self.env["club.requalification"].search([]).unlink()
        self.program.downgrade_policy = "one_step"
        line = self._line(self._prepare(), self.falling)
        self.assertEqual(
            (line.outcome, line.decided_tier_id.code), ("downgraded", "vip")
        )

    def test_complete_year_is_the_default_window(self):
        self.program.requalification_window = "complete"
        line = self._line(self._prepare(), self.account_a)
        self.assertEqual(
            (line.window_from, line.window_to), (date(2025, 1, 1), date(2025, 12, 31))
        )

    def test_applying_twice_changes_nothing(self):
        record = self._prepare()
        self._apply(record)
        before = self.env["club.membership"].search_count([])
        with freeze_time("2026-01-21"):
            record.action_apply()
            self.assertEqual(self.env["club.membership"].search_count([]), before)
            with self.assertRaises(UserError):
                record.action_prepare()
            with self.assertRaises(UserError):
                record.unlink()

    def test_override_needs_a_reason_and_survives_preparing_again(self):
        record = self._prepare()
        line = self._line(record, self.leaving)
        vip = line.current_tier_id
        with self.assertRaises(ValidationError):
            line.decided_tier_id = vip
        line.write({"decided_tier_id": vip.id, "override_reason": "Merger pending"})
        with freeze_time(AFTER):
            record.action_prepare()
        line = self._line(record, self.leaving)
        self.assertEqual((line.outcome, record.override_count), ("renewed", 1))
        self._apply(record)
        self.assertEqual(line.applied_membership_id.reason, "Merger pending")

    def test_upgraded_meanwhile_is_left_alone(self):
        record = self._prepare()
        line = self._line(record, self.rising)
        self.program.window = "rolling"
        with freeze_time(AFTER):
            self._give_reasons(record)
            record.action_submit()
            self._post_run("2025-12")
        self.assertEqual(line.membership_id.outcome, "upgraded")
        upgraded = line.membership_id.search(
            [
                ("account_id", "=", self.rising.id),
                ("group_id", "=", self.membership.id),
                ("outcome", "=", False),
            ]
        )
        with freeze_time(AFTER):
            self._sign_all(record)
            record.action_apply()
        self.assertFalse(line.applied_membership_id)
        self.assertEqual(upgraded.tier_id.code, "gold")
        self.assertFalse(upgraded.outcome)

    def test_undecided_term_counts_on_in_grace_and_enrols_nobody_lower(self):
        """Rule A6: a term that ends undecided is not replaced behind its back."""
        falling = self.falling
        with freeze_time("2026-01-20"):
            self.program._review(on=date(2026, 1, 20), effective=date(2026, 1, 20))
            self.env.invalidate_all()
            self.assertEqual(falling.club_tier_id.code, "gold")
        with freeze_time("2026-02-20"):
            self.program._cron_daily()
            self.env.invalidate_all()
            self.assertFalse(falling.club_tier_id)
            self.assertEqual(
                self.env["club.membership"].search_count(
                    [
                        ("account_id", "=", falling.id),
                        ("group_id", "=", self.membership.id),
                    ]
                ),
                1,
            )

    def test_scheduled_action_prepares_once(self):
        records = self.env["club.requalification"]
        with freeze_time("2026-01-02"):
            self.env["club.program"]._cron_daily()
            found = records.search([("program_id", "=", self.program.id)])
            self.assertEqual(len(found), 1)
            self.assertEqual(found.state, "draft")
            self.assertIn(self.officer, found.activity_ids.user_id)
            self.env["club.program"]._cron_daily()
            self.assertEqual(
                records.search([("program_id", "=", self.program.id)]), found
            )

    # === Signatures === #

    def test_nothing_is_applied_unsigned(self):
        """Rule E1: the executive group signs; until then all stays as it is."""
        record = self._prepare()
        with freeze_time(AFTER):
            with self.assertRaisesRegex(UserError, "hasn't been submitted"):
                record.action_apply()
            self._give_reasons(record)
            record.action_submit()
            self.assertEqual(record.state, "submitted")
            self.assertEqual(self._get_turns(record), ["signer_executive"])
            with self.assertRaisesRegex(UserError, "all signatures come first"):
                record.action_apply()
            line = self._line(record, self.leaving)
            for values in (
                {"decided_tier_id": line.current_tier_id.id, "override_reason": "x"},
                {"override_reason": "x"},
            ):
                with self.assertRaises(UserError):
                    line.with_user(self.officer).write(values)
                with self.assertRaises(AccessError):
                    record.with_user(self.officer).write(
                        {"line_ids": [(1, line.id, values)]}
                    )
            with self.assertRaises(UserError):
                record.action_prepare()
            self._sign_all(record)
            self.assertEqual(record.state, "approved")
            self.assertFalse(line.membership_id.outcome)
            record.action_apply()
        self.assertEqual(record.state, "applied")
        self.assertEqual(line.membership_id.outcome, "lapsed")

    def test_lowering_the_top_tier_needs_the_presidium(self):
        """Ours: who would lower a Diamond account asks the presidium too."""
        diamond = self.membership.tier_ids.sorted("sequence")[-1]
        self.env.cr.execute(
            "UPDATE club_membership SET tier_id = %s WHERE account_id = %s"
            " AND group_id = %s AND outcome IS NULL",
            [diamond.id, self.falling.id, self.membership.id],
        )
        self.env.invalidate_all()
        record = self._prepare()
        self.assertEqual(self._line(record, self.falling).outcome, "downgraded")
        with freeze_time(AFTER):
            self._give_reasons(record)
            record.action_submit()
            request = record.approval_request_id.sudo()
            self.assertEqual(request.document_type, "requalification_top")
            record.with_user(self.signers["executive"]).action_sign()
            self.assertEqual(self._get_turns(record), ["signer_presidium"])
            with self.assertRaises(UserError):
                record.action_apply()
            record.with_user(self.signers["presidium"]).action_sign()
            record.action_apply()
        self.assertEqual(record.state, "applied")

    def test_what_was_signed_is_what_is_applied(self):
        """Lines that change behind the ORM's back break the digest."""
        record = self._prepare()
        line = self._line(record, self.leaving)
        with freeze_time(AFTER):
            self._give_reasons(record)
            record.action_submit()
            self._sign_all(record)
            self.env.cr.execute(
                "UPDATE club_requalification_line SET decided_tier_id = %s"
                " WHERE id = %s",
                [line.current_tier_id.id, line.id],
            )
            self.env.invalidate_all()
            with self.assertRaisesRegex(UserError, "doesn't say any more"):
                record.action_apply()
            record.action_withdraw("Changed")
            self.assertEqual(record.state, "draft")

    def test_only_officers_decide(self):
        record = self._prepare()
        for user in (self.lead, self.clerk, self.finance, self.auditor, self.manager):
            with self.assertRaises(AccessError):
                record.with_user(user).action_apply()
        with self.assertRaises(AccessError):
            record.with_user(self.officer).write({"state": "applied"})
        with self.assertRaises(AccessError):
            record.line_ids[0].with_user(self.officer).write({"points": 1})
        with self.assertRaises(AccessError):
            record.line_ids[0].with_user(self.officer).write({"outcome": "upgraded"})
        with self.assertRaises(AccessError):
            record.with_user(self.officer).write(
                {"line_ids": [(5, 0, 0)]},
            )
        with self.assertRaises(AccessError):
            record.line_ids[0].with_user(self.officer).unlink()
        record.line_ids[0].with_user(self.officer).write({"override_reason": "Seen"})
