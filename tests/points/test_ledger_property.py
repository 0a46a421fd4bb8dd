"""Any order of events ends with posted = rounded facts × rates, and a whole chain."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from ...models.membership.heads import ALONE
from ..any_order import AnyOrderMixin, examples
from ..common import ClubCommon, month

MONTHS = ("2026-01", "2026-02", "2026-03")
EVENTS = st.lists(
    st.one_of(
        st.tuples(
            st.just("book"),
            st.integers(0, 1),
            st.sampled_from(MONTHS),
            st.integers(0, 1),
            st.decimals(-50_000, 90_000, places=2),
        ),
        st.tuples(
            st.just("rate"),
            st.integers(0, 1),
            st.sampled_from(("0.3", "0.333333", "1", "1.25", "0")),
        ),
        st.tuples(st.just("coefficient"), st.sampled_from(("1", "1.5", "0.8"))),
        st.tuples(st.just("run"), st.sets(st.integers(0, 1))),
        st.tuples(st.just("repeat")),
        st.tuples(st.just("next")),
        st.tuples(st.just("head"), st.sampled_from((None, 0, 1))),
    ),
    max_size=14,
)


@tagged("post_install", "-at_install")
class TestLedgerProperty(AnyOrderMixin, ClubCommon):
    """Rules B1, B2, B5, B9: the difference posting corrects itself; groups of accounts
    change nothing of it, and each revenue line counts once in them (Rule A12).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accounts = [cls.account_a, cls.account_b]
        cls.categories = [cls.categ_letters, cls.categ_parcels]
        cls._create_rate(cls.categ_letters, 1, factor="coefficient")

    @examples(40)
    @given(EVENTS)
    def test_any_order_of_events(self, events):
        self._play_and_undo(events)

    def _play(self, events):
        self.program.thresholds_per = "group"
        open_month = 0
        rates, coefficient = ["0.5", "1"], "1"  # of letters and parcels; of letters
        for event, *details in [*events, ("run", {0, 1})]:
            if event == "book":
                account, in_month, category, amount = details
                self._add_revenue(
                    self.accounts[account], amount, in_month, self.categories[category]
                )
            elif event == "rate":
                number = details[0]
                rates[number] = details[1]
                self._create_rate(self.categories[number], float(rates[number]))
            elif event == "coefficient":
                coefficient = details[0]
                self._create_rate(
                    self.categ_letters, float(coefficient), factor="coefficient"
                )
            elif event == "next":
                open_month = min(open_month + 1, len(MONTHS) - 1)
            elif event == "head":
                self._set_head(details[0])
            elif event == "run":
                self._run(MONTHS[open_month], details[0])
            elif event == "repeat":
                self._run(MONTHS[open_month], {0, 1})
                repeated = self._run(MONTHS[open_month], {0, 1})
                self.assertFalse(repeated.entry_count)
        factors = dict(zip(self.categories, map(Decimal, rates), strict=True))
        factors[self.categ_letters] *= Decimal(coefficient)
        self._check(MONTHS[: open_month + 1], factors)
        self._check_groups()

    @freeze_time(datetime(2026, 4, 10))
    def _set_head(self, number):
        """Let one of the two accounts be the other's branch, or neither."""
        self.account_a.club_head_id = self.account_b.club_head_id = False
        if number is not None:
            self.accounts[1 - number].club_head_id = self.accounts[number]
            self._sign_head(self.accounts[1 - number])

    @freeze_time(datetime(2026, 4, 10))
    def _check_groups(self):
        """Each line counts once, and what was decided is what its evidence says."""
        assessed = self.program._assess(self.account_a | self.account_b)
        alone = self.program._assess(self.account_a | self.account_b, grouped_on=ALONE)
        for name in ("points", "revenue"):
            tops = [
                getattr(found.measures, name)
                for (account, _group), found in assessed.items()
                if not found.together or found.together[0] == account
            ]
            self.assertEqual(
                sum(tops),
                sum(getattr(found.measures, name) for found in alone.values()),
            )
        lines = self.env["club.integrity.check"]._run(self.program).line_ids
        self.assertFalse(
            lines.filtered(lambda line: line.kind in ("group", "head", "measured"))
        )

    @freeze_time(datetime(2026, 4, 10))
    def _run(self, in_month, units):
        run = self._create_run(in_month)
        run.action_compute()
        wanted = {[self.unit, self.other_unit][index].id for index in units}
        self._verify(run.unit_ids.filtered(lambda u: u.unit_id.id in wanted))
        if run.unit_ids and not any(u.state == "verified" for u in run.unit_ids):
            run.action_reset()
            run.unlink()
            return run
        run.action_post()
        return run

    def _check(self, months, factors):
        """Compare the ledger with a plain recomputation, key by key."""
        self.env.flush_all()
        expected = {}
        for line in self.env["club.revenue.line"].search(
            [("account_id", "in", [a.id for a in self.accounts])]
        ):
            key = (line.account_id.id, line.month, line.category_id.id)
            expected[key] = expected.get(key, Decimal(0)) + Decimal(str(line.amount))
        factors = {category.id: factor for category, factor in factors.items()}
        self.env.cr.execute(
            "SELECT e.account_id, e.revenue_month, e.category_id, sum(e.points)::text"
            " FROM club_points_entry e JOIN club_points_run r ON r.id = e.run_id"
            " WHERE r.program_id = %s AND r.state = 'posted' GROUP BY 1, 2, 3",
            [self.program.id],
        )
        posted = {
            key: Decimal(points)
            for *key, points in self.env.cr.fetchall()
            for key in [tuple(key)]
        }
        due = {
            key: (revenue * factors[key[2]]).quantize(Decimal("0.01"), ROUND_HALF_UP)
            for key, revenue in expected.items()
            if key[1] in {month(text) for text in months}
        }
        keys = set(posted) | set(due)
        self.assertEqual(
            {key: posted.get(key, Decimal(0)) for key in keys},
            {key: due.get(key, Decimal(0)) for key in keys},
        )
        self.assertFalse(self.program._find_broken_run())
        self.assertTrue(all(key[1] <= date(2026, 3, 1) for key in posted))
