import unittest
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal

import support  # noqa: F401  (finds the kernel)
from hypothesis import given
from hypothesis import strategies as st

from kernel.guest_list import (
    ACCOUNT_TAKEN,
    ALL_TAKEN,
    EXCEPTIONS_TAKEN,
    TIER_TAKEN,
    Guest,
    Room,
    Seats,
    place,
    waiting_order,
)

MONDAY = datetime(2026, 4, 6, 9)
TIERS = ("vip", "gold", "platinum", "diamond")


def guest(number, tier="vip", account=None, hours=0, is_exception=False):
    """Return a guest of an account of his own, unless one is named."""
    return Guest(
        number,
        TIERS.index(tier) + 1 if tier else 0,
        MONDAY + timedelta(hours=hours),
        account or f"account {number}",
        tier,
        is_exception,
    )


@st.composite
def rooms(draw):
    total = draw(st.integers(1, 12))
    tiers, left = {}, total
    for tier in TIERS:
        if draw(st.booleans()):
            tiers[tier] = draw(st.integers(0, left))
            left -= tiers[tier]
    return Seats(
        total,
        tiers,
        draw(st.integers(0, 3)),
        Decimal(draw(st.sampled_from((0, 10, 25, 100)))),
    )


def guests(first):
    return st.lists(
        st.tuples(
            st.sampled_from(TIERS),
            st.sampled_from("ABC"),
            st.integers(0, 3),
            st.booleans(),
        ),
        max_size=15,
    ).map(
        lambda rows: [
            guest(first + number, tier, account, hours, is_exception)
            for number, (tier, account, hours, is_exception) in enumerate(rows)
        ]
    )


class TestGuestList(unittest.TestCase):
    """Rules C4 and C10: seats per tier, per account, overall, and for exceptions."""

    def test_the_last_seat(self):
        taken = [guest(1)]
        for total, expected in ((1, ([], {2: ALL_TAKEN})), (2, ([2], {}))):
            with self.subTest(total=total):
                found = place(Seats(total), taken, [guest(2)])
                self.assertEqual(tuple(found), expected)

    def test_the_seats_of_a_tier(self):
        seats = Seats(4, {"gold": 2})
        for taken, expected in (
            ([guest(1, "gold")], None),
            ([guest(1, "gold"), guest(2, "gold")], TIER_TAKEN),
            # Two of the four are Gold's, so two VIPs leave no seat for a third.
            ([guest(1), guest(2)], None),
        ):
            with self.subTest(taken=taken):
                room = Room(seats, taken)
                self.assertEqual(room.get_obstacle(guest(9, "gold")), expected)
        room = Room(seats, [guest(1), guest(2)])
        self.assertEqual(room.get_obstacle(guest(3)), TIER_TAKEN)
        self.assertEqual(room.get_obstacle(guest(3, "diamond")), TIER_TAKEN)

    def test_the_seats_of_an_account(self):
        seats = Seats(9, per_account=2)
        one, two = guest(1, account="A"), guest(2, account="A")
        self.assertIsNone(Room(seats, [one]).get_obstacle(two))
        third = guest(3, account="A")
        self.assertEqual(Room(seats, [one, two]).get_obstacle(third), ACCOUNT_TAKEN)
        self.assertIsNone(Room(seats, [one, two]).get_obstacle(guest(3, account="B")))
        self.assertIsNone(Room(Seats(9), [one, two]).get_obstacle(third))

    def test_the_share_of_exceptions(self):
        for total, share, limit in (
            (9, 10, 0),
            (10, 10, 1),
            (19, 10, 1),
            (20, 10, 2),
            (20, 0, 0),
            (20, 100, 20),
            (3, Decimal("33.33"), 0),
        ):
            with self.subTest(total=total, share=share):
                seats = Seats(total, exception_share=Decimal(share))
                self.assertEqual(seats.exceptions, limit)
                asking = [guest(n, is_exception=True) for n in range(limit + 1)]
                found = place(seats, [], asking)
                self.assertEqual(len(found.seated), limit)
                last = ALL_TAKEN if limit == total else EXCEPTIONS_TAKEN
                self.assertEqual(list(found.waiting.values()), [last])

    def test_exceptions_need_no_seat_of_tier_or_account(self):
        seats = Seats(10, {"vip": 1}, 1, Decimal(10))
        taken = [guest(1, account="A")]
        companion = guest(2, account="A", is_exception=True)
        self.assertIsNone(Room(seats, taken).get_obstacle(companion))
        # And take none either.
        self.assertIsNone(Room(seats, [companion]).get_obstacle(guest(3, account="A")))

    def test_higher_tiers_first_then_who_came_first(self):
        asking = [
            guest(1, "vip", hours=0),
            guest(2, "diamond", hours=5),
            guest(3, "gold", hours=1),
            guest(4, "gold", hours=0),
            guest(5, None, hours=0),
        ]
        order = [found.id for found in waiting_order(asking)]
        self.assertEqual(order, [2, 4, 3, 1, 5])
        found = place(Seats(2), [], asking)
        self.assertEqual(found.seated, [2, 4])
        self.assertEqual(list(found.waiting), [3, 1, 5])

    def test_whose_tier_is_full_keeps_nobody_back(self):
        seats = Seats(2, {"diamond": 1})
        found = place(
            seats, [guest(1, "diamond")], [guest(2, "diamond"), guest(3, "vip")]
        )
        self.assertEqual(found.seated, [3])

    @given(rooms(), guests(0), guests(100))
    def test_no_quota_is_ever_broken(self, seats, early, late):
        first = place(seats, [], early)
        taken = [found for found in early if found.id in first.seated]
        second = place(seats, taken, late)
        taken += [found for found in late if found.id in second.seated]
        self.assertLessEqual(len(taken), seats.total)
        members = [found for found in taken if not found.is_exception]
        by_tier = Counter(found.tier for found in members)
        for tier, count in seats.tiers.items():
            self.assertLessEqual(by_tier[tier], count)
        others = sum(n for tier, n in by_tier.items() if tier not in seats.tiers)
        self.assertLessEqual(others, seats.open)
        if seats.per_account:
            accounts = Counter(found.account for found in members)
            self.assertTrue(all(n <= seats.per_account for n in accounts.values()))
        self.assertLessEqual(len(taken) - len(members), seats.exceptions)

    @given(rooms(), guests(0))
    def test_everybody_is_placed_and_nobody_waits_for_a_free_seat(self, seats, asking):
        found = place(seats, [], asking)
        self.assertEqual(
            sorted([*found.seated, *found.waiting]), [one.id for one in asking]
        )
        room = Room(seats, [one for one in asking if one.id in found.seated])
        for one in asking:
            if one.id in found.waiting:
                self.assertIsNotNone(room.get_obstacle(one))
        # Asked again, nothing changes.
        seated = [one for one in asking if one.id in found.seated]
        waiting = [one for one in asking if one.id in found.waiting]
        again = place(seats, seated, waiting)
        self.assertFalse(again.seated)
        self.assertEqual(list(again.waiting), list(found.waiting))
