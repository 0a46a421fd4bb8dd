import io

import openpyxl

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ...kernel.rounding import round_rising
from ..common import TODAY, ClubCommon

KEPT = (
    "club.membership",
    "club.points.entry",
    "club.points.run",
    "club.points.rate",
    "club.tier",
    "club.requalification.line",
)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestWhatIf(ClubCommon):
    """Other thresholds and rates: who would move (试算). Nothing changes by it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_revenue(cls.account_a, 60_000)
        cls._add_revenue(cls.account_b, 160_000)
        cls._add_revenue(cls.account_b, 40_000, category=cls.categ_letters)
        cls._post_run()

    def _create(self, user=None, **values):
        what_if = self.env["club.what.if"].with_user(user or self.officer)
        return what_if.create({"program_id": self.program.id, **values})

    def _threshold(self, what_if, code, group=None):
        return what_if.tier_line_ids.filtered(
            lambda line: (
                line.group_id == (group or self.membership)
                and line.tier_id.code == code
            )
        )

    def _rate(self, what_if, category):
        return what_if.rate_line_ids.filtered(lambda x: x.category_id == category)

    def _moves(self, what_if):
        return {
            (
                move.account_id.name,
                move.group_id.code,
                move.from_tier_id.code,
                move.to_tier_id.code,
                move.direction,
            )
            for move in what_if.move_ids
        }

    def _count(self, what_if, group, row, column):
        matrix = {m.group: m for m in what_if._get_matrices()}[group.name]
        place = {label: index for index, label in enumerate(matrix.labels)}
        return matrix.counts[place[row]][place[column]]

    # === Prefilled === #

    def test_prefilled_with_what_is_in_force(self):
        what_if = self._create()
        self.assertEqual(len(what_if.tier_line_ids), 8)
        gold = self._threshold(what_if, "gold")
        self.assertEqual((gold.points_from, gold.current_points_from), (150_000,) * 2)
        self.assertEqual((gold.uses_points, gold.uses_revenue), (True, False))
        self.assertEqual(
            {line.category_id.name: line.value for line in what_if.rate_line_ids},
            {"Test Letters": 0.5, "Test Parcels": 1.0},
        )

    def test_windows(self):
        what_if = self._create()
        self.assertEqual(
            (str(what_if.window_from), str(what_if.window_to)),
            ("2026-01-01", "2026-04-10"),
        )
        what_if.preset = "complete"
        self.assertEqual(
            (str(what_if.window_from), str(what_if.window_to)),
            ("2025-01-01", "2025-12-31"),
        )

    def test_twelve_months_are_whole_ones(self):
        self.program.window = "rolling"
        what_if = self._create()
        self.assertEqual(
            (str(what_if.window_from), str(what_if.window_to)),
            ("2025-04-01", "2026-03-31"),
        )
        self._rate(what_if, self.categ_parcels).value = 2
        what_if.action_compute()
        self.assertEqual({move.points_tried for move in what_if.move_ids}, {340_000})

    def test_terms_of_their_own_are_tried_over_a_year(self):
        self.program.window = "membership"
        with freeze_time("2027-02-01"):
            what_if = self._create()
            self._rate(what_if, self.categ_parcels).value = 2
            with self.assertRaises(UserError):
                what_if.action_compute()
            what_if.preset = "complete"
            self._rate(what_if, self.categ_parcels).value = 2
            what_if.action_compute()
        self.assertEqual({move.points_tried for move in what_if.move_ids}, {340_000})

    def test_present_rules_move_nobody(self):
        what_if = self._create()
        what_if.action_compute()
        self.assertFalse(what_if.move_ids)
        self.assertEqual(self._count(what_if, self.membership, "Gold", "Gold"), 1)

    # === Thresholds === #

    def test_higher_thresholds_move_accounts_down(self):
        what_if = self._create()
        self._threshold(what_if, "vip").points_from = 70_000
        self._threshold(what_if, "gold").points_from = 200_000
        what_if.action_compute()
        self.assertEqual(
            self._moves(what_if),
            {
                ("Anchor Mills", "membership", "vip", False, "out"),
                ("Beacon Foods", "membership", "gold", "vip", "down"),
            },
        )
        self.assertEqual(what_if.move_count, 2)
        self.assertEqual(self._count(what_if, self.membership, "Gold", "Vip"), 1)
        self.assertEqual(self._count(what_if, self.membership, "Vip", "No tier"), 1)
        self.assertEqual(self._count(what_if, self.membership, "Gold", "Gold"), 0)
        self.assertIn("Gold", what_if.result_html)

    def test_lower_thresholds_move_accounts_up(self):
        what_if = self._create()
        self._threshold(what_if, "vip").points_from = 10_000
        self._threshold(what_if, "gold").points_from = 60_000
        self._threshold(what_if, "gold", self.grade).revenue_from = 200_000
        what_if.action_compute()
        self.assertEqual(
            self._moves(what_if),
            {
                ("Anchor Mills", "membership", "vip", "gold", "up"),
                ("Beacon Foods", "grade", "vip", "gold", "up"),
            },
        )

    def test_thresholds_that_do_not_rise_are_refused_in_one_sentence(self):
        what_if = self._create()
        self._threshold(what_if, "gold").points_from = 50_000
        with self.assertRaisesRegex(
            ValidationError, r"^Points Tried of Gold must be above those of Vip: .*\.$"
        ):
            what_if.action_compute()

    def test_a_class_holds_its_floor(self):
        """Rule A4: what a class grants is no matter of thresholds."""
        platinum = self.membership.tier_ids.filtered(lambda t: t.code == "platinum")
        account_class = self.env["club.account.class"].create(
            {
                "name": "Provincial",
                "code": "test_provincial",
                "floor_ids": [
                    (0, 0, {"group_id": self.membership.id, "tier_id": platinum.id})
                ],
            }
        )
        self.env["club.account.classification"].create(
            {
                "account_id": self.account_a.id,
                "class_id": account_class.id,
                "company_id": self.company.id,
                "date_from": "2026-01-01",
                "reason": "Seat of the province",
            }
        )._set_opening("Test")
        what_if = self._create()
        for code, bound in (("vip", 90_000), ("gold", 180_000)):
            self._threshold(what_if, code).points_from = bound
        what_if.action_compute()
        self.assertFalse(
            what_if.move_ids.filtered(lambda m: m.account_id == self.account_a)
        )

    # === Rates === #

    def test_doubled_rates_double_the_points_under_agreements(self):
        outsider = self._create_account("Outsider", agreement=False)
        self._add_revenue(outsider, 90_000)
        what_if = self._create()
        for line in what_if.rate_line_ids:
            line.value *= 2
        what_if.action_compute()
        points = {
            move.account_id: (move.points_now, move.points_tried)
            for move in what_if.move_ids
        }
        self.assertEqual(
            points, {self.account_b: (180_000, 360_000)}, "the outsider earns nothing"
        )
        self.assertEqual(
            self._moves(what_if),
            {("Beacon Foods", "membership", "gold", "platinum", "up")},
        )
        self.assertTrue(what_if.from_facts)
        self.assertAlmostEqual(what_if.tried_rate, 2 * what_if.average_rate)

    def test_revenue_that_is_not_posted_yet_moves_nobody(self):
        """With other rates both sides count facts, so that only the rules differ."""
        self._add_revenue(self.account_a, 100_000)
        what_if = self._create()
        self._rate(what_if, self.categ_letters).value = 0.55
        what_if.action_compute()
        self.assertFalse(what_if.move_ids)

    def test_a_category_without_a_rate_can_be_tried(self):
        """Rule B3: what earns nothing for want of a rate."""
        unrated = self.env["product.category"].create({"name": "Test Unrated"})
        self._add_revenue(self.account_a, 200_000, category=unrated)
        what_if = self._create()
        what_if.rate_line_ids = [(0, 0, {"category_id": unrated.id, "value": 1.0})]
        self.assertFalse(self._rate(what_if, unrated).is_rated)
        what_if.action_compute()
        self.assertEqual(
            self._moves(what_if),
            {("Anchor Mills", "membership", "vip", "gold", "up")},
        )

    # === Average rate === #

    def test_average_rate_and_scaled_thresholds(self):
        """(60,000 + 160,000 + 20,000) points of 260,000 revenue."""
        what_if = self._create()
        average = 240_000 / 260_000
        self.assertAlmostEqual(what_if.average_rate, average, 4)
        self.assertEqual(what_if.covered_share, 1)
        self.assertEqual(what_if.presumed_rate, 0.3)
        self.assertAlmostEqual(what_if.scale_factor, average / 0.3, 3)
        what_if.action_scale()
        lines = what_if.tier_line_ids.filtered("uses_points").sorted("points_from")
        self.assertEqual(
            lines.mapped("points_from"), [154_000, 462_000, 923_000, 4_620_000]
        )
        self.assertEqual(
            self._threshold(what_if, "vip", self.grade).revenue_from, 100_000
        )

    def test_revenue_outside_agreements_lowers_the_average(self):
        outsider = self._create_account("Outsider", agreement=False)
        self._add_revenue(outsider, 260_000)
        what_if = self._create()
        self.assertAlmostEqual(what_if.average_rate, 240_000 / 520_000, 4)
        self.assertAlmostEqual(what_if.covered_share, 0.5, 4)

    def test_scaling_needs_points(self):
        what_if = self._create(preset="complete")
        self.assertEqual(what_if.average_rate, 0)
        with self.assertRaises(UserError):
            what_if.action_scale()

    def test_rounded_bounds_rise(self):
        self.assertEqual(round_rising([69_541, 208_623]), [69_500, 209_000])
        self.assertEqual(round_rising([10_120, 10_124]), [10_120, 10_124])
        self.assertEqual(round_rising([]), [])

    # === What it leaves alone === #

    def test_nothing_of_the_clubs_own_changes(self):
        def state():
            self.env.flush_all()
            self.env.invalidate_all()
            accounts = self.account_a + self.account_b
            return (
                [self.env[name].search_count([]) for name in KEPT],
                [(x.club_tier_id.id, x.club_grade_id.id) for x in accounts],
                self.membership.tier_ids.mapped("points_from"),
                self.env["club.points.rate"].search([]).mapped("value"),
            )

        before = state()
        what_if = self._create()
        self._threshold(what_if, "gold").points_from = 200_000
        self._rate(what_if, self.categ_parcels).value = 3
        what_if.action_compute()
        self.assertTrue(what_if.move_ids)
        self.assertEqual(state(), before)

    def test_computing_again_replaces_the_moves(self):
        what_if = self._create()
        self._threshold(what_if, "gold").points_from = 200_000
        what_if.action_compute()
        what_if.action_compute()
        self.assertEqual(len(what_if.move_ids), 1)
        self.assertFalse(what_if.is_stale)
        self._threshold(what_if, "gold").points_from = 150_000
        self.assertTrue(what_if.is_stale)
        what_if.action_compute()
        self.assertFalse(what_if.move_ids)

    def test_number_of_queries_does_not_depend_on_the_accounts(self):
        def count():
            what_if = self._create()
            self._threshold(what_if, "vip").points_from = 60_001
            self._rate(what_if, self.categ_letters).value = 0.6
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            what_if.action_compute()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before, what_if.move_count

        queries = []
        for _batch in range(3):
            self._add_revenue(self._create_accounts(["Account"] * 20), 60_000)
            queries.append(count())
        self.assertEqual([moves for _count, moves in queries], [21, 41, 61])
        self.assertEqual(queries[1][0], queries[2][0])

    # === Screen and sheet === #

    def test_form(self):
        with Form(self.env["club.what.if"].with_user(self.finance)) as form:
            form.program_id = self.program
            self.assertEqual(len(form.tier_line_ids), 8)
            index = next(
                number
                for number, line in enumerate(form.tier_line_ids._records)
                if line["uses_points"] and line["points_from"] == 150_000
            )
            with form.tier_line_ids.edit(index) as line:
                line.points_from = 200_000
        what_if = form.record
        what_if.action_compute()
        self.assertEqual(len(what_if.move_ids), 1)

    def test_sheet(self):
        what_if = self._create()
        self._threshold(what_if, "gold").points_from = 200_000
        what_if.action_compute()
        content = self.env["club.xlsx.what.if"].with_user(self.officer)._build(what_if)
        book = openpyxl.load_workbook(io.BytesIO(content))
        moves, matrices, rules = book.worksheets
        self.assertEqual(
            [cell.value for cell in moves[2]],
            [
                "Beacon Foods",
                "C-B",
                "Membership",
                "Gold",
                "Vip",
                180_000,
                180_000,
                200_000,
            ],
        )
        found = {row[0]: row[1:] for row in matrices.iter_rows(values_only=True)}
        self.assertEqual(found["Gold"][:3], (0, 1, 0))
        self.assertIn(
            ("Membership", "Gold", 150_000, 200_000, None, None),
            list(rules.iter_rows(values_only=True)),
        )

    # === Access === #

    def test_for_officers_and_finance_only_and_one_s_own(self):
        own = self._create(self.finance)
        own.action_compute()
        for user in (self.manager, self.clerk, self.lead, self.auditor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._create(user)
        with self.assertRaises(AccessError):
            own.with_user(self.officer).action_compute()
        what_ifs = self.env["club.what.if"].with_user(self.officer)
        self.assertFalse(what_ifs.search([("id", "=", own.id)]))
        with self.assertRaises(AccessError):
            own.tier_line_ids[0].with_user(self.officer).points_from = 1

    def test_another_companys_program_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        program = self.env["club.program"].create(
            {"name": "Other club", "company_id": other.id}
        )
        with self.assertRaises(AccessError):
            self._create(self.officer, program_id=program.id).action_compute()
