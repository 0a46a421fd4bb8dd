"""Whatever is uploaded: a right result or one sentence, and nothing in between."""

import random
import time
from decimal import Decimal

import psycopg2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from ...models.points import revenue_file
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

    def test_what_is_no_file_is_refused(self):
        """Over RPC anything may stand in the place of the file's content."""
        for encoded in ("=", "A", "%%%%", "AAAA=AAA", "🧨", "\n", "A" * 99):
            with self.subTest(encoded), self.assertRaises(UserError):
                wizard = self.env["club.revenue.upload"].with_user(self.finance)
                wizard.create({"file": encoded, "filename": "=1+1"}).action_import()
        too_long = "A" * (revenue_file.MAX_BYTES * 3 // 2 + 4)
        wizard = self.env["club.revenue.upload"].with_user(self.finance)
        with self.assertRaisesRegex(UserError, "more than 20 MB"):
            wizard.create({"file": too_long}).action_import()

    def test_settling_takes_what_a_file_could_say(self):
        document = self.upload(self.statement(f"K001,{self.letters},March,much"))
        line = document.parked_line_ids
        for values in (
            {"month": "2026-01-01", "amount": float("nan")},
            {"month": "2026-01-01", "amount": 1e13},
            {"month": "2026-01-01", "amount": -1e308},
            {"month": "0001-01-01", "amount": 1},
            {"month": "9999-12-31", "amount": 1},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                self.settle(line, **values)
            self.assertEqual(line.state, "parked")
        self.settle(line, month="2026-01-31", amount=1.5)
        self.assertEqual(self.facts(self.account_a), 1.5)

    def test_control_totals_are_numbers(self):
        controls = self.env["club.control.total"].with_user(self.finance)
        values = {"month": "2026-01-01", "category_id": self.categ_letters.id}
        control = controls.create({**values, "amount": 1})
        for amount in (float("nan"), float("-inf"), 1e13, -1e308):
            with self.subTest(amount):
                with self.assertRaises(ValidationError):
                    controls.create({**values, "amount": amount})
                with self.assertRaises(ValidationError):
                    control.amount = amount
        # Nor past the ORM, in control totals and in rows.
        document = self.upload(self.statement(f"K001,{self.letters},2026-01,1"))
        self.env.flush_all()
        for record in (control, document.line_ids):
            for amount in ("NaN", "-Infinity", "1e13"):
                with (
                    mute_logger("odoo.sql_db"),
                    self.subTest(record._name, amount=amount),
                    self.assertRaises(psycopg2.IntegrityError),
                ):
                    self.env.cr.execute(
                        SQL(
                            "UPDATE %s SET amount = %s WHERE id = %s",
                            SQL.identifier(record._table),
                            amount,
                            record.id,
                        )
                    )

    def test_lists_of_aliases_and_control_totals(self):
        """Odoo's own import of lists: messages for what is wrong, and no half of it."""
        finance = self.env(user=self.finance)
        for model, fields, rows in (
            ("club.alias", ["name", "kind", "account_id/.id"], self._alias_rows()),
            (
                "club.control.total",
                ["month", "category_id/.id", "amount"],
                self._control_rows(),
            ),
        ):
            before = finance[model].search_count([])
            for row in rows:
                with self.subTest(model, row=str(row)[:80]), mute_logger("odoo.sql_db"):
                    result = finance[model].load(fields, [row])
                    self.assertTrue(result["messages"], row)
                    self.assertFalse(result["ids"])
            self.assertEqual(finance[model].search_count([]), before)

    def _alias_rows(self):
        account = str(self.account_a.id)
        yield from (
            ["\u200b", "account", account],
            ["x" * 501, "account", account],
            ["x", "nobody", account],
            ["x", "account", "99999999999999999999"],
            ["x", "account", "1 OR 1=1"],
            ["x", "category", account],
            ["x", "account", ""],
        )

    def _control_rows(self):
        category = str(self.categ_letters.id)
        for amount in ("NaN", "inf", "1e308", "much", "=1+1", "99999999999999999"):
            yield ["2026-01-01", category, amount]
        for day in ("soon", "2026-02-30", "99999-01-01", "=1", "46023"):
            yield [day, category, "1"]

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
        counts = SQL(" UNION ALL ").join(
            SQL("SELECT %s, count(*) FROM %s", table, SQL.identifier(table))
            for table in tables
        )
        # In no order: PostgreSQL counts the tables side by side.
        return dict(self.env.execute_query(counts))
