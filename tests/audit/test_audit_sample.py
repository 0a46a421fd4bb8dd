from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .audit_case import AuditCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestAuditSample(AuditCase):
    """Drawing, recomputing, signing off; findings and their owners. Rule B6."""

    # === Drawing === #

    def test_the_same_seed_draws_the_same_entries(self):
        first, again = self._draw(seed=7), self._draw(seed=7)
        self.assertEqual(first.line_ids.entry_id, again.line_ids.entry_id)
        self.assertEqual(
            first.line_ids.mapped("entry_id.id"), again.line_ids.mapped("entry_id.id")
        )
        drawn = {
            tuple(self._draw(seed=seed).line_ids.entry_id.ids) for seed in range(6)
        }
        self.assertGreater(len(drawn), 1)

    def test_what_is_drawn_is_noted(self):
        sample = self._draw()
        self.assertRecordValues(
            sample,
            [
                {
                    "state": "drawn",
                    "population": 21,
                    "line_count": 5,
                    "unchecked_count": 5,
                    "difference_count": 0,
                    "ledger_run_id": self.march.id,
                    "ledger_seal": self.march.seal,
                    "drawn_by_id": self.auditor.id,
                }
            ],
        )
        self.assertRegex(sample.name, r"AUD/\d{4}/\d{4}")
        for line in sample.line_ids:
            self.assertEqual(line.points, line.entry_id.points)

    def test_a_seed_is_drawn_and_kept(self):
        samples = self.env["club.audit.sample"].with_user(self.auditor)
        sample = samples.create({"program_id": self.program.id})
        self.assertGreater(sample.seed, 0)
        self.assertEqual(sample.size_min, 25)
        self.assertEqual(sample.percentage, 1)

    def test_filters(self):
        draft = self._create_run("2026-03")
        draft.action_compute()  # not posted: never drawn
        for values, count in (
            ({}, 21),
            ({"month_to": "2026-02-01"}, 10),
            ({"month_from": "2026-03-17"}, 11),
            ({"month_from": "2026-02-01", "month_to": "2026-03-01"}, 21),
            ({"unit_id": self.unit.id}, 11),
            ({"unit_id": self.other_unit.id, "month_to": "2026-02-01"}, 5),
            ({"kind": "revenue"}, 21),
        ):
            with self.subTest(values):
                sample = self._draw(size_min=1_000, **values)
                self.assertEqual(sample.population, count)
                self.assertEqual(sample.line_count, count)
                states = set(sample.line_ids.run_id.mapped("state"))
                self.assertEqual(states, {"posted"})

    def test_filter_by_tier_on_the_accounting_date(self):
        membership = self.account_a.club_membership_ids.filtered(
            lambda m: m.group_id == self.membership
        )
        with self.assertRaises(UserError):  # it began after March
            self._draw(tier_id=membership.tier_id.id)
        self._doctor(
            "UPDATE club_membership SET date_from = '2026-01-01' WHERE id = %s",
            membership.id,
        )
        sample = self._draw(tier_id=membership.tier_id.id)
        self.assertEqual(sample.line_ids.account_id, self.account_a)

    def test_size_is_the_more_of_least_and_share(self):
        for least, share, count in (
            (5, 0, 5),
            (5, 20, 5),  # 4.2 of 21
            (4, 20, 5),
            (5, 23.81, 5),  # 5.0001 is six
            (0, 1, 1),
            (0, 100, 21),
            (25, 1, 21),
        ):
            with self.subTest(least=least, share=share):
                sample = self._draw(size_min=least, percentage=share)
                expected = 6 if share == 23.81 else count
                self.assertEqual(sample.line_count, expected)

    def test_nothing_to_draw_from_is_refused(self):
        with self.assertRaises(UserError):
            self._draw(kind="opening")

    def test_what_was_drawn_from_stays(self):
        sample = self._draw()
        for values in ({"seed": 2}, {"size_min": 1}, {"unit_id": self.unit.id}):
            with self.assertRaises(UserError):
                sample.write(values)
        with self.assertRaises(UserError):
            sample.action_draw()
        with self.assertRaises(UserError):
            sample.unlink()
        self._create_sample().unlink()

    def test_drawing_takes_as_many_queries_for_more_entries(self):
        counts = []
        for size in (5, 5, 20):
            sample = self._create_sample(size_min=size)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            sample.action_draw()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])  # the first one fills the caches

    # === Recomputation and evidence === #

    def test_a_clean_ledger_recomputes_to_what_is_posted(self):
        sample = self._draw(size_min=100)
        self.assertEqual(set(sample.line_ids.mapped("is_recomputed")), {True})
        self.assertEqual(set(sample.line_ids.mapped("difference")), {0})
        for line in sample.line_ids:
            self.assertEqual(line.posted_points, line.points)
            self.assertEqual(line.rate_id.value, line.rate)

    def test_the_imported_row_is_behind_it(self):
        sample = self._draw(size_min=100)
        line = sample.line_ids.filtered(lambda line: line.account_id == self.account_a)
        evidence = line.evidence
        self.assertEqual(evidence["count"], 1)
        self.assertEqual(float(evidence["total"]), 200_000)
        self.assertEqual(evidence["facts"][0]["source"], "import")
        self.assertEqual(evidence["facts"][0]["name"], "TEST")
        self.assertEqual(evidence["agreements"], ["AG-0"])
        self.assertIn("TEST", line.evidence_html)
        self.assertIn("200,000.00", line.evidence_html)

    def test_a_doctored_import_shows(self):
        self._doctor(
            "UPDATE club_revenue_line SET amount = amount + 500 WHERE account_id = %s"
            " AND month = '2026-03-01'",
            self.accounts[0].id,
        )
        sample = self._draw(size_min=100)
        wrong = sample.line_ids.filtered("difference")
        self.assertRecordValues(
            wrong,
            [
                {
                    "account_id": self.accounts[0].id,
                    "points": 1_000,
                    "posted_points": 1_000,
                    "expected_points": 1_500,
                    "difference": -500,
                }
            ],
        )
        self.assertEqual(sample.difference_count, 1)

    def test_a_doctored_rate_shows(self):
        self._doctor(
            "UPDATE club_points_rate SET value = 2 WHERE category_id = %s",
            self.categ_parcels.id,
        )
        sample = self._draw(size_min=100, month_to="2026-02-01")
        self.assertEqual(len(sample.line_ids.filtered("difference")), 10)
        self.assertEqual(set(sample.line_ids.mapped("rate")), {1})
        self.assertEqual(set(sample.line_ids.mapped("expected_rate")), {2})

    def test_a_correction_is_compared_in_sum(self):
        """Two entries of one month and category are right together."""
        self._add_revenue(self.accounts[0], 300, "2026-03")
        self._post_run("2026-03")
        sample = self._draw(size_min=100)
        lines = sample.line_ids.filtered(
            lambda line: line.account_id == self.accounts[0]
            and str(line.revenue_month) == "2026-03-01"
        )
        self.assertEqual(sorted(lines.mapped("points")), [300, 1_000])
        self.assertEqual(set(lines.mapped("posted_points")), {1_300})
        self.assertEqual(set(lines.mapped("difference")), {0})

    def test_recompute_looks_again(self):
        sample = self._draw(size_min=100)
        self._doctor("DELETE FROM club_revenue_line WHERE month = '2026-02-01'")
        self.assertEqual(sample.difference_count, 0)
        sample.action_recompute()
        self.assertEqual(sample.difference_count, 10)
        gone = sample.line_ids.filtered("difference")[0]
        self.assertIn("No invoice line", gone.evidence_html)

    def test_expiry_recomputes(self):
        self._doctor("UPDATE club_points_entry SET valid_until = '2026-02-28'")
        run = self._create_run("2026-03", kind="expiry")
        run.action_compute()
        run.action_post()
        self.assertTrue(run.entry_ids)
        sample = self._draw(size_min=100, kind="expiry")
        self.assertEqual(set(sample.line_ids.mapped("is_recomputed")), {True})
        self.assertEqual(set(sample.line_ids.mapped("difference")), {0})

    # === Signing off === #

    def test_points_of_an_adjustment_recompute_whatever_their_kind(self):
        """Rule B10: a bonus is compared with the document that gave it."""
        adjustment = self.env["club.points.adjustment"].create(
            {
                "program_id": self.program.id,
                "unit_id": self.unit.id,
                "reason": "Ten years",
                "kind": "bonus",
                "line_ids": [
                    Command.create({"account_id": self.account_a.id, "points": 50})
                ],
            }
        )
        adjustment._set_opening("Test")
        sample = self._draw(size_min=1_000, kind="bonus")
        self.assertRecordValues(
            sample.line_ids,
            [{"is_recomputed": True, "expected_points": 50, "difference": 0}],
        )

    def test_sign_off_needs_every_entry_checked(self):
        sample = self._draw()
        with self.assertRaises(UserError):
            sample.action_sign_off()
        sample.line_ids[1:].action_set_in_order()
        with self.assertRaises(UserError):
            sample.action_sign_off()
        sample.line_ids[0].result = "finding"
        with self.assertRaises(UserError):  # what is it?
            sample.action_sign_off()
        self._find(sample)
        sample.action_sign_off()
        self.assertRecordValues(
            sample, [{"state": "signed", "signed_off_by_id": self.auditor.id}]
        )
        self.assertEqual(sample.line_ids.checked_by_id, self.auditor)

    def test_nobody_changes_a_signed_off_sample(self):
        sample = self._draw()
        sample.line_ids.action_set_in_order()
        finding = self._find(sample)
        sample.action_sign_off()
        line = sample.line_ids[1]
        for change in (
            lambda: sample.write({"conclusion": "All is well"}),
            lambda: sample.write({"seed": 3}),
            lambda: sample.sudo().write({"seed": 3}),
            lambda: line.write({"result": "unchecked"}),
            lambda: line.write({"note": "Late thought"}),
            lambda: line.action_set_in_order(),
            lambda: line.action_record_finding(),
            lambda: sample.action_recompute(),
            lambda: sample.action_sign_off(),
            lambda: self._find(sample),
            lambda: finding.write({"name": "Nothing"}),
            lambda: sample.unlink(),
        ):
            with self.assertRaises(UserError):
                change()

    def test_drafts_are_not_signed_off(self):
        with self.assertRaises(UserError):
            self._create_sample().action_sign_off()

    def test_guarded_fields_are_nobodys_to_write(self):
        sample = self._draw()
        for record, values in (
            (sample, {"state": "signed"}),
            (sample, {"population": 1}),
            (sample, {"ledger_seal": "x"}),
            (sample.line_ids[0], {"points": 1}),
            (sample.line_ids[0], {"difference": 0}),
            (sample.line_ids[0], {"checked_by_id": self.officer.id}),
        ):
            with self.assertRaises(AccessError):
                record.write(values)
        with self.assertRaises(AccessError):
            self._create_sample(state="drawn")
        with self.assertRaises(AccessError):
            sample.write({"line_ids": [Command.clear()]})

    # === Rights === #

    def test_auditors_draw_and_officers_read(self):
        sample = self._draw()
        self.assertTrue(sample.with_user(self.officer).line_ids[0].evidence_html)
        for call in ("action_draw", "action_recompute", "action_sign_off"):
            with self.assertRaises(AccessError):
                getattr(sample.with_user(self.officer), call)()
        with self.assertRaises(AccessError):
            sample.line_ids[0].with_user(self.officer).write({"result": "in_order"})
        with self.assertRaises(AccessError):
            self._create_sample(self.officer)
        for user in (self.clerk, self.lead, self.manager, self.finance):
            with self.assertRaises(AccessError):
                sample.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                sample.line_ids.with_user(user).read(["points"])

    def test_another_companys_auditor_sees_nothing(self):
        sample = self._draw()
        finding = self._find(sample)
        other = self._create_club_company("Other Post")
        stranger = self._create_user("auditor", "strange_auditor", other)
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        for record in (sample, sample.line_ids[0], finding):
            self.assertFalse(record.with_env(env).search([]))
            with self.assertRaises(AccessError):
                record.with_env(env).read(["display_name"])

    # === On paper === #

    def test_the_print_has_entries_findings_and_signature(self):
        sample = self._draw(size_min=100, purpose="Spring audit")
        sample.line_ids[1:].action_set_in_order()
        finding = self._find(sample, description="See the import")
        reports = self.env["ir.actions.report"].with_user(self.auditor)
        name = "crm_club.club_audit_sheet"
        with self.assertRaises(UserError):
            reports._render_qweb_html(name, sample.ids)
        sample.conclusion = "Mostly in order"
        sample.action_sign_off()
        finding.with_user(self.clerk).answer = "Being mended"
        text = reports._render_qweb_html(name, sample.ids)[0].decode()
        for words in (
            sample.name,
            "Spring audit",
            "Seed",
            "21 of 21 posted entries",
            self.march.seal[:12],
            "Anchor Mills",
            "200,000.00",
            "TEST",
            "Counted twice",
            "See the import",
            "Being mended",
            "Mostly in order",
            self.auditor.name,
        ):
            self.assertIn(words, text)
