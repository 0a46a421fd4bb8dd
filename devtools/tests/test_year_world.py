"""What is drawn for a simulated club: the same by seed and day, and like a real one."""

import tempfile
import unittest
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

from devtools.year.names import PUBLIC
from devtools.year.recount import expected_arrivals, expected_totals
from devtools.year.world import ACCOUNTS, LINES, MONTHS, SEED, UNITS, UNRATED, World

DAY = date(2026, 11, 30)


class TestWorld(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World(SEED, DAY)

    def _sum_by_account(self, first, last):
        found = defaultdict(Decimal)
        for row in self.world.rows:
            if first <= row.month <= last:
                found[row.account] += row.amount
        return found

    def test_same_seed_and_day_same_club(self):
        twin = World(SEED, DAY)
        self.assertEqual(twin.as_bytes(), self.world.as_bytes())
        self.assertEqual(twin.fingerprint(), self.world.fingerprint())
        other = World(SEED + 1, DAY)
        self.assertNotEqual(other.as_bytes(), self.world.as_bytes())
        self.assertNotEqual(other.fingerprint(), self.world.fingerprint())

    def test_it_is_kept_for_a_week(self):
        sunday, next_day = World(SEED, date(2026, 11, 29)), World(SEED, DAY)
        monday = World(SEED, date(2026, 11, 23))
        self.assertEqual(monday.fingerprint(), sunday.fingerprint())
        self.assertNotEqual(sunday.fingerprint(), next_day.fingerprint())

    def test_the_far_side_draws_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "plan.json"
            self.world.write(path)
            read = World.read(path)
            self.world.plan.write(path)
            self.assertIsNone(World.read(path))
        self.assertEqual((read.seed, read.day), (SEED, DAY))

    def test_months_end_with_last_month_whatever_the_day(self):
        for day in (DAY, date(2027, 1, 1), date(2024, 2, 29)):
            months = World(SEED, day).months
            self.assertEqual(len(months), MONTHS)
            self.assertEqual(len(set(months)), MONTHS)
            self.assertLess(months[-1], day.replace(day=1))
            self.assertEqual({month.day for month in months}, {1})
            self.assertEqual(months[-1].month, (day.month - 2) % 12 + 1)

    def test_codes_names_and_tax_ids_are_given_once(self):
        accounts = self.world.accounts
        self.assertEqual(len(accounts), ACCOUNTS)
        for name in ("code", "name", "tax"):
            self.assertEqual(len({getattr(a, name) for a in accounts}), ACCOUNTS, name)
        codes = {account.code for account in accounts}
        self.assertTrue({row.account for row in self.world.rows} <= codes)
        units = {unit.key for unit in UNITS}
        self.assertEqual({account.unit for account in accounts}, units)

    def test_names_are_of_both_languages(self):
        names = [account.name for account in self.world.accounts]
        english = sum(name.isascii() for name in names) / ACCOUNTS
        self.assertGreater(english, 0.12)
        self.assertLess(english, 0.35)
        for account in self.world.accounts:
            if account.account_class.startswith("party"):
                self.assertTrue(any(body in account.name for body in PUBLIC))

    def test_a_fifth_of_the_accounts_brings_four_fifths(self):
        year = self._sum_by_account(self.world.months[-12], self.world.months[-1])
        sums = sorted(year.values(), reverse=True)
        top = sum(sums[: len(sums) // 5]) / sum(sums)
        self.assertGreater(top, Decimal("0.75"))
        self.assertLess(top, Decimal("0.86"))
        # In all sizes: some of millions, most below the thresholds.
        self.assertGreater(sums[0], 4_000_000)
        self.assertLess(sums[len(sums) // 2], 100_000)

    def test_accounts_come_and_go(self):
        accounts = self.world.accounts
        first = self.world.months[0]
        joined = sum(account.joined > first for account in accounts) / ACCOUNTS
        left = sum(account.left is not None for account in accounts) / ACCOUNTS
        self.assertTrue(0.3 < joined < 0.42, joined)
        self.assertTrue(0.1 < left < 0.3, left)
        by_code = {account.code: account for account in accounts}
        for row in self.world.rows:
            account = by_code[row.account]
            self.assertLessEqual(account.joined, row.month)
            self.assertTrue(account.left is None or row.month < account.left)

    def test_lines_have_seasons(self):
        sums = defaultdict(Decimal)
        for row in self.world.rows:
            sums[row.category, row.month] += row.amount
        self.assertEqual({name for name, _month in sums}, {*LINES, UNRATED})
        for year in (2024, 2025):
            autumn = sums["Festival Goods", date(year, 9, 1)]
            self.assertGreater(autumn, 5 * sums["Festival Goods", date(year, 3, 1)])

    def test_groups_have_branches_of_their_name(self):
        by_code = {account.code: account for account in self.world.accounts}
        branches = [account for account in by_code.values() if account.head]
        self.assertGreater(len(branches), 40)
        for branch in branches:
            stem = by_code[branch.head].name.removesuffix("有限公司")
            self.assertTrue(branch.name.startswith(stem))
            self.assertFalse(by_code[branch.head].head)

    def test_some_rows_come_late_and_some_are_credited(self):
        rows = self.world.rows
        late = [row for row in rows if row.booked > row.month]
        self.assertTrue(0.01 < len(late) / len(rows) < 0.03)
        credits = [row for row in rows if row.amount < 0]
        self.assertGreater(len(credits), 200)
        self.assertTrue(all(row.booked > row.month for row in credits))
        self.assertTrue(all(row.booked <= self.world.months[-1] for row in rows))

    def test_what_came_later_makes_entries_of_its_own(self):
        posted, at_once = (
            expected_arrivals(self.world),
            expected_totals(self.world.plan),
        )
        self.assertEqual(posted.revenue, at_once.revenue)
        self.assertEqual(posted.points, at_once.points)
        self.assertGreater(posted.entries, at_once.entries)
        self.assertNotIn(
            f"{self.world.months[-1]:%Y-%m}",
            {key.month for key in self.world.plan.revenue},
        )


if __name__ == "__main__":
    unittest.main()
