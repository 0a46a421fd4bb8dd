"""What the caller gives is read exactly, or refused with the row at fault."""

import tempfile
import unittest
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

from devtools.console import Problem
from devtools.year import statements
from devtools.year.statements import Key

HEADER = "account,category,month,amount\n"


class StatementsCase(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def file(self, content):
        path = self.folder / "given.csv"
        if isinstance(content, str):
            content = content.encode()
        path.write_bytes(content)
        return path

    def assert_refused(self, read, content, reason):
        with self.assertRaises(Problem) as caught:
            read(self.file(content))
        self.assertIn(reason, str(caught.exception))
        self.assertNotIn("\n", str(caught.exception))


class TestRevenue(StatementsCase):
    def read(self, rows):
        return statements.read_revenue(self.file(HEADER + rows))

    def test_rows_of_one_key_are_added_up_exactly(self):
        rows = "A,Letters,2025-01,0.10\nB,Letters,2025-01,5\nA,Letters,2025-01,0.20\n"
        expected = {
            Key("A", "Letters", "2025-01"): Decimal("0.30"),
            Key("B", "Letters", "2025-01"): Decimal("5.00"),
        }
        self.assertEqual(self.read(rows), expected)

    def test_a_byte_order_mark_blank_lines_and_spaces_do_not_matter(self):
        content = f"\ufeff{HEADER}\n A , Letters ,2025-01, -3.5 \r\n,,,\n"
        found = statements.read_revenue(self.file(content))
        self.assertEqual(found, {Key("A", "Letters", "2025-01"): Decimal("-3.50")})

    def test_columns_may_come_in_any_order(self):
        content = "month,amount,account,category\n2025-01,1,A,Letters\n"
        found = statements.read_revenue(self.file(content))
        self.assertEqual(list(found), [Key("A", "Letters", "2025-01")])

    def test_names_are_one_where_the_import_reads_them_as_one(self):
        found = self.read("A,Letters,2025-01,1\nＡ,LETTERS,2025-01,2\n")
        self.assertEqual(found, {Key("A", "Letters", "2025-01"): Decimal("3.00")})

    def test_cents_are_made_of_the_sum_and_it_is_said(self):
        with patch.object(statements, "say") as said:
            found = self.read(
                "A,L,2025-01,1.004\nA,L,2025-01,1.001\nB,L,2025-01,1e-16\n"
            )
        self.assertEqual([str(amount) for amount in found.values()], ["2.01", "0.00"])
        self.assertIn("2 amounts", said.call_args.args[0])

    def test_a_file_that_is_not_one_is_refused(self):
        read = statements.read_revenue
        self.assert_refused(read, "", "is empty: it needs the header account,category")
        self.assert_refused(read, "\n\n", "is empty: it needs the header")
        self.assert_refused(read, HEADER, "is empty: there is no row below its header")
        self.assert_refused(read, "A,Letters,2025-01,1\n", "row 1: the header is")
        self.assert_refused(read, "account,category,month\nA,B,2025-01\n", "must be")
        self.assert_refused(read, HEADER.encode() + b"\xff\xfe", "UTF-8")
        with self.assertRaisesRegex(Problem, "can't read .*absent.csv: No such file"):
            read(self.folder / "absent.csv")

    def test_a_row_that_cannot_be_read_is_named(self):
        for row, reason in (
            ("A,Letters,2025-13,1", "row 3: '2025-13' is not a month such as 2026-03"),
            ("A,Letters,2025-1,1", "'2025-1' is not a month"),
            ("A,Letters,0025-01,1", "'0025-01' is not a month"),
            ("A,Letters,,1", "'' is not a month"),
            ("A,Letters,2025-01,", "row 3: '' is not an amount"),
            ('A,Letters,2025-01,"1,000"', "'1,000' is not an amount"),
            ("A,Letters,2025-01,1_000", "'1_000' is not an amount"),
            ("A,Letters,2025-01,NaN", "'NaN' is not an amount"),
            ("A,Letters,2025-01,1e13", "'1e13' is not an amount"),
            (",Letters,2025-01,1", "row 3: the account is missing"),
            ("A,,2025-01,1", "row 3: the category is missing"),
            ("A,Letters,2025-01", "row 3: there are 3 cells instead of 4"),
            ('A,"Letters,2025-01,1', "line 3"),
        ):
            with self.subTest(row):
                content = f"{HEADER}A,Letters,2025-01,1\n{row}\n"
                self.assert_refused(statements.read_revenue, content, reason)


class TestRates(StatementsCase):
    def test_rates_are_read_as_they_stand(self):
        found = statements.read_rates(
            self.file("category,rate\nLetters,0.35\nGold,0\n")
        )
        self.assertEqual(found, {"Letters": Decimal("0.35"), "Gold": Decimal(0)})

    def test_a_rate_that_cannot_be_is_refused(self):
        for row, reason in (
            ("Letters,-1", "row 2: '-1' is not a rate"),
            ("Letters,x", "'x' is not a rate"),
            ("Letters,0.1234567", "has more than 6 decimals"),
            (",1", "row 2: the category is missing"),
            ("Letters,1\nLETTERS,2", "row 3: 'LETTERS' has a rate in an earlier row"),
        ):
            with self.subTest(row):
                content = f"category,rate\n{row}\n"
                self.assert_refused(statements.read_rates, content, reason)


class TestThresholds(unittest.TestCase):
    def test_four_rising_numbers_are_taken(self):
        found = statements.read_thresholds("500, 1500.5,3000,15000")
        self.assertEqual(list(found), ["vip", "gold", "platinum", "diamond"])
        self.assertEqual(found["gold"], Decimal("1500.5"))

    def test_anything_else_is_refused(self):
        for text in (
            "",
            "1,2,3",
            "1,2,3,4,5",
            "1,2,2,3",
            "4,3,2,1",
            "0,1,2,3",
            "-1,1,2,3",
            "a,b,c,d",
            "1,2,3,",
            "1.001,2,3,4",
        ):
            with self.subTest(text), self.assertRaises(Problem):
                statements.read_thresholds(text)
