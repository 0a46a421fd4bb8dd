from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ..common import TODAY, ClubCommon, month


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPointsRun(ClubCommon):
    def test_points_are_revenue_times_rate_times_coefficient(self):
        """Rules B1, B2: two factors, each dated."""
        self._create_rate(self.categ_letters, 1.2, factor="coefficient")
        self._add_revenue(self.account_a, 1000, category=self.categ_letters)
        self._add_revenue(self.account_a, 200, category=self.categ_parcels)
        run = self._post_run()
        self.assertEqual(self._get_points(self.account_a), 1000 * 0.5 * 1.2 + 200)
        self.assertRecordValues(
            run.entry_ids.sorted("points"),
            [
                {"points": 200, "revenue": 200, "rate": 1.0, "coefficient": 1.0},
                {"points": 600, "revenue": 1000, "rate": 0.5, "coefficient": 1.2},
            ],
        )
        self.assertEqual(run.entry_ids[0].date, date(2026, 3, 31))

    def test_second_run_posts_nothing(self):
        """Rule B9: running again finds no difference."""
        self._add_revenue(self.account_a, 1000)
        self._post_run()
        again = self._create_run()
        again.action_compute()
        self.assertEqual((again.number, again.entry_count), (2, 0))

    def test_what_another_run_posted_meanwhile_is_computed_again(self):
        """Rule B9: two runs that were computed before either was posted."""
        self._add_revenue(self.account_a, 1000, "2026-02")
        runs = self._create_run("2026-02") + self._create_run("2026-03")
        runs.action_compute()
        for run in runs:
            self._verify_all(run)
        runs[0].action_post()
        with self.assertRaisesRegex(UserError, "no points are posted twice"):
            runs[1].action_post()
        runs[1].action_compute()
        self.assertFalse(runs[1].entry_count)
        self._verify_all(runs[1])
        self.assertEqual(self._get_points(self.account_a), 1000)

    def test_late_invoice_and_credit_note_land_in_the_open_month(self):
        """Rule B9: a correction names the month that it corrects."""
        self._add_revenue(self.account_a, 1000, "2026-02")
        self._post_run("2026-02")
        self._add_revenue(self.account_a, 500, "2026-02")
        self._add_revenue(self.account_a, -1200, "2026-02", self.categ_letters)
        run = self._post_run("2026-03")
        self.assertRecordValues(
            run.entry_ids.sorted("points"),
            [
                {"points": -600, "revenue_month": month("2026-02")},
                {"points": 500, "revenue_month": month("2026-02")},
            ],
        )
        self.assertEqual(set(run.entry_ids.mapped("date")), {date(2026, 3, 31)})
        self.assertEqual(self._get_points(self.account_a), 900)

    def test_rate_corrected_in_the_past_posts_the_difference(self):
        """Rules B2, B9."""
        self._add_revenue(self.account_a, 1000, "2026-02")
        first = self._post_run("2026-02")
        self._create_rate(self.categ_parcels, 0.8)
        second = self._post_run("2026-03")
        self.assertEqual(first.entry_ids.points, 1000)
        self.assertRecordValues(
            second.entry_ids, [{"points": -200, "revenue": 0, "rate": 0.8}]
        )

    def test_rate_that_begins_later_changes_nothing_posted(self):
        """Rule B2: a change never rewrites posted points."""
        self._add_revenue(self.account_a, 1000, "2026-02")
        self._post_run("2026-02")
        self._create_rate(self.categ_parcels, 3.0, "2026-03-01")
        run = self._create_run("2026-03")
        run.action_compute()
        self.assertEqual(run.entry_count, 0)

    def test_late_unit_holds_back_only_its_own_accounts(self):
        """Rule B5."""
        self._add_revenue(self.account_a, 1000)
        self._add_revenue(self.account_b, 700)
        run = self._create_run()
        run.action_compute()
        unit = run.unit_ids.filtered(lambda u: u.unit_id == self.unit)
        self._verify(unit, self.clerk)
        self.assertEqual(run.state, "computed")
        run.action_post()
        self.assertEqual(self._get_points(self.account_a), 1000)
        self.assertEqual(self._get_points(self.account_b), 0)
        later = self._post_run()
        self.assertRecordValues(
            later.entry_ids, [{"account_id": self.account_b.id, "points": 700}]
        )

    def test_what_is_left_out_is_no_part_of_the_units_sums(self):
        """Rule B5: header and units of a posted run say the same."""
        self._add_revenue(self.account_a, 1000)
        self._add_revenue(self.account_b, 700)
        run = self._create_run()
        run.action_compute()
        unit = run.unit_ids.filtered(lambda u: u.unit_id == self.unit)
        self._verify(unit, self.clerk)
        run.action_post()
        self.assertEqual((run.points, sum(run.unit_ids.mapped("points"))), (1000, 1000))
        self.assertEqual(sum(run.unit_ids.mapped("revenue")), run.revenue)
        late = run.unit_ids.filtered(lambda u: u.unit_id == self.other_unit)
        self.assertEqual((late.left_out_count, late.left_out_points), (1, 700))
        self.assertEqual((run.late_units, run.verified_share), ("Hill", 50))

    def test_a_run_says_that_what_it_was_computed_from_has_changed(self):
        """Rule B9: facts, rates, agreements; and nothing else makes it stale."""
        self._add_revenue(self.account_a, 1000)
        self._create_rate(self.categ_letters, 1.2, factor="coefficient")
        unrelated = self._create_account("Far Mills", agreement=False)

        def is_stale(run):
            self.env.invalidate_all()
            return run.is_stale

        changes = {
            "revenue": lambda: self._add_revenue(self.account_a, 1),
            "late revenue": lambda: self._add_revenue(self.account_a, 1, "2025-11"),
            "another account": lambda: self._add_revenue(unrelated, 5),
            "category": lambda: self.env.cr.execute(
                "UPDATE club_revenue_line SET category_id = %s WHERE amount = 1000",
                [self.categ_letters.id],
            ),
            "rate": lambda: self._create_rate(self.categ_parcels, 2, "2026-02-01"),
            "agreement": lambda: self._create_agreement(unrelated, number="AG-9"),
        }
        for name, change in changes.items():
            with self.subTest(change=name):
                run = self._create_run()
                self.assertFalse(is_stale(run))
                run.action_compute()
                self.assertFalse(is_stale(run))
                change()
                self.assertTrue(is_stale(run))
                run.action_compute()
                self.assertFalse(is_stale(run))
                run.action_reset()
        # Beyond its window, after its month, and once it is posted.
        run.action_compute()
        self._verify_all(run)
        for in_month in ("2025-03", "2026-04"):
            self._add_revenue(self.account_a, 10, in_month)
            self.assertFalse(is_stale(run))
        self._add_revenue(self.account_a, 10)
        self.assertTrue(run.unit_ids[:1].with_user(self.clerk).run_is_stale)
        run.action_post()
        self.assertFalse(is_stale(run))

    def test_the_posting_dialog_names_all_that_is_open(self):
        """Rules B3, B9: exceptions and what they hold up, late units, being stale."""
        self._add_revenue(self.account_a, 1000)
        unrated = self.env["product.category"].create({"name": "Unrated"})
        self._add_revenue(self.account_a, 100, category=unrated)
        self.env["club.agreement"].search(
            [("account_id", "=", self.account_b.id)]
        ).date_to = date(2025, 12, 31)
        self._add_revenue(self.account_b, 200)
        run = self._create_run().with_user(self.officer)
        run.action_compute()
        action = run.action_open_posting()
        form = Form(run, view=self.env["ir.ui.view"].browse(action["views"][0][0]))
        # In the sentence with all else that is open, and nowhere else.
        self.assertRegex(
            form.open_points,
            r"To settle: 2 \(.*300.* without points, .* add 200\.00\)\.",
        )
        self.assertEqual(form.late_units, "Quay")
        self.assertFalse(form.is_stale)
        self._add_revenue(self.account_a, 1)
        self.env.invalidate_all()
        self.assertTrue(run.is_stale)

    def test_line_without_category_or_rate_is_an_exception(self):
        """Rule B3: never silence, never 1."""
        unrated = self.env["product.category"].create({"name": "Unrated"})
        self._add_revenue(self.account_a, 100, category=unrated)
        run = self._create_run()
        run.action_compute()
        self.assertRecordValues(
            run.exception_ids,
            [{"reason": "rate", "category_id": unrated.id, "revenue": 100}],
        )
        self.assertFalse(run.entry_count)

    def test_agreement_bounds(self):
        """Rule B4: before, on and after the days of the agreement."""
        agreement = self.account_a.club_agreement_ids
        agreement.write({"date_from": "2026-02-01", "date_to": "2026-02-28"})
        for in_month in ("2026-01", "2026-02", "2026-03"):
            self._add_revenue(self.account_a, 100, in_month)
        run = self._post_run("2026-03")
        self.assertEqual(run.entry_ids.mapped("revenue_month"), [month("2026-02")])
        self.assertEqual(run.exception_ids.mapped("reason"), ["agreement", "agreement"])
        self.assertEqual(run.exception_ids.mapped("points"), [100, 100])

    def test_month_must_be_over_and_open(self):
        with self.assertRaises(ValidationError):
            self._create_run("2026-04")
        self._post_run("2026-03")
        early = self._create_run("2026-02")
        with self.assertRaises(UserError):
            early.action_compute()

    def test_seal_chain(self):
        """Posting seals; 'Verify ledger' names the first broken run."""
        self._add_revenue(self.account_a, 1000, "2026-01")
        first = self._post_run("2026-01")
        second = self._post_run("2026-02")
        self.assertEqual(second.previous_seal, first.seal)
        self.assertFalse(self.program._find_broken_run())
        self.env.cr.execute(
            "ALTER TABLE club_points_entry DISABLE TRIGGER USER;"
            "UPDATE club_points_entry SET points = points + 1 WHERE run_id = %s;"
            "ALTER TABLE club_points_entry ENABLE TRIGGER USER",
            [first.id],
        )
        self.assertEqual(self.program._find_broken_run(), first)

    def test_posting_enrols_at_once(self):
        """Rules A2, A5."""
        self._add_revenue(self.account_a, 49_999.99)
        self._add_revenue(self.account_b, 50_000)
        self._post_run()
        self.assertFalse(self.account_a.club_tier_id)
        self.assertEqual(self.account_b.club_tier_id.code, "vip")
        self.assertEqual(
            self.account_b.club_membership_ids.filtered(
                lambda m: m.group_id == self.membership
            ).date_from,
            TODAY,
        )
