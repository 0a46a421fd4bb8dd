from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from freezegun import freeze_time as freeze
from hypothesis import given
from hypothesis import strategies as st
from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..any_order import AnyOrderMixin, examples
from ..common import TODAY
from ..points.test_rewards import RewardCase

MONTHS = ("2026-01", "2026-02", "2026-03")
EVENTS = st.lists(
    st.one_of(
        st.tuples(
            st.just("book"),
            st.integers(0, 1),
            st.sampled_from(MONTHS),
            st.decimals(-5_000, 9_000, places=2),
        ),
        st.tuples(st.just("run"), st.sampled_from(MONTHS), st.sets(st.integers(0, 1))),
        st.tuples(st.just("multiply"), st.sampled_from((1, 1.25, 2, 3.33))),
    ),
    max_size=10,
)


class BonusCase(RewardCase):
    """Gold multiplies by 1.5; Anchor Mills is Gold, the other account nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold.reward_multiplier = 1.5
        cls._join(cls.account_a, "2025-01-01", "2026-12-31")

    def _get_bonus(self, account=None):
        """Return the posted bonus of an account: ``{month: points}``."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_char(e.revenue_month, 'YYYY-MM'), sum(e.points)"
            "  FROM club_points_entry e JOIN club_points_run r ON r.id = e.run_id"
            " WHERE r.state = 'posted' AND r.program_id = %s AND e.kind = 'bonus'"
            "   AND e.account_id = %s GROUP BY 1",
            [self.program.id, (account or self.account_a).id],
        )
        return {in_month: float(points) for in_month, points in self.env.cr.fetchall()}

    def _check(self):
        return self.env["club.integrity.check"]._run(self.program)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestBonus(BonusCase):
    """Rule B14: the extra of a tier is its own entry, and never counts for the tier."""

    def test_the_extra_is_an_entry_of_its_own(self):
        self._add_revenue(self.account_a, 1_000, "2026-03")
        self._add_revenue(self.account_b, 1_000, "2026-03")
        run = self._post_run("2026-03")
        self.env.flush_all()
        bonus = run.entry_ids.filtered(lambda entry: entry.kind == "bonus")
        self.assertRecordValues(
            bonus,
            [
                {
                    "account_id": self.account_a.id,
                    "points": 500,
                    "revenue": 0,
                    "date": date(2026, 3, 31),
                    "revenue_month": date(2026, 3, 1),
                    "valid_until": self.program._valid_until(date(2026, 3, 1)),
                    "reason": "Bonus of the tier for 2026-03",
                }
            ],
        )
        self.assertEqual(run.points, 2_500)
        self.assertFalse(self.program._find_broken_run())

    def test_never_qualifying_whatever_the_program_says(self):
        kind = self.env.ref("crm_club.club_points_kind_bonus")
        self.program.qualifying_kind_ids += kind
        self.assertNotIn("bonus", self.program._get_qualifying_kinds())

    def test_two_runs_in_a_row_post_nothing(self):
        self._add_revenue(self.account_a, 1_000, "2026-03")
        self._post_run("2026-03")
        again = self._post_run("2026-03")
        self.assertFalse(again.entry_count)
        self.assertEqual(self._get_bonus(), {"2026-03": 500})

    def test_a_credit_note_takes_its_bonus_back(self):
        self._add_revenue(self.account_a, 1_000, "2026-02")
        self._post_run("2026-02")
        self._add_revenue(self.account_a, -400, "2026-02")
        self._post_run("2026-03")
        self.assertEqual(self._get_bonus(), {"2026-02": 300})
        self.assertFalse(self._check().line_ids)

    def test_the_tier_of_the_months_last_day(self):
        self._join(self.account_b, "2025-01-01", "2026-03-30", self.gold)
        other = self._create_account("Joins on the last day")
        self._join(other, "2026-03-31", "2026-12-31", self.gold)
        self._add_revenue(self.account_b, 1_000, "2026-02")
        self._add_revenue(self.account_b, 1_000, "2026-03")
        self._add_revenue(other, 1_000, "2026-03")
        self._post_run("2026-03")
        self.assertEqual(self._get_bonus(self.account_b), {"2026-02": 500})
        self.assertEqual(self._get_bonus(other), {"2026-03": 500})

    def test_a_grade_multiplies_nothing(self):
        grade = self.grade.tier_ids[0]
        grade.reward_multiplier = 3
        self._join(self.account_b, "2025-01-01", "2026-12-31", grade)
        self._add_revenue(self.account_b, 1_000, "2026-03")
        self._post_run("2026-03")
        self.assertFalse(self._get_bonus(self.account_b))

    def test_changing_a_tier_leaves_what_is_posted(self):
        """A posted month goes by what it was multiplied with, corrections too."""
        self._add_revenue(self.account_a, 1_000, "2026-02")
        self._post_run("2026-02")
        self.gold.reward_multiplier = 2
        self._add_revenue(self.account_a, 1_000, "2026-02")
        self._add_revenue(self.account_a, 1_000, "2026-03")
        self._post_run("2026-03")
        self.assertEqual(self._get_bonus(), {"2026-02": 1_000, "2026-03": 1_000})

    def test_months_from_before_are_not_multiplied(self):
        self.gold.reward_multiplier = 1
        self._add_revenue(self.account_a, 1_000, "2026-02")
        self._post_run("2026-02")
        self.gold.reward_multiplier = 2
        self.assertFalse(self._post_run("2026-03").entry_count)

    def test_a_membership_taken_back_takes_its_bonus_back(self):
        self._add_revenue(self.account_a, 1_000, "2026-03")
        self._post_run("2026-03")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE club_membership SET date_to = '2026-03-30',"
            " date_grace = '2026-03-30', write_date = now() AT TIME ZONE 'UTC'"
            " WHERE account_id = %s AND tier_id = %s AND date_from = '2025-01-01'",
            [self.account_a.id, self.gold.id],
        )
        self.env.invalidate_all()
        lines = self._check().line_ids.filtered(lambda line: line.kind == "bonus")
        self.assertRecordValues(
            lines,
            [{"expected": "0.00", "found": "500.00", "account_id": self.account_a.id}],
        )
        self._post_run("2026-03")
        self.assertEqual(self._get_bonus(), {"2026-03": 0})

    def test_a_late_unit_gets_its_bonus_with_its_points(self):
        self._add_revenue(self.account_a, 1_000, "2026-03")
        self._add_revenue(self.account_b, 100, "2026-03")
        run = self._create_run("2026-03")
        run.action_compute()
        for unit in run.unit_ids.filtered(
            lambda unit: unit.unit_id != self.account_a.club_unit_id
        ):
            self._verify(unit, unit._get_clerks()[:1] or self.officer)
        run.action_post()
        self.assertFalse(self._get_bonus())
        self._post_run("2026-03")
        self.assertEqual(self._get_bonus(), {"2026-03": 500})

    def test_a_sample_recomputes_it(self):
        self._add_revenue(self.account_a, 1_000, "2026-03")
        self._post_run("2026-03")
        samples = self.env["club.audit.sample"].with_user(self.auditor)
        sample = samples.create(
            {
                "program_id": self.program.id,
                "kind": "bonus",
                "size_min": 100,
                "percentage": 0,
                "seed": 1,
            }
        )
        sample.action_draw()
        self.assertRecordValues(
            sample.line_ids,
            [{"is_recomputed": True, "expected_points": 500, "difference": 0}],
        )

    def test_less_than_once_and_no_figure_are_refused(self):
        for value in (0.99, 0, -2, 101):
            with (
                self.subTest(value=value),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.gold.reward_multiplier = value
                self.env.flush_all()
            self.env.invalidate_all(flush=False)

    def test_multipliers_of_a_run_are_nobodys_to_write(self):
        run = self._create_run("2026-03").with_user(self.officer)
        with self.assertRaises(AccessError):
            run.write({"reward_multipliers": {str(self.gold.id): 100}})


@tagged("post_install", "-at_install")
class TestBonusProperty(AnyOrderMixin, BonusCase):
    """Rule B14: any order of bookings, runs and changed tiers ends with the bonus that
    the posted points call for.
    """

    @examples(25)
    @given(EVENTS)
    def test_any_order_of_events(self, events):
        self._play_and_undo(events)

    @freeze(datetime(2026, 4, 10))
    def _play(self, events):
        accounts = [self.account_a, self.account_b]
        factors, now, last = {}, 1.5, ""
        for event, *details in [*events, ("run", MONTHS[-1], {0, 1})]:
            if event == "book":
                account, in_month, amount = details
                self._add_revenue(accounts[account], amount, in_month)
            elif event == "multiply":
                now = self.gold.reward_multiplier = details[0]
            elif details[0] >= last:
                run = self._run_units(*details)
                if run:
                    last = details[0]
                    for in_month in MONTHS[: MONTHS.index(last) + 1]:
                        factors.setdefault(in_month, Decimal(str(now)))
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_char(e.revenue_month, 'YYYY-MM'), sum(e.points)::text"
            "  FROM club_points_entry e JOIN club_points_run r ON r.id = e.run_id"
            " WHERE r.state = 'posted' AND r.program_id = %s AND e.kind = 'revenue'"
            "   AND e.account_id = %s GROUP BY 1",
            [self.program.id, self.account_a.id],
        )
        due = {
            in_month: float(
                (Decimal(points) * (factors[in_month] - 1)).quantize(
                    Decimal("0.01"), ROUND_HALF_UP
                )
            )
            for in_month, points in self.env.cr.fetchall()
        }
        found = self._get_bonus()
        self.assertEqual(
            {key: value for key, value in found.items() if value},
            {key: value for key, value in due.items() if value},
        )
        self.assertFalse(self._get_bonus(self.account_b))
        self.assertFalse(self._run_units(MONTHS[-1], {0, 1}).entry_count)
        self.assertFalse(self.program._find_broken_run())

    def _run_units(self, in_month, units):
        run = self._create_run(in_month)
        run.action_compute()
        wanted = {[self.unit, self.other_unit][index].id for index in units}
        for unit in run.unit_ids.filtered(lambda u: u.unit_id.id in wanted):
            self._verify(unit, unit._get_clerks()[:1] or self.officer)
        if run.unit_ids and not any(u.state == "verified" for u in run.unit_ids):
            run.action_reset()
            run.unlink()
            return run.browse()
        run.action_post()
        return run
