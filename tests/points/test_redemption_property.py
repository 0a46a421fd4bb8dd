"""Any history of points ends as a plain recomputation, lot by lot, says."""

from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...kernel.windows import add_months, month_end
from ..common import ClubCommon
from .redemption_case import RedemptionMixin

START = date(2026, 1, 10)
AMOUNTS = st.decimals("0.01", 900, places=2)
PICKS = st.integers(0, 9)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("earn"), st.integers(0, 3), AMOUNTS),
        st.tuples(st.just("reserve"), AMOUNTS),
        st.tuples(st.just("debit"), PICKS),
        st.tuples(st.just("cancel"), PICKS),
        st.tuples(st.just("return"), PICKS, st.decimals("0.01", 1, places=2)),
        st.tuples(st.just("expire")),
        st.tuples(st.just("wait"), st.integers(1, 70)),
    ),
    min_size=5,
    max_size=25,
)


class Book:
    """The plain recomputation: what is free of each lot, and what documents hold."""

    def __init__(self):
        self.today = START
        self.free = {}
        self.held = {}  # document: {last day: points}
        self.spent = {}

    def reserve(self, document, points):
        """Tell whether there is enough; if so hold the oldest."""
        valid = sorted(day for day in self.free if day >= self.today)
        if sum(self.free[day] for day in valid) < points:
            return False
        self.held[document] = {}
        for day in valid:
            part = min(points, self.free[day])
            if part:
                self.free[day] -= part
                self.held[document][day] = part
                points -= part
        return True

    def give_back(self, lots, points):
        for day in sorted(lots, reverse=True):
            part = min(points, lots[day])
            lots[day] -= part
            self.free[day] += part
            points -= part

    def expire(self, end):
        for day in self.free:
            if day <= end:
                self.free[day] = Decimal(0)

    def get_balance(self):
        held = sum(sum(lots.values()) for lots in self.held.values())
        return sum(self.free.values()) + held


@tagged("post_install", "-at_install")
class TestRedemptionProperty(RedemptionMixin, ClubCommon):
    """Rules B7, B13: never below zero, and the lots come to the balance."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Nothing is signed here: lots and balances are looked at.
        cls.program.write(
            {"life_months": 3, "redemption_months": 1, "order_limit": 1e11}
        )

    @settings(
        max_examples=120,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(EVENTS)
    def test_any_history(self, events):
        savepoint = self.env.cr.savepoint()
        try:
            with patch.object(type(self.env["club.program"]), "_review"):
                self._play(events)
        finally:
            savepoint.rollback()
            self.env.invalidate_all(flush=False)

    def _play(self, events):
        book = Book()
        for event, *details in [*events, ("wait", 1)]:
            with freeze_time(book.today):
                getattr(self, f"_on_{event}")(book, *details)
            with freeze_time(book.today):
                self._compare(book)
        self.assertFalse(self.program._find_broken_run())

    def _compare(self, book):
        self.assertEqual(
            self._get_lots(),
            {day: float(points) for day, points in sorted(book.free.items()) if points},
        )
        valid = sum(points for day, points in book.free.items() if day >= book.today)
        self.assertEqual(self._get_available(), float(valid))
        balance = self._get_points(self.account_a)
        self.assertEqual(balance, float(book.get_balance()))
        self.assertGreaterEqual(balance, 0)

    # === Events === #

    def _on_earn(self, book, ago, points):
        """Post points of this month or of one before, as a late invoice does."""
        earned = add_months(book.today.replace(day=1), -ago)
        until = self.program._valid_until(earned)
        run = self._create_run(f"{book.today:%Y-%m}", kind="opening")
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO club_points_entry (run_id, account_id, origin_id, kind, points,
                date, valid_until)
            VALUES (%s, %s, %s, 'opening', %s, %s, %s)
            """,
            [
                *(run.id, self.account_a.id, self.account_a.id, points),
                *(book.today, until),
            ],
        )
        self.env.invalidate_all()
        run._post_ledger()
        book.free[until] = book.free.get(until, Decimal(0)) + points

    def _on_reserve(self, book, points):
        redemption = self._draw_up(float(points))
        if book.reserve(redemption, points):
            redemption.action_reserve()
        else:
            with self.assertRaises(UserError):
                redemption.action_reserve()

    def _on_debit(self, book, pick):
        if book.held:
            redemption = list(book.held)[pick % len(book.held)]
            redemption.action_debit()
            book.spent[redemption] = book.held.pop(redemption)

    def _on_cancel(self, book, pick):
        if book.held:
            redemption = list(book.held)[pick % len(book.held)]
            redemption.action_cancel()
            lots = book.held.pop(redemption)
            book.give_back(lots, sum(lots.values()))

    def _on_return(self, book, pick, share):
        if not book.spent:
            return
        redemption = list(book.spent)[pick % len(book.spent)]
        lots = book.spent[redemption]
        left = sum(lots.values())
        points = (left * share).quantize(Decimal("0.01"))
        if not points:
            return
        with self.assertRaises(UserError):
            redemption.action_return(str(left + Decimal("0.01")))
        redemption.action_return(str(points))
        book.give_back(lots, points)
        if points == left:
            book.spent.pop(redemption)

    def _on_expire(self, book):
        """Run the month that is over."""
        last_month = add_months(book.today.replace(day=1), -1)
        run = self._create_run(f"{last_month:%Y-%m}", kind="expiry")
        run.action_compute()
        run.action_post()
        book.expire(month_end(last_month))

    def _on_wait(self, book, days):
        book.today += timedelta(days=days)
