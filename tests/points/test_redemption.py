from datetime import date

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY
from .redemption_case import EARLY, LATE, RedemptionCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRedemption(RedemptionCase):
    """Points are held, taken and given back, the oldest first. Rules B7, B13."""

    # === Reserving === #

    def test_reserving_holds_without_posting(self):
        redemption = self._reserve(300)
        self.assertRecordValues(
            redemption,
            [
                {
                    "state": "reserved",
                    "unit_id": self.unit.id,
                    "reserved_by_id": self.officer.id,
                    "reserved_on": TODAY,
                    "available": 1_100,
                }
            ],
        )
        self.assertRegex(redemption.name, r"^RED/\d{4}/\d{4,}$")
        self.assertEqual(self._get_points(self.account_a), 1_400)
        self.assertEqual(self._get_lots(), {EARLY: 700, LATE: 400})
        self.assertFalse(redemption.sudo().run_ids)

    def test_exactly_the_balance_and_a_cent_more(self):
        with self.assertRaisesRegex(UserError, "1,400.00 points to spend"):
            self._reserve(1_400.01)
        self._reserve(1_400)
        self.assertEqual(self._get_available(), 0)
        with self.assertRaises(UserError):
            self._reserve(0.01)

    def test_two_in_a_row_spend_no_point_twice(self):
        """PEERS 10: two documents that spend the same points."""
        first, second = self._draw_up(1_400), self._draw_up(1_400)
        first.action_reserve()
        with self.assertRaises(UserError):
            second.action_reserve()
        self.assertEqual((first.state, second.state), ("reserved", "draft"))
        first.action_debit()
        with self.assertRaises(UserError):
            second.action_reserve()
        self.assertEqual(self._get_points(self.account_a), 0)

    def test_both_at_once_in_one_call(self):
        both = self._draw_up(1_000) | self._draw_up(1_000)
        with self.assertRaises(UserError):
            both.action_reserve()
        self.env.invalidate_all()
        self.assertEqual(both.mapped("state"), ["draft", "draft"])

    def test_nothing_less_and_nothing_that_is_no_figure(self):
        for points in (0.004, 1e15, float("nan"), float("inf"), "x"):
            with self.subTest(points=points), self.assertRaises(ValidationError):
                self._draw_up(points)
        for points in (0, -5):
            with (
                mute_logger("odoo.sql_db"),
                self.subTest(points=points),
                self.assertRaises(CheckViolation),
            ):
                self._draw_up(points)
        self.env.invalidate_all()
        self.assertEqual(self._get_available(), 1_400)

    def test_a_contacts_points_are_its_companys(self):
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.account_a.id}
        )
        redemption = self._reserve(10, account=contact)
        self.assertEqual(redemption.account_id, self.account_a)

    # === Debiting === #

    def test_debit_takes_the_oldest_and_names_the_lots(self):
        redemption = self._debit(1_100)
        self.assertEqual(
            self._get_redeemed(redemption), [(EARLY, -1_000), (LATE, -100)]
        )
        self.assertEqual(self._get_lots(), {LATE: 300})
        run = redemption.sudo().run_ids
        self.assertRecordValues(
            run,
            [
                {
                    "kind": "redemption",
                    "state": "posted",
                    "points": -1_100,
                    "entry_count": 2,
                    "account_count": 1,
                    "posted_by_id": self.officer.id,
                }
            ],
        )
        entry = run.entry_ids[0]
        self.assertEqual(entry.reason, f"{redemption.name}: Tea set")
        self.assertEqual((entry.kind, entry.unit_id), ("redemption", self.unit))
        self.assertFalse(self.program._find_broken_run())

    def test_the_next_takes_up_where_the_last_ended(self):
        self._debit(999)
        second = self._debit(2)
        self.assertEqual(self._get_redeemed(second), [(EARLY, -1), (LATE, -1)])

    def test_each_step_once_and_in_order(self):
        redemption = self._draw_up(100)
        for act in (redemption.action_debit, redemption.action_return):
            with self.assertRaises(UserError):
                act()
        redemption.action_reserve()
        for act in (redemption.action_reserve, redemption.action_return):
            with self.assertRaises(UserError):
                act()
        redemption.action_debit()
        for act in (
            redemption.action_reserve,
            redemption.action_debit,
            redemption.action_cancel,
        ):
            with self.assertRaises(UserError):
                act()
        self.assertEqual(self._get_points(self.account_a), 1_300)

    def test_no_debit_below_zero_after_a_correction(self):
        """A credit note came between reserving and delivery."""
        redemption = self._reserve(1_400)
        self._add_revenue(self.account_a, -500, "2026-02")
        self._post_run("2026-03")
        with self.assertRaisesRegex(UserError, "only 900.00 points left"):
            redemption.action_debit()
        redemption.action_cancel()
        self.assertEqual(self._get_available(), 900)
        self._debit(900)
        self.assertEqual(self._get_points(self.account_a), 0)

    def test_spending_never_demotes(self):
        """What counts for the tier stays, even if a program says otherwise."""
        kind = self.env.ref("crm_club.club_points_kind_redemption")
        self.program.qualifying_kind_ids |= kind
        redemption = self._debit(1_400)
        redemption.action_return(400)
        found = self.program._assess(self.account_a, TODAY)
        figures = found[self.account_a.id, self.membership.id]
        self.assertEqual(float(figures.measures.points), 1_400)

    # === Cancelling === #

    def test_cancelling_frees_the_points(self):
        redemption = self._reserve(1_400)
        redemption.action_cancel()
        self.assertRecordValues(
            redemption,
            [{"state": "cancelled", "cancelled_by_id": self.officer.id}],
        )
        self.assertEqual(self._get_lots(), {EARLY: 1_000, LATE: 400})
        self._reserve(1_400)
        for act in (redemption.action_reserve, redemption.action_debit):
            with self.assertRaises(UserError):
                act()

    # === Returning === #

    def test_returned_points_keep_their_old_expiry(self):
        redemption = self._debit(1_100)
        redemption.action_return()
        self.assertEqual(
            self._get_redeemed(redemption),
            [(EARLY, -1_000), (LATE, -100), (EARLY, 1_000), (LATE, 100)],
        )
        self.assertRecordValues(
            redemption, [{"state": "returned", "points_returned": 1_100}]
        )
        self.assertEqual(self._get_lots(), {EARLY: 1_000, LATE: 400})
        self.assertFalse(self.program._find_broken_run())

    def test_in_parts_and_never_more_than_was_debited(self):
        redemption = self._debit(1_100)
        redemption.action_return(150.5)
        self.assertRecordValues(
            redemption, [{"state": "debited", "points_returned": 150.5}]
        )
        # As if less had been redeemed: what was taken last comes back first.
        self.assertEqual(self._get_lots(), {EARLY: 50.5, LATE: 400})
        for points in (949.51, 0, -1, "x", float("nan"), True, 0.001):
            with self.subTest(points=points), self.assertRaises(UserError):
                redemption.action_return(points)
        redemption.action_return(949.5)
        self.assertEqual(redemption.state, "returned")
        with self.assertRaises(UserError):
            redemption.action_return(0.01)
        self.assertEqual(self._get_points(self.account_a), 1_400)
        self.assertEqual(self._get_lots(), {EARLY: 1_000, LATE: 400})
        self.assertFalse(self.program._find_broken_run())

    def test_the_form_returns_what_it_says(self):
        redemption = self._debit(100)
        redemption.points_to_return = 30
        redemption.action_return_part()
        self.assertRecordValues(
            redemption, [{"points_returned": 30, "points_to_return": 0}]
        )

    def test_the_first_of_two_returned_goes_back_to_its_own_lot(self):
        first = self._debit(1_000)
        self._debit(400)
        first.action_return()
        self.assertEqual(self._get_lots(), {EARLY: 1_000})
        self.assertEqual(self._expire("2027-04", "2027-05-01").points, -1_000)
        self.assertEqual(self._get_points(self.account_a), 0)

    # === Accounts === #

    def test_merged_accounts_keep_what_is_reserved(self):
        first = self._reserve(300)
        target = self._create_account("Anchor", club_unit_id=self.unit.id)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.account_a | target).ids, target)
        self.env.invalidate_all()
        self.assertEqual(first.account_id, target)
        self.assertEqual(self._get_available(target), 1_100)
        first.action_debit()
        first.action_return()
        self.assertEqual(self._get_lots(target), {EARLY: 1_000, LATE: 400})
        self.assertFalse(self.program._find_broken_run())

    def test_another_companys_points_are_not_spent(self):
        """The balance of one program pays nothing in another."""
        other, program = self._create_other_program()
        redemption = self.env["club.redemption"].create(
            {
                "program_id": program.id,
                "account_id": self.account_a.id,
                "points": 1,
                "reason": "Test",
            }
        )
        with self.assertRaises(UserError):
            redemption.action_reserve()
        self.assertEqual(redemption.company_id, other)
        for user in (self.officer, self.manager, self.auditor):
            with self.assertRaises(AccessError):
                redemption.with_user(user).action_reserve()

    # === Who may === #

    def test_who_reserves_and_who_debits(self):
        """Rule E2: the account's manager reserves, the unit's lead delivers."""
        for user in (self.clerk, self.finance, self.auditor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._draw_up(10, user)
        for user in (self.manager, self.lead, self.officer):
            self._reserve(10, user)
        redemption = self._reserve(10, self.manager)
        with self.assertRaises(AccessError):
            redemption.action_debit()
        redemption.with_user(self.lead).action_debit()
        for user in (self.manager, self.finance, self.auditor, self.clerk):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                redemption.with_user(user).action_return()
        redemption.with_user(self.lead).action_return()
        self.assertEqual(redemption.sudo().run_ids.posted_by_id, self.lead)
        # Hill's account is not the lead's.
        with self.assertRaises(AccessError):
            self._draw_up(10, self.lead, self.account_b)

    # === Output === #

    def test_the_statement_tells_redeemed_and_returned(self):
        redemption = self._debit(1_100)
        redemption.action_return(150)
        self._reserve(20)
        statement = self.env["club.points.statement"]._get_statement_data(
            self.account_a, self.program, date(2026, 1, 1), TODAY
        )[0]
        self.assertEqual(
            (statement.earned, statement.spent, statement.closing), (1_400, 950, 450)
        )
        self.assertEqual((statement.reserved, statement.available), (20, 430))
        lines = [line for month in statement.months for line in month.lines]
        redeemed = [line for line in lines if line.kind == "Redemption"]
        self.assertEqual(
            [(line.points, line.valid_until) for line in redeemed],
            [(-1_000, EARLY), (-100, LATE), (50, EARLY), (100, LATE)],
        )
        self.assertIn(redemption.name, redeemed[0].remark)
        self.assertIn("returned", redeemed[-1].remark)
        # What is reserved no longer expires.
        self.assertEqual((statement.expires_on, statement.expiring), (EARLY, 30))

    def test_one_costs_the_same_with_many_lots_and_runs(self):
        """The measured numbers: 2 lots, then after 40 more runs."""
        self._debit(1)  # caches

        def count(act):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            act()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        def measure():
            redemption = self._draw_up(1)
            return [
                count(redemption.action_reserve),
                count(redemption.action_debit),
                count(redemption.action_return),
            ]

        few = measure()
        for _number in range(20):
            self._debit(1)
        self.assertEqual(measure(), few)
        self.assertLessEqual(few, [20, 45, 45])
