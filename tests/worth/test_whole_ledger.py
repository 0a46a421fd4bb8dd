"""Revenue, bonus, opening points, orders of rewards and groups in any order."""

from contextlib import suppress
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.membership.heads import ALONE
from ..any_order import AnyOrderMixin, examples
from .reward_case import RewardMixin
from .test_bonus import BonusCase

MONTHS = ("2026-01", "2026-02", "2026-03")
PIECES, PRICE = 20, 150
ACCOUNTS, PICKS = st.integers(0, 1), st.integers(0, 9)
EVENTS = st.lists(
    st.one_of(
        st.tuples(
            st.just("book"),
            ACCOUNTS,
            st.sampled_from(MONTHS),
            st.decimals(-2_000, 9_000, places=2),
        ),
        st.tuples(st.just("run"), st.sampled_from(MONTHS)),
        st.tuples(st.just("open"), ACCOUNTS, st.decimals("0.01", 900, places=2)),
        st.tuples(st.just("order"), ACCOUNTS, st.integers(1, 4)),
        st.tuples(st.just("deliver"), PICKS),
        st.tuples(st.just("cancel"), PICKS),
        st.tuples(st.just("return"), PICKS, st.integers(1, 4)),
        st.tuples(st.just("head"), st.sampled_from((None, 0, 1))),
    ),
    min_size=4,
    max_size=14,
)
BY_KIND = """
    SELECT e.account_id, e.kind, sum(e.points)::text
      FROM club_points_entry e JOIN club_points_run r ON r.id = e.run_id
     WHERE r.program_id = %s AND r.state = 'posted'
     GROUP BY 1, 2 HAVING sum(e.points) <> 0
"""


class Book:
    """The plain recomputation."""

    def __init__(self):
        self.revenue = {}  # by account and month
        self.opened = [Decimal(0), Decimal(0)]
        self.held = {}  # pieces of orders, by order
        self.spent = {}
        self.last = MONTHS[0]


@tagged("post_install", "-at_install")
class TestWholeLedger(AnyOrderMixin, RewardMixin, BonusCase):
    """Rules A12, A14, B9, B13, B14: whatever comes together, each kind of points is
    what it says, pieces are where they are, and the integrity check finds nothing.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accounts = [cls.account_a, cls.account_b]
        cls.program.write({"order_limit": 1e11, "thresholds_per": "group"})
        cls.reward = cls._create_reward(PRICE, PIECES)

    @examples(30)
    @given(EVENTS)
    def test_any_order_of_events(self, events):
        self._play_and_undo(events)

    @freeze_time(datetime(2026, 4, 10))
    def _play(self, events):
        book = Book()
        for event, *details in [*events, ("run", MONTHS[-1])]:
            getattr(self, f"_on_{event}")(book, *details)
        self._compare(book)

    # === Events === #

    def _on_book(self, book, account, in_month, amount):
        self._add_revenue(self.accounts[account], amount, in_month)
        key = account, in_month
        book.revenue[key] = book.revenue.get(key, Decimal(0)) + amount

    def _on_run(self, book, in_month):
        if in_month >= book.last:
            self._post_run(in_month)
            book.last = in_month

    def _on_open(self, book, account, points):
        """Append points that were taken on, as the sheet's run does."""
        run = self._create_run(
            book.last,
            kind="opening",
            entry_count=1,
            account_count=1,
            points=float(points),
        )
        self.env.flush_all()
        number = self.accounts[account].id
        self.env.cr.execute(
            "INSERT INTO club_points_entry (run_id, account_id, origin_id, kind,"
            " points, date, valid_until)"
            " VALUES (%s, %s, %s, 'opening', %s, '2026-04-10', '2027-12-31')",
            [run.id, number, number, points],
        )
        self.env.invalidate_all()
        run._post_ledger()
        book.opened[account] += points

    def _on_order(self, book, account, quantity):
        with suppress(UserError), self.env.cr.savepoint():
            order = self._order(self.reward, quantity, account=self.accounts[account])
            book.held[order] = quantity

    def _on_deliver(self, book, pick):
        if book.held:
            order = list(book.held)[pick % len(book.held)]
            # A credit note may have taken its points: then it can't be delivered.
            with suppress(UserError), self.env.cr.savepoint():
                self._deliver(order)
                book.spent[order] = book.held.pop(order)

    def _on_cancel(self, book, pick):
        if book.held:
            order = list(book.held)[pick % len(book.held)]
            order.action_cancel()
            book.held.pop(order)

    def _on_return(self, book, pick, pieces):
        if book.spent:
            order = list(book.spent)[pick % len(book.spent)]
            pieces = min(pieces, book.spent[order])
            order.action_return(pieces * PRICE)
            book.spent[order] -= pieces
            if not book.spent[order]:
                book.spent.pop(order)

    def _on_head(self, book, number):
        self.account_a.club_head_id = self.account_b.club_head_id = False
        if number is not None:
            self.accounts[1 - number].club_head_id = self.accounts[number]

    # === What it comes to === #

    def _compare(self, book):
        self.env.flush_all()
        self.env.cr.execute(BY_KIND, [self.program.id])
        found = {
            (account, kind): Decimal(points)
            for account, kind, points in self.env.cr.fetchall()
        }
        wanted = {}
        for number, account in enumerate(self.accounts):
            own = [
                amount
                for (of, _in_month), amount in book.revenue.items()
                if of == number
            ]
            spent = sum(
                pieces
                for order, pieces in book.spent.items()
                if order.account_id == account
            )
            bonus = sum(
                (amount / 2).quantize(Decimal("0.01"), ROUND_HALF_UP) for amount in own
            )
            wanted |= {
                (account.id, "revenue"): sum(own),
                (account.id, "bonus"): bonus if account == self.account_a else 0,
                (account.id, "opening"): book.opened[number],
                (account.id, "redemption"): -spent * PRICE,
            }
        self.assertEqual(found, {key: value for key, value in wanted.items() if value})
        held, spent = sum(book.held.values()), sum(book.spent.values())
        self.assertEqual(
            self.reward._count_stock()[self.reward.id], (PIECES, held, spent)
        )
        self.assertFalse(self.program._find_broken_run())
        lines = self._check().line_ids
        self.assertFalse(
            [
                (line.kind, line.expected, line.found)
                for line in lines
                if line.severity == "error"
            ]
        )
        self._compare_groups()

    def _compare_groups(self):
        """Each line counts once, whoever is whose branch."""
        accounts = self.account_a | self.account_b
        assessed = self.program._assess(accounts)
        alone = self.program._assess(accounts, grouped_on=ALONE)
        for name in ("points", "revenue"):
            tops = [
                getattr(each.measures, name)
                for (account, _group), each in assessed.items()
                if not each.together or each.together[0] == account
            ]
            self.assertEqual(
                sum(tops), sum(getattr(each.measures, name) for each in alone.values())
            )
