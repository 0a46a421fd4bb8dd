"""Whatever is uploaded: a right result or one sentence, and nothing in between."""

import random
import time
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ..hostile import files, statements
from .revenue_case import RevenueCase

# An upload of a few rows that takes longer hangs on something.
SECONDS = 10


@tagged("post_install", "-at_install")
@freeze_time("2026-03-15 10:00:00")
class TestHostileFiles(RevenueCase):
    """Rule B15."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.names = statements.Names(
            accounts=(
                "K001",
                "Beta Trading",
                "ＢＥＴＡ　trading",
                "k002",
                "K\u200b001",
            ),
            categories=(cls.letters, cls.parcels.upper(), f"{cls.letters}\u200f"),
        )
        cls.account_b.ref = "k002"

    def test_each_hostile_workbook(self):
        for name, content, outcome in files.books("K001", self.letters):
            with self.subTest(name):
                self._try(content, outcome)

    def test_each_hostile_text(self):
        for name, content, outcome in files.texts("K001", self.letters):
            with self.subTest(name):
                self._try(content, outcome)

    @settings(
        max_examples=50,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**32))
    def test_any_statement_is_taken_whole_or_refused_whole(self, seed):
        made = statements.statement(random.Random(seed), self.names)
        self._try(made.content, made.expected, made.unit)

    def _try(self, content, outcome, unit="yuan"):
        """Upload and compare; what was taken is rolled back.

        :param outcome: `Expected`, words of the refusal, or None: either will do
        """
        savepoint = self.env.cr.savepoint()
        try:
            self._upload(content, outcome, unit)
        finally:
            savepoint.rollback()
            self.env.invalidate_all(flush=False)

    def _upload(self, content, outcome, unit):
        before = self._counts()
        began = time.process_time()
        try:
            document = self.upload(content, unit=unit)
        except UserError as refusal:
            self._check_refusal(refusal.args[0], outcome)
            self.assertEqual(self._counts(), before)
        else:
            self._check_taken(document, outcome)
        self.assertLess(time.process_time() - began, SECONDS)

    def _check_refusal(self, sentence, outcome):
        self.assertIsInstance(outcome, str | None)
        self.assertIn(outcome or "", sentence)
        self.assertTrue(sentence.endswith("."), sentence)
        self.assertLess(len(sentence), 400)

    def _check_taken(self, document, outcome):
        """No row is lost or counted twice, nor an amount."""
        self.assertIsInstance(outcome, files.Expected | None)
        self.env.flush_all()
        ((good, parked, other, total, counted),) = self.env.execute_query(
            SQL(
                "SELECT count(*) FILTER (WHERE state = 'valid'),"
                " count(*) FILTER (WHERE state = 'parked' AND fault <> ''),"
                " count(*) FILTER (WHERE state NOT IN ('valid', 'parked')),"
                " coalesce(sum(amount), 0)::text,"
                " coalesce(sum(amount) FILTER (WHERE state = 'valid'), 0)"
                " FROM club_revenue_line WHERE import_id = %s",
                document.id,
            )
        )
        self.assertFalse(other)
        self.assertEqual(document.line_count, good + parked)
        facts = self.facts(self.account_a, self.account_b)
        self.assertAlmostEqual(facts, float(counted), 2)
        if outcome:
            self.assertEqual(files.Expected(good, parked, Decimal(total)), outcome)

    def _counts(self):
        """Return how many rows there are of all that an upload could leave behind."""
        self.env.flush_all()
        tables = [
            model._table
            for name, model in self.env.items()
            if (name.startswith("club.") or name in ("ir.attachment", "mail.message"))
            and model._auto
            and not model._abstract
            and name != "club.revenue.upload"  # the question itself
        ]
        return self.env.execute_query(
            SQL(" UNION ALL ").join(
                SQL("SELECT %s, count(*) FROM %s", table, SQL.identifier(table))
                for table in sorted(tables)
            )
        )
