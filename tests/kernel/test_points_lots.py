import unittest
from datetime import date, timedelta
from decimal import Decimal

import support  # noqa: F401  (finds the kernel)
from hypothesis import assume, given
from hypothesis import strategies as st

from kernel.points_lots import (
    Lot,
    ended,
    give_back,
    remaining,
    spendable,
    take,
    total,
)

JAN, FEB, MAR = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)
days = st.sampled_from((JAN, FEB, MAR))
signed = st.decimals(-1_000, 1_000, places=2)
positive = st.decimals("0.01", 1_000, places=2)
sums = st.lists(st.tuples(st.none() | days, signed), max_size=8)
taken = st.dictionaries(st.none() | days, positive, min_size=1).map(
    lambda points: [Lot(until, value) for until, value in points.items()]
)


def lots(**points):
    """Return lots by month: ``lots(jan=2, feb=3)``."""
    ends = {"jan": JAN, "feb": FEB, "mar": MAR, "never": None}
    return [Lot(ends[name], Decimal(str(value))) for name, value in points.items()]


class TestPointsLots(unittest.TestCase):
    """Rules B7 and B13, by lots."""

    def test_what_is_left(self):
        for given_sums, expected in (
            ([], []),
            ([(JAN, 5), (None, -5)], []),
            ([(JAN, 5), (None, -6)], []),
            ([(JAN, 5), (FEB, 5), (None, -6)], lots(feb=4)),
            ([(FEB, 5), (JAN, 5), (FEB, -2)], lots(jan=5, feb=3)),
            # What a later lot lacks is taken from the oldest, too.
            ([(JAN, 5), (FEB, -2), (MAR, 5)], lots(jan=3, mar=5)),
            # Points without an end are spent last.
            ([(None, 5), (JAN, 5), (FEB, -7)], lots(never=3)),
        ):
            with self.subTest(sums=given_sums):
                found = remaining((day, Decimal(points)) for day, points in given_sums)
                self.assertEqual(found, expected)

    def test_last_day_and_the_day_after(self):
        have = lots(jan=5, feb=3, never=1)
        for day, ends, left in (
            (JAN - timedelta(1), 0, 9),
            (JAN, 5, 9),
            (JAN + timedelta(1), 5, 4),
            (FEB, 8, 4),
            (FEB + timedelta(1), 8, 1),
        ):
            with self.subTest(day=day):
                self.assertEqual(ended(have, day), ends)
                self.assertEqual(total(spendable(have, day)), left)

    def test_exactly_all_and_a_cent_more(self):
        have = lots(feb=3, jan="5.01")
        self.assertEqual(take(have, Decimal("8.01")), lots(jan="5.01", feb=3))
        self.assertEqual(take(have, Decimal("5.02")), lots(jan="5.01", feb="0.01"))
        with self.assertRaises(ValueError):
            take(have, Decimal("8.02"))

    def test_a_part_comes_back_as_if_less_had_been_taken(self):
        for before, points, expected in (
            (0, 5, lots(feb=3, jan=2)),
            (0, 2, lots(feb=2)),
            (2, 2, lots(feb=1, jan=1)),
            (4, 1, lots(jan=1)),
        ):
            with self.subTest(before=before, points=points):
                found = give_back(lots(jan=2, feb=3), Decimal(before), Decimal(points))
                self.assertEqual(found, expected)

    def test_nonsense_is_refused(self):
        for act in (
            lambda: take(lots(jan=1), Decimal(0)),
            lambda: take(lots(jan=1), Decimal(-1)),
            lambda: give_back(lots(jan=1), Decimal(0), Decimal(0)),
            lambda: give_back(lots(jan=1), Decimal(-1), Decimal(1)),
            lambda: give_back(lots(jan=1), Decimal(1), Decimal("0.01")),
        ):
            with self.assertRaises(ValueError):
                act()

    @given(sums)
    def test_lots_add_up_to_the_balance_or_nothing(self, entries):
        balance = sum(points for _until, points in entries)
        self.assertEqual(total(remaining(entries)), max(Decimal(0), balance))

    @given(sums, days)
    def test_what_ends_and_what_can_be_spent_are_all(self, entries, day):
        have = remaining(entries)
        later = spendable(have, day + timedelta(1))
        self.assertEqual(ended(have, day) + total(later), total(have))

    @given(sums, st.decimals(0, 1, places=4))
    def test_taking_takes_the_oldest_and_leaves_the_rest(self, entries, share):
        have = remaining(entries)
        points = (total(have) * share).quantize(Decimal("0.01"))
        assume(points > 0)
        taken = take(have, points)
        self.assertEqual(total(taken), points)
        self.assertTrue(all(lot.points > 0 for lot in taken))
        after = remaining([*entries, *((lot.until, -lot.points) for lot in taken)])
        self.assertEqual(total(after), total(have) - points)
        # Nothing younger is taken while something older is left.
        if after:
            self.assertLessEqual(max(lot.end for lot in taken), after[0].end)

    @given(taken, st.lists(st.decimals("0.01", 300, places=2), max_size=6))
    def test_returns_in_parts_come_to_what_was_taken(self, taken, parts):
        back, done = {}, Decimal(0)
        whole = total(taken)
        for part in [*parts, whole]:
            points = min(part, whole - done)
            if not points:
                break
            for lot in give_back(taken, done, points):
                back[lot.until] = back.get(lot.until, Decimal(0)) + lot.points
            done += points
        self.assertEqual(back, {lot.until: lot.points for lot in taken})

    @given(sums, st.none() | days, positive, st.data())
    def test_returning_a_part_is_as_if_less_had_been_taken(
        self, entries, until, more, data
    ):
        lacking = max(Decimal(0), -sum(points for _day, points in entries))
        entries = [*entries, (until, lacking + 1 + more)]  # so that there is something
        have = remaining(entries)
        cent = Decimal("0.01")
        points = data.draw(st.integers(2, int(total(have) / cent)), "taken") * cent
        back = data.draw(st.integers(1, int(points / cent) - 1), "given back") * cent
        taken = take(have, points)
        moved = [(lot.until, -lot.points) for lot in taken]
        moved += give_back(taken, Decimal(0), back)
        less = [(lot.until, -lot.points) for lot in take(have, points - back)]
        self.assertEqual(remaining([*entries, *moved]), remaining([*entries, *less]))


if __name__ == "__main__":
    unittest.main()
