from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...models.points.seal import compute_seal
from ..common import TODAY
from .audit_case import AuditCase

# As it was before it said what the days of a term follow from.
OLD_EVIDENCE = "evidence - 'after' - 'term_months'"


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestIntegrityCheck(AuditCase):
    """Every kind of difference is named, and nobody is asked twice. Rule B6."""

    def _check(self):
        return self.env["club.integrity.check"]._run(self.program)

    def _assert_found(self, expected, check=None):
        """Compare ``{(kind, severity, cause): count}`` with what is found."""
        check = check or self._check()
        found = {}
        for line in check.line_ids:
            key = (line.kind, line.severity, line.cause)
            found[key] = found.get(key, 0) + 1
        self.assertEqual(found, expected)
        return check

    def _seal_anew(self):
        """Make seals fit the entries again, as a careful forger would."""
        self.env.flush_all()
        for run in self.february | self.march:
            self._doctor(
                "UPDATE club_points_run SET seal = %s, previous_seal = %s"
                " WHERE id = %s",
                "",
                run.id == self.march.id and self.february.seal or None,
                run.id,
            )
            self._doctor(
                "UPDATE club_points_run SET seal = %s WHERE id = %s",
                compute_seal(run),
                run.id,
            )

    # === Clean === #

    def test_a_clean_club_is_in_order(self):
        check = self._assert_found({})
        self.assertRecordValues(
            check,
            [
                {
                    "state": "clean",
                    "error_count": 0,
                    "pending_count": 0,
                    "month_from": TODAY.replace(2025, 4, 1),
                    "month_to": TODAY.replace(2026, 3, 1),
                }
            ],
        )
        self.assertFalse(check.activity_ids)

    def test_a_club_without_runs_is_in_order(self):
        other = self._create_club_company("Other Post")
        program = self._create_program(other)
        check = self.env["club.integrity.check"]._run(program)
        self.assertEqual(check.state, "clean")

    # === Facts and ledger === #

    def test_doctored_fact(self):
        self._doctor(
            "UPDATE club_revenue_line SET amount = 5 WHERE account_id = %s"
            " AND month = '2026-02-01'",
            self.accounts[0].id,
        )
        check = self._assert_found({("ledger", "error", False): 1})
        self.assertRecordValues(
            check.line_ids,
            [
                {
                    "account_id": self.accounts[0].id,
                    "category_id": self.categ_parcels.id,
                    "expected": "5.00",
                    "found": "1000.00",
                    "difference": 995,
                }
            ],
        )
        self.assertEqual(
            check.line_ids.action_open_record()["res_model"], "res.partner"
        )

    def test_doctored_rate(self):
        self._doctor(
            "UPDATE club_points_rate SET value = 3 WHERE category_id = %s",
            self.categ_parcels.id,
        )
        self._assert_found({("ledger", "error", False): 21})

    def test_what_changed_since_is_pending(self):
        self._add_revenue(self.accounts[0], 500, "2026-02")
        imported = self._get_import()
        self._doctor(
            "UPDATE club_revenue_import SET imported_on = '2026-04-11' WHERE id = %s",
            imported.id,
        )
        self._assert_found({("ledger", "pending", "import"): 1})
        self._post_run("2026-03")
        self._doctor("UPDATE club_revenue_import SET imported_on = '2026-01-01'")
        self._assert_found({})

    def test_a_late_rate_is_pending(self):
        self._doctor(
            "UPDATE club_points_rate SET value = 3, write_date = '2026-04-11'"
            " WHERE category_id = %s",
            self.categ_parcels.id,
        )
        check = self._assert_found({("ledger", "pending", "rate"): 21})
        self.assertEqual(check.state, "pending")
        self.assertFalse(check.activity_ids)

    def test_a_late_agreement_is_pending(self):
        self._doctor(
            "UPDATE club_agreement SET date_from = '2026-03-01',"
            " write_date = '2026-04-11' WHERE account_id = %s",
            self.accounts[0].id,
        )
        self._assert_found({("ledger", "pending", "agreement"): 1})

    def test_a_late_unit_is_pending(self):
        self._add_revenue(self.accounts[0], 500, "2026-03")
        self._add_revenue(self.accounts[1], 500, "2026-03")
        run = self._create_run("2026-03")
        run.action_compute()
        unit = run.unit_ids.filtered(lambda u: u.unit_id == self.unit)
        self._verify(unit, self.clerk)
        run.action_post()
        self._age()
        self._assert_found({("ledger", "pending", "unit"): 1})

    def test_exceptions_are_no_differences(self):
        category = self.env["product.category"].create({"name": "Unrated"})
        self._add_revenue(self.accounts[0], 500, category=category)
        self._assert_found({})

    # === Ledger === #

    def test_doctored_entry(self):
        entry = self.february.entry_ids[0]
        self._doctor(
            "UPDATE club_points_entry SET points = points + 7 WHERE id = %s", entry.id
        )
        check = self._assert_found(
            {
                ("ledger", "error", False): 1,
                ("seal", "error", False): 1,
                ("run", "error", False): 1,
            }
        )
        runs = check.line_ids.filtered(lambda line: line.kind in ("seal", "run"))
        self.assertEqual(set(runs.mapped("res_id")), {self.february.id})

    def test_resealed_entries_still_show(self):
        self._doctor(
            "UPDATE club_points_entry SET points = points + 7 WHERE id = %s",
            self.february.entry_ids[0].id,
        )
        self._seal_anew()
        self._assert_found({("ledger", "error", False): 1, ("run", "error", False): 1})

    def test_doctored_run_totals(self):
        self._doctor(
            "UPDATE club_points_run SET points = 1, revenue = 2 WHERE id = %s",
            self.march.id,
        )
        check = self._assert_found({("run", "error", False): 1})
        self.assertIn("11 / 1.00 / 2.00", check.line_ids.found)

    def test_an_account_that_the_ledger_let_go_of(self):
        """Entries have no foreign keys: what they name must still be held."""
        self._doctor(
            "DELETE FROM club_points_reference WHERE account_id = %s",
            self.accounts[0].id,
        )
        check = self._assert_found({("reference", "error", False): 2})
        self.assertEqual(check.line_ids.account_id, self.accounts[0])
        self.assertEqual(
            set(check.line_ids.mapped("res_id")), {self.february.id, self.march.id}
        )

    def test_balance_below_zero(self):
        """Nothing explains it but a doctored entry; a credit note's debt is known."""
        self._doctor(
            "INSERT INTO club_points_entry"
            " (run_id, account_id, origin_id, kind, points, date)"
            " VALUES (%s, %s, %s, 'redemption', -9000, '2026-03-31')",
            self.march.id,
            self.accounts[0].id,
            self.accounts[0].id,
        )
        self._doctor(
            "UPDATE club_points_run SET entry_count = entry_count + 1,"
            " points = points - 9000 WHERE id = %s",
            self.march.id,
        )
        self._seal_anew()
        self._assert_found({("balance", "error", False): 1})
        self._doctor(
            "UPDATE club_points_entry SET kind = 'revenue' WHERE kind = 'redemption'"
        )
        check = self._check()
        balance = check.line_ids.filtered(lambda line: line.kind == "balance")
        self.assertEqual(balance.cause, "reversal")

    # === Memberships and mirrors === #

    def _get_membership(self):
        return self.account_a.club_membership_ids.filtered(
            lambda m: m.group_id == self.membership
        )

    def test_overlapping_memberships(self):
        self._doctor(
            "ALTER TABLE club_membership DROP CONSTRAINT IF EXISTS"
            " club_membership_no_overlap"
        )
        self._doctor(
            "INSERT INTO club_membership (account_id, origin_id, group_id, tier_id,"
            " program_id, company_id, date_from, date_to, date_grace, state, origin,"
            " evidence, outcome)"
            " SELECT account_id, origin_id, group_id, tier_id, program_id, company_id,"
            " date_from - 30, date_from + 1, date_from + 1, state, origin,"
            f" {OLD_EVIDENCE}, 'renewed' FROM club_membership WHERE id = %s",
            self._get_membership().id,
        )
        self._assert_found({("overlap", "error", False): 1})

    def test_undecided_evidence_and_dates(self):
        membership = self._get_membership()
        self._doctor(
            "UPDATE club_membership SET evidence = NULL WHERE id = %s", membership.id
        )
        self._assert_found({("evidence", "error", False): 1})
        self._doctor(
            "UPDATE club_membership SET origin = 'opening', date_grace = date_to - 1"
            " WHERE id = %s",
            membership.id,
        )
        self._assert_found({("dates", "error", False): 1})

    def test_terms_undecided_past_their_grace(self):
        membership = self._get_membership()
        self._doctor(
            "UPDATE club_membership SET date_from = '2025-01-01',"
            " date_to = '2025-12-31', date_grace = '2026-01-30',"
            f" evidence = {OLD_EVIDENCE} WHERE id = %s",
            membership.id,
        )
        self.program._refresh_mirrors()
        check = self._assert_found({("undecided", "error", False): 1})
        self.assertEqual(check.line_ids.expected, "2026-01-30")
        self._doctor("UPDATE club_membership SET outcome = 'lapsed'")
        self._assert_found({})

    def test_doctored_mirrors_of_accounts_and_contacts(self):
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.account_a.id}
        )
        self.program._refresh_mirrors()
        self._assert_found({})
        self._doctor(
            "UPDATE res_partner SET club_tier_id = NULL WHERE id = %s", contact.id
        )
        check = self._assert_found({("tier", "error", False): 1})
        self.assertEqual(check.line_ids.res_id, contact.id)
        self.assertEqual(check.line_ids.account_id, self.account_a)
        self.assertFalse(check.line_ids.found)
        self.assertTrue(check.line_ids.expected)
        self._doctor(
            "UPDATE res_partner SET club_grade_id = jsonb_build_object(%s, %s)"
            " WHERE id = %s",
            str(self.company.id),
            self.grade.tier_ids[0].id,
            self.accounts[0].id,
        )
        self._assert_found({("tier", "error", False): 1, ("grade", "error", False): 1})

    def test_mirrors_wait_for_the_daily_job(self):
        membership = self._get_membership()
        self._doctor(
            "UPDATE club_membership SET date_from = '2025-01-01',"
            " date_to = '2026-04-09', date_grace = '2026-04-09', outcome = 'lapsed',"
            f" evidence = {OLD_EVIDENCE} WHERE id = %s",
            membership.id,
        )
        check = self._assert_found({("tier", "pending", "daily"): 1})
        self.assertEqual(check.line_ids.account_id, self.account_a)
        self.program._refresh_mirrors()
        self._assert_found({})

    # === Running it === #

    def test_officers_and_auditors_are_asked_once_for_the_same(self):
        self._doctor(
            "UPDATE club_points_run SET points = 1 WHERE id = %s", self.march.id
        )
        first = self._check()
        asked = first.activity_ids.user_id
        self.assertLessEqual(self.officer | self.auditor, asked)
        self.assertFalse(asked & (self.clerk | self.lead | self.finance))
        self.assertEqual(len(first.activity_ids), len(asked))
        second = self._check()
        self.assertEqual(second.error_count, 1)
        self.assertFalse(second.activity_ids)
        self.assertEqual(first.activity_ids.user_id, asked)
        self._doctor(
            "UPDATE club_points_run SET points = 2 WHERE id = %s", self.march.id
        )
        third = self._check()
        self.assertEqual(third.activity_ids.user_id, asked)
        self.assertFalse(first.activity_ids)
        self._doctor(
            "UPDATE club_points_run SET points = (SELECT sum(points)"
            " FROM club_points_entry WHERE run_id = %s) WHERE id = %s",
            self.march.id,
            self.march.id,
        )
        self.assertEqual(self._check().state, "clean")
        self.assertFalse(third.activity_ids)

    def test_the_nightly_job_checks_every_program(self):
        self.env["club.integrity.check"]._cron_check()
        checked = self.env["club.integrity.check"].search([]).program_id
        self.assertEqual(checked, self.env["club.program"].search([]))
        self.assertFalse(self.env["club.integrity.check"].search([]).user_id)

    def test_old_checks_go(self):
        checks = self.env["club.integrity.check"]
        self.patch(checks.__class__, "_checks_kept", 3)
        for _night in range(5):
            self._check()
        self.assertEqual(checks.search_count([("program_id", "=", self.program.id)]), 3)

    def test_check_now_is_for_officers_and_auditors(self):
        for user in (self.officer, self.auditor):
            action = self.program.with_user(user).action_check_integrity()
            check = self.env[action["res_model"]].browse(action["res_id"])
            self.assertEqual(check.user_id, user)
            self.assertFalse(check.with_user(user).line_ids)
        for user in (self.clerk, self.lead, self.finance, self.manager):
            with self.assertRaises(AccessError):
                self.program.with_user(user).action_check_integrity()
        for user in (self.officer, self.auditor):
            for call in (
                lambda user=user: check.with_user(user).write({"state": "error"}),
                lambda user=user: check.with_user(user).unlink(),
                lambda user=user: check.with_user(user).create({}),
            ):
                with self.assertRaises(AccessError):
                    call()

    def test_another_company_sees_nothing(self):
        self._check()
        other = self._create_club_company("Other Post")
        stranger = self._create_user("auditor", "strange_auditor", other)
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        checks = env["club.integrity.check"]
        self.assertFalse(checks.search([]))
        with self.assertRaises(AccessError):
            self.program.with_env(env).action_check_integrity()

    def test_as_many_queries_for_more_accounts(self):
        self._doctor("UPDATE club_revenue_line SET amount = amount + 1")
        self._check()
        counts = []
        for number in (0, 20):
            names = (f"Berth {index}" for index in range(number))
            self._add_revenue(self._create_accounts(names), 100)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            check = self._check()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(check.error_count + check.pending_count, 21 + number)
            self.env["club.integrity.check"].search([]).sudo().unlink()
            self._check()
        self.assertLess(abs(counts[0] - counts[1]), 5)
