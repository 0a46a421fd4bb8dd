"""What is planned survives being written, and is recounted without a database."""

import tempfile
import unittest
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from devtools.year.plan import Plan
from devtools.year.recount import Totals, expected_totals
from devtools.year.result import table
from devtools.year.statements import Key

PLAN = Plan(
    revenue={
        Key("A", "Letters", "2024-12"): Decimal("1.50"),
        Key("B", "Letters", "2024-12"): Decimal("-1.50"),
        Key("A", "Parcels", "2025-02"): Decimal("10.00"),
        Key("C", "Parcels", "2025-02"): Decimal("0.00"),
    },
    rates={"Letters": Decimal("0.33"), "Parcels": Decimal("1.0")},
    thresholds=None,
    source="a test",
)


class TestPlan(unittest.TestCase):
    def test_months_without_revenue_are_run_too(self):
        expected = [date(2024, 12, 1), date(2025, 1, 1), date(2025, 2, 1)]
        self.assertEqual(PLAN.months, expected)
        self.assertEqual(PLAN.rows_of(date(2025, 1, 1)), [])
        self.assertEqual(len(PLAN.rows_of(date(2025, 2, 1))), 2)

    def test_accounts_keep_their_order(self):
        self.assertEqual(PLAN.accounts, ["A", "B", "C"])

    def test_it_is_read_as_it_was_written(self):
        tiers = {"vip": Decimal("0.5"), "gold": Decimal(2)}
        plan = replace(PLAN, thresholds=tiers, input_year=2017, entered_as_year=2025)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "plan.json"
            plan.write(path)
            read = Plan.read(path)
        self.assertEqual(read, plan)
        self.assertEqual(read.fingerprint(), plan.fingerprint())

    def test_the_fingerprint_tells_inputs_apart(self):
        other_amounts = {
            **PLAN.revenue,
            Key("A", "Letters", "2024-12"): Decimal("1.51"),
        }
        others = (
            replace(PLAN, revenue=other_amounts),
            replace(PLAN, rates={**PLAN.rates, "Letters": Decimal("0.34")}),
            replace(PLAN, thresholds={"vip": Decimal(1)}),
        )
        for other in others:
            self.assertNotEqual(other.fingerprint(), PLAN.fingerprint())
        reordered = replace(PLAN, revenue=dict(reversed(PLAN.revenue.items())))
        self.assertEqual(reordered.fingerprint(), PLAN.fingerprint())


class TestRecount(unittest.TestCase):
    def test_points_round_half_away_from_zero_for_each_entry(self):
        # 1.50 × 0.33 = 0.495 and its negative; no revenue, no entry.
        expected = Totals(3, Decimal("10.00"), Decimal("10.00"))
        self.assertEqual(expected_totals(PLAN), expected)
        gains = {Key(name, "L", "2025-01"): Decimal("1.50") for name in "AB"}
        plan = replace(PLAN, revenue=gains, rates={"L": Decimal("0.33")})
        self.assertEqual(expected_totals(plan).points, Decimal("1.00"))


class TestTable(unittest.TestCase):
    def test_every_figure_is_shown(self):
        summary = {
            "accounts": 2469,
            "revenue_total": "1234567.80",
            "points_total": "-5.00",
            "entries": 3,
            "months": 2,
            "month_list": ["2025-01", "2025-02"],
            "as_of": "2026-01-10",
            "members_by_tier": {"vip": 1, "none": 2468},
            "grade_by_tier": {"vip": 0, "none": 2469},
            "requalification": {"renewed": 1, "lapsed": 0},
            "ledger_verified": True,
        }
        lines = table(summary).splitlines()
        self.assertIn("revenue                1,234,567.80", lines)
        self.assertIn("members on 2026-01-10", lines)
        self.assertIn("  none                 2,468", lines)
        self.assertIn("months run             2 (2025-01 to 2025-02)", lines)
