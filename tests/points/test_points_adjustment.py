from datetime import date

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY
from .adjustment_case import AdjustmentCase

DEPARTMENTS = ("key_accounts", "office")


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPointsAdjustment(AdjustmentCase):
    """Points given or taken by hand take effect once signed, and once. B6, B10."""

    # === Bands === #

    def test_band_goes_by_the_points_moved(self):
        """Rule C3: given and taken count together, at each bound."""
        low = [{"unit"}, {"key_accounts"}]
        middle = [{"unit"}, {*DEPARTMENTS}]
        high = [{"unit"}, {*DEPARTMENTS}, {"leader"}]
        self.env["club.approval.policy"].search(
            [("document_type", "=", "adjustment")]
        ).add_up = False
        for given, taken, asked in (
            (9_999.99, 0, low),
            (10_000, 0, low),
            (9_000, -1_000, low),
            (10_000.01, 0, middle),
            (9_000, -1_000.01, middle),
            (50_000, 0, middle),
            (50_000.01, 0, high),
            (47_000.01, -3_000, high),
        ):
            points = {self.account_c: given}
            if taken:
                points[self.account_a] = taken
            with self.subTest(given=given, taken=taken):
                adjustment = self._submit(points)
                self.assertEqual(self._get_asked(adjustment), asked)
                self.assertAlmostEqual(adjustment.points_moved, given - taken)
                self.assertAlmostEqual(adjustment.points_total, given + taken)

    def test_splitting_does_not_lower_the_band(self):
        """PEERS 9: documents of one unit add up, those of another don't."""
        first = self._submit({self.account_a: 9_000})
        second = self._submit({self.account_c: 9_000})
        self.assertEqual(self._get_asked(first), [{"unit"}, {"key_accounts"}])
        self.assertEqual(self._get_asked(second), [{"unit"}, {*DEPARTMENTS}])
        request = second.sudo().approval_request_id
        self.assertEqual(request.added_ids, first.sudo().approval_request_id)
        self.other_unit.user_id = self._create_user("lead", "hill_lead")
        other = self._submit({self.account_b: 9_000}, self.officer, unit_id=self.hill)
        self.assertEqual(self._get_asked(other), [{"unit"}, {"key_accounts"}])

    @property
    def hill(self):
        return self.other_unit.id

    # === What it does === #

    def test_last_signature_posts_a_sealed_run(self):
        adjustment = self._submit({self.account_a: -1_000.5, self.account_c: 11_000})
        self._sign(adjustment, "unit", "office")
        self.assertFalse(self._get_entries())
        self.assertEqual(adjustment.approval_state, "waiting")
        self._sign(adjustment, "key_accounts")
        self.assertEqual(adjustment.approval_state, "done")
        run = adjustment.sudo().run_id
        self.assertRecordValues(
            run,
            [
                {
                    "kind": "adjustment",
                    "state": "posted",
                    "month": date(2026, 4, 1),
                    "points": 9_999.5,
                    "entry_count": 2,
                    "account_count": 2,
                    "posted_by_id": self.signers["key_accounts"].id,
                }
            ],
        )
        self.assertRecordValues(
            self._get_entries().sorted("points"),
            [
                {
                    "run_id": run.id,
                    "account_id": account.id,
                    "origin_id": account.id,
                    "unit_id": unit.id,
                    "points": points,
                    "date": TODAY,
                    "valid_until": valid_until,
                    "revenue_month": False,
                    "reason": f"{adjustment.name}: Goodwill for the flood",
                }
                for account, unit, points, valid_until in (
                    (self.account_a, self.unit, -1_000.5, False),
                    (self.account_c, self.below, 11_000, date(2027, 7, 31)),
                )
            ],
        )
        self.assertFalse(self.program._find_broken_run())
        self.assertEqual(self._get_points(self.account_a), 1_999.5)

    def test_is_carried_out_once(self):
        adjustment = self._submit({self.account_a: 500})
        self._sign(adjustment, "unit", "key_accounts")
        request = adjustment.sudo().approval_request_id
        adjustment.sudo()._approval_execute(request)
        with self.assertRaises(UserError):
            adjustment.sudo()._approval_carry_out()
        with self.assertRaises(UserError):
            self._sign(adjustment, "key_accounts")
        self.assertEqual(self._get_points(self.account_a, kind="adjustment"), 500)
        runs = self.env["club.points.run"].search([("kind", "=", "adjustment")])
        self.assertEqual(runs, adjustment.sudo().run_id)

    def test_two_of_one_month_are_two_runs(self):
        for points in (10, -4):
            adjustment = self._submit({self.account_a: points})
            self._sign(adjustment, "unit", "key_accounts")
        runs = self.env["club.points.run"].search(
            [("kind", "=", "adjustment")], order="number"
        )
        self.assertEqual(runs.mapped("number"), [1, 2])
        self.assertEqual(self._get_points(self.account_a, kind="adjustment"), 6)
        self.assertFalse(self.program._find_broken_run())

    def test_opening_needs_no_signature_and_says_so(self):
        adjustment = self._draw_up({self.account_a: 500}).with_user(self.env.user)
        adjustment._set_opening("Taken on with the ledger of 2025")
        self.assertEqual(adjustment.approval_state, "done")
        self.assertEqual(self._get_points(self.account_a, kind="adjustment"), 500)
        self.assertIn("ledger of 2025", adjustment.approval_trail)

    def test_nothing_before_all_have_signed(self):
        draft = self._draw_up({self.account_a: 1})
        waiting = self._submit({self.account_a: 2})
        rejected = self._submit({self.account_a: 3})
        rejected.with_user(self.lead).action_reject("No flood")
        withdrawn = self._submit({self.account_a: 4})
        self._sign(withdrawn, "unit")
        withdrawn.action_withdraw()
        for adjustment in draft + waiting + rejected + withdrawn:
            with self.assertRaises(UserError):
                adjustment.sudo()._approval_carry_out()
        self.assertFalse(self._get_entries())
        rejected.line_ids.points = 30
        rejected.action_submit()
        self._sign(rejected, "unit", "key_accounts")
        self.assertEqual(self._get_points(self.account_a, kind="adjustment"), 30)

    def test_counts_for_the_tier_where_the_program_says_so(self):
        """Rules A5, B10: by default it can be spent, but doesn't count."""
        adjustment = self._submit({self.account_a: 49_000})
        self._sign(adjustment, "unit", *DEPARTMENTS)
        self.assertFalse(self.account_a.club_tier_id)
        self.assertEqual(self.account_a.club_available, 52_000)
        self.program.qualifying_kind_ids |= self.env.ref(
            "crm_club.club_points_kind_adjustment"
        ) | self.env.ref("crm_club.club_points_kind_revenue")
        adjustment = self._submit({self.account_a: 1})
        self._sign(adjustment, "unit", *DEPARTMENTS)
        self.assertEqual(self.account_a.club_tier_id.code, "vip")
        membership = self.account_a.club_membership_ids[0]
        self.assertEqual(membership.date_from, TODAY)
        self.assertEqual(membership.evidence["on"], TODAY.isoformat())

    def test_given_points_expire_and_taken_ones_spend(self):
        """Rule B7."""
        for points in (800, -300):
            adjustment = self._submit({self.account_c: points})
            self._sign(adjustment, "unit", "key_accounts")
        with freeze_time("2027-08-02"):
            run = self._create_run("2027-07", kind="expiry")
            run.action_compute()
            run.action_post()
        self.assertEqual(self._get_points(self.account_c, kind="expiry"), -500)

    def test_statement_shows_it_with_its_reason(self):
        adjustment = self._submit({self.account_a: -250})
        self._sign(adjustment, "unit", "key_accounts")
        statement = self.env["club.points.statement"]._get_statement_data(
            self.account_a, self.program
        )[0]
        line = statement.months[-1].lines[-1]
        self.assertEqual(
            (line.month, line.kind, line.points, line.revenue),
            ("2026-04", "Adjustment", -250, None),
        )
        self.assertEqual(line.remark, f"{adjustment.name}: Goodwill for the flood")
        self.assertEqual((statement.earned, statement.available), (2_750, 2_750))

    # === What is refused === #

    def test_deduction_never_takes_more_than_there_is(self):
        with self.assertRaisesRegex(UserError, "Anchor Mills has 3,000.00 points"):
            self._submit({self.account_a: -3_000.01})
        with self.assertRaises(UserError):
            self._submit({self.account_c: -0.01})
        first = self._submit({self.account_a: -3_000})
        second = self._submit({self.account_a: -1})
        self._sign(first, "unit", "key_accounts")
        self._sign(second, "unit")
        with self.assertRaisesRegex(UserError, "has 0.00 points"):
            self._sign(second, "key_accounts")
        self.assertEqual(self._get_points(self.account_a), 0)

    def test_lines_are_checked(self):
        with self.assertRaises(UserError):
            self._submit({})
        twice = self._draw_up({self.account_a: 5})
        twice.line_ids = [(0, 0, {"account_id": self.account_a.id, "points": 1})]
        with self.assertRaisesRegex(ValidationError, "listed twice"):
            twice.action_submit()
        for points in (0, 0.004):
            with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
                self._draw_up({self.account_a: points}).flush_recordset()

    def test_points_are_kept_with_the_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Liaison", "parent_id": self.account_a.id}
        )
        adjustment = self._draw_up({contact: 5})
        self.assertEqual(adjustment.line_ids.account_id, self.account_a)
        self.account_c.parent_id = self.account_a
        self.account_c.is_company = False
        adjustment = self._draw_up({self.account_b: 5})
        adjustment.line_ids.account_id = self.account_c
        self.assertEqual(adjustment.line_ids.account_id, self.account_a)

    def test_accounts_are_the_units_own_or_below_it(self):
        """Rule E2; a club officer may apply for any."""
        self._submit({self.account_a: 5, self.account_c: 5})
        with self.assertRaisesRegex(UserError, "Beacon Foods isn't looked after"):
            self._submit({self.account_b: 5})
        self._submit({self.account_b: 5}, self.officer)

    def test_account_that_left_the_unit_meanwhile_is_refused(self):
        adjustment = self._submit({self.account_a: 5})
        self._sign(adjustment, "unit")
        self.account_a.club_unit_id = self.other_unit
        with self.assertRaises(UserError):
            self._sign(adjustment, "key_accounts")
        self.assertFalse(self._get_entries())

    def test_applicant_belongs_to_the_unit(self):
        stranger = self._create_user("clerk", "stranger")
        with self.assertRaises(AccessError):
            self._submit({self.account_a: 5}, stranger)
        with self.assertRaises(AccessError):  # clerk of the unit above only
            self._submit({self.account_c: 5}, unit_id=self.below.id)
        self._submit({self.account_a: 5})
        self._submit({self.account_c: 5}, self.lead)
        self.env["crm.team.member"].create(
            {"crm_team_id": self.unit.id, "user_id": stranger.id}
        )
        self._submit({self.account_a: 5}, stranger)

    def test_applicant_never_signs(self):
        """Rule E2: the department signs in the lead's place."""
        adjustment = self._submit({self.account_a: 5}, self.lead)
        with self.assertRaises(AccessError):
            adjustment.with_user(self.lead).action_sign()
        self._sign(adjustment, "key_accounts")
        self.assertEqual(adjustment.approval_state, "done")

    # === Screens === #

    def test_form_proposes_the_users_unit_and_shows_balances(self):
        for user in (self.clerk, self.lead):
            with Form(self.env["club.points.adjustment"].with_user(user)) as form:
                self.assertEqual(form.unit_id, self.unit)
                self.assertEqual(form.date, TODAY)
                form.reason = "Flood"
                with form.line_ids.new() as line:
                    line.account_id = self.account_a
                    line.points = -1_000
                    self.assertEqual((line.balance, line.balance_after), (3_000, 2_000))
            self.assertRegex(form.record.name, r"^ADJ/2026/\d{4}$")

    def test_run_leads_to_its_document(self):
        adjustment = self._submit({self.account_a: 5})
        self._sign(adjustment, "unit", "key_accounts")
        run = adjustment.sudo().run_id.with_user(self.officer)
        action = run.action_open_document()
        self.assertEqual(action["res_id"], adjustment.id)
        own = adjustment.with_user(self.officer)
        self.assertEqual(own.action_open_run()["res_id"], run.id)
        self.assertEqual(own.action_open_entries()["domain"][0][2], run.ids)

    # === Its own kind. Rule B10 === #

    def test_points_are_posted_under_the_kind_that_was_signed(self):
        for kind in ("bonus", "referral", "anniversary", "adjustment"):
            adjustment = self._submit({self.account_a: 5}, kind=kind)
            with self.assertRaises(UserError):
                adjustment.kind = "adjustment" if kind == "bonus" else "bonus"
            self._sign(adjustment, "unit", "key_accounts")
            run = adjustment.sudo().run_id
            self.assertRecordValues(run, [{"kind": "adjustment", "points": 5}])
            self.assertRecordValues(run.entry_ids, [{"kind": kind, "points": 5}])
        kinds = self.program._get_qualifying_kinds()
        self.assertFalse({"bonus", "referral", "anniversary"} & set(kinds))
        self.assertFalse(self.program._find_broken_run())

    def test_a_changed_kind_is_not_what_was_signed(self):
        """A doctored kind is told from the one that was signed."""
        adjustment = self._submit({self.account_a: 5}, kind="bonus")
        contents = adjustment._get_approval_contents()[adjustment.id]
        self.assertEqual(contents["kind"], "bonus")
        plain = self._submit({self.account_a: 5})
        self.assertNotIn("kind", plain._get_approval_contents()[plain.id])

    def test_no_other_kinds_are_adjusted(self):
        for kind in ("revenue", "redemption", "expiry", "attendance"):
            with self.assertRaises(ValidationError):
                self._draw_up({self.account_a: 5}, kind=kind)

    # === Speed === #

    def test_query_count_does_not_grow_with_the_lines(self):
        counts = []
        for number in (20, 20, 40):  # the first fills caches
            accounts = self.env["res.partner"].create(
                [
                    {"name": f"N{i}", "is_company": True, "club_unit_id": self.unit.id}
                    for i in range(number)
                ]
            )
            adjustment = self._draw_up(dict.fromkeys(accounts, 10))
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            adjustment.line_ids.mapped("balance")
            shown = self.env.cr.sql_log_count
            adjustment.action_submit()
            submitted = self.env.cr.sql_log_count
            self._sign(adjustment, "unit")
            before = self.env.cr.sql_log_count
            self._sign(adjustment, "key_accounts")
            done = self.env.cr.sql_log_count
            counts.append((shown - start, submitted - shown, done - before))
            self.assertEqual(len(self._get_entries(accounts[-1])), 1)
        self.assertEqual(counts[1], counts[2])
