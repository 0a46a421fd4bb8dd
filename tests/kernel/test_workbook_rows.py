import io
import time
import unittest
from datetime import date, datetime

import openpyxl
import support  # (finds the kernel)
from hostile import files as hostile_files
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel import workbook_rows
from kernel.revenue_rows import alias_key, decode, parse_month
from kernel.workbook_rows import Unreadable, Workbook

REASONS = {
    getattr(workbook_rows, name)
    for name in ("DAMAGED", "TOO_MUCH", "PASSWORD", "OTHER_KIND", "LONG_CELL")
}
TABLE = hostile_files.sheet(hostile_files.HEADER, ("K1", "x", "2026-01", "1"))
texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
    max_size=20,
).filter(lambda text: not text.startswith("="))
cells = st.one_of(
    st.none(),
    texts,
    st.integers(-(10**14), 10**14),
    st.decimals(-(10**9), 10**9, places=2).map(float),
    st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    st.booleans(),
)


def read(content):
    """Return the rows of all visible sheets."""
    book = Workbook(content)
    return {sheet.name: list(book.rows(sheet)) for sheet in book.sheets}


def shown(value):
    """Return how a value is to come out of its cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".").replace("-0", "0", value == 0)
    return value.strip() if isinstance(value, str) else str(value)


class TestWorkbookRows(unittest.TestCase):
    @given(st.lists(st.lists(cells, max_size=6), max_size=6))
    @settings(max_examples=60)
    def test_what_openpyxl_writes_is_read_back(self, grid):
        book = openpyxl.Workbook()
        for row_number, row in enumerate(grid, start=1):
            for column, value in enumerate(row, start=1):
                cell = book.active.cell(row_number, column)
                cell.value = value
        output = io.BytesIO()
        book.save(output)
        expected = []
        for number, row in enumerate(grid, start=1):
            row = [shown(value) for value in row]
            while row and not row[-1]:
                row.pop()
            if row:
                expected.append((number, row))
        rows = read(output.getvalue())["Sheet"]
        found = [(number, self._trim(row)) for number, row in rows]
        self.assertEqual(found, expected)

    def _trim(self, row):
        while row and not row[-1]:
            row.pop()
        return row

    def test_times_count_for_their_day(self):
        book = openpyxl.Workbook()
        book.active.append([datetime(2026, 1, 31, 23, 59, 59), date(2024, 2, 29)])
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        output = io.BytesIO()
        book.save(output)
        rows = read(output.getvalue())["Sheet"]
        self.assertEqual(rows, [(1, ["2026-01-31", "2024-02-29"])])

    @given(st.data())
    @settings(max_examples=250)
    def test_a_damaged_workbook_is_read_or_refused(self, data):
        content = bytearray(hostile_files.pack(TABLE, packing=0))
        for _change in range(data.draw(st.integers(1, 4))):
            place = data.draw(st.integers(0, len(content) - 1))
            content[place] = data.draw(st.integers(0, 255))
        end = data.draw(st.none() | st.integers(1, len(content)))
        try:
            read(bytes(content[:end]))
        except Unreadable as error:
            self.assertIn(error.reason, REASONS)

    @given(st.text(st.sampled_from('<>/="c rowvtf s1A&;!-[]x:'), max_size=60))
    @settings(max_examples=250)
    def test_any_sheet_is_read_or_refused(self, text):
        for content in (text, TABLE.replace("<c ", f"{text}<c ", 1)):
            try:
                read(hostile_files.pack(content))
            except Unreadable as error:
                self.assertIn(error.reason, REASONS)

    def test_what_unpacks_to_too_much_is_refused_in_time(self):
        cell = "<c><v>1</v></c>"
        strings = {
            "xl/sharedStrings.xml": f"<sst>{'<si><t>a</t></si>' * 200_000}</sst>"
        }
        many = TABLE.replace("<row>", f"<row>{cell * 100_000}</row><row>", 1)
        spaces = TABLE.replace("<row>", f"{' ' * 30_000_000}<row>", 1)
        comment = TABLE.replace("<row>", f"<!--{'x' * 30_000_000}--><row>", 1)
        for name, content in (
            ("strings", hostile_files.pack(TABLE, parts=strings)),
            ("cells", hostile_files.pack(many)),
            ("spaces", hostile_files.pack(spaces)),
            ("comment", hostile_files.pack(comment)),
        ):
            self.assertLess(len(content), 500_000)
            began = time.process_time()
            with (
                self.subTest(name),
                support.limits(
                    workbook_rows, ELEMENTS=150_000, UNPACKED_BYTES=20_000_000
                ),
            ):
                with self.assertRaises(Unreadable) as caught:
                    read(content)
                self.assertEqual(caught.exception.reason, "too_much")
            self.assertLess(time.process_time() - began, 10)

    def test_each_hostile_workbook_is_read_or_refused(self):
        for name, content, outcome in hostile_files.books("K1", "x"):
            with self.subTest(name):
                try:
                    read(content)
                except Unreadable as error:
                    self.assertIsInstance(outcome, str)
                    self.assertIn(error.reason, REASONS)

    def test_a_formula_without_a_result_is_no_empty_cell(self):
        cells = (
            "<c><f>1+1</f></c>",
            "<c><f>A1</f><v/></c>",
            '<c t="str"><f>A1</f></c>',
        )
        rows = read(hostile_files.pack(hostile_files.sheet(cells)))["S0"]
        self.assertEqual(rows, [(1, ["=1+1", "=A1", "=A1"])])
        nothing = '<c t="str"><f>IF(1,"","")</f><v></v></c>'
        self.assertFalse(read(hostile_files.pack(hostile_files.sheet([nothing])))["S0"])

    def test_what_points_nowhere_is_damaged(self):
        strings = {"xl/sharedStrings.xml": "<sst><si><t>a</t></si></sst>"}
        for number in ("-1", "1", "x", "1.0", "9" * 99):
            cell = hostile_files.raw(number, "s")
            content = hostile_files.pack(hostile_files.sheet([cell]), parts=strings)
            with self.subTest(number), self.assertRaises(Unreadable):
                read(content)

    def test_no_part_may_declare_entities(self):
        doctype = '<!DOCTYPE x [<!ENTITY e "1">]>'
        strings = f"{doctype}<sst><si><t>&e;</t></si></sst>"
        for content in (
            hostile_files.pack(doctype + TABLE),
            hostile_files.pack(TABLE, parts={"xl/sharedStrings.xml": strings}),
            hostile_files.pack(TABLE, parts={"xl/styles.xml": f"{doctype}<x/>"}),
        ):
            with self.assertRaises(Unreadable) as caught:
                read(content)
            self.assertEqual(caught.exception.reason, "damaged")

    def test_a_sheet_that_declares_less_than_it_holds_is_damaged(self):
        content = bytearray(hostile_files.pack(TABLE, packing=0))
        entry = content.rfind(b"PK\x01\x02", 0, content.rfind(b"xl/worksheets"))
        content[entry + 24 : entry + 28] = (40).to_bytes(4, "little")
        with self.assertRaises(Unreadable):
            read(bytes(content))


class TestShownRows(unittest.TestCase):
    """What is hidden isn't read; what is merged stands for all that it covers."""

    def shown(self, content):
        book = Workbook(content)
        rows = book.shown_rows(book.sheets[0])
        return rows, list(rows)

    def book(self, *rows, merged=(), hidden_rows=(), hidden_columns=()):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for area in merged:
            book.active.merge_cells(area)
        for number in hidden_rows:
            book.active.row_dimensions[number].hidden = True
        for letter in hidden_columns:
            book.active.column_dimensions[letter].hidden = True
        output = io.BytesIO()
        book.save(output)
        return output.getvalue()

    def test_merged_cells_show_what_stands_at_their_top(self):
        content = self.book(
            ["a", "b", "c"], [None, "d"], [None, "e", "f"], merged=("A1:A3", "B1:C1")
        )
        _rows, (first, second, third) = self.shown(content)
        self.assertEqual(first.cells, ["a", "b"])
        self.assertEqual(first.filled, ["a", "b", "b"])
        self.assertEqual(first.merged, {0: (0, True), 1: (2, False)})
        self.assertEqual((second.cells, second.filled), (["", "d"], ["a", "d"]))
        self.assertEqual(third.filled, ["a", "e", "f"])

    def test_hidden_rows_and_columns_are_counted_only(self):
        content = self.book(
            ["a", "b", "c"],
            [None, "d", "e"],
            ["f", "g", "h"],
            merged=("A1:A2",),
            hidden_rows=(1,),
            hidden_columns=("C", "D"),
        )
        rows, (second, third) = self.shown(content)
        self.assertEqual((second.number, second.filled), (2, ["a", "d", ""]))
        self.assertEqual(third.cells, ["f", "g", ""])
        self.assertEqual((rows.hidden_rows, rows.hidden_columns), (1, 1))

    def test_a_value_below_a_merged_cell_is_not_shown(self):
        table = hostile_files.sheet(("a", "1"), ("b", "2"))
        merged = '<mergeCells><mergeCell ref="A1:A2"/></mergeCells></worksheet>'
        content = hostile_files.pack(table.replace("</worksheet>", merged))
        _rows, (_first, second) = self.shown(content)
        self.assertEqual((second.cells, second.filled), (["", "2"], ["a", "2"]))

    def test_areas_over_one_another_show_nothing_for_sure(self):
        table = hostile_files.sheet(("a", "x"), ("", "y"), ("", "z"))
        merged = (
            '<mergeCells><mergeCell ref="A1:A3"/><mergeCell ref="A2:A3"/></mergeCells>'
        )
        content = hostile_files.pack(
            table.replace("</worksheet>", f"{merged}</worksheet>")
        )
        _rows, found = self.shown(content)
        self.assertEqual([row.filled[0] for row in found], ["a", "", ""])

    def test_huge_areas_and_many_of_them_take_no_time(self):
        rows = "".join(f"<row><c><v>{n}</v></c></row>" for n in range(20_000))
        areas = '<mergeCell ref="B1:XFD1048576"/>' * 90_000
        for merged, reason in ((areas, None), (areas * 2, "too_much")):
            sheet = hostile_files.SHEET.format(rows).replace(
                "</worksheet>", f"<mergeCells>{merged}</mergeCells></worksheet>"
            )
            began = time.process_time()
            content = hostile_files.pack(sheet)
            if reason:
                with self.assertRaises(Unreadable) as caught:
                    self.shown(content)
                self.assertEqual(caught.exception.reason, reason)
            else:
                _rows, found = self.shown(content)
                self.assertEqual(len(found), 19_999 + 1)
                self.assertLess(max(len(row.filled) for row in found), 101)
            self.assertLess(time.process_time() - began, 10)

    def test_what_is_no_area_is_damaged(self):
        for reference in ("", "A0", "B2:A1", "A1:", "ÄÖ1", "A1:B2:C3", "A9999999"):
            merged = f'<mergeCells><mergeCell ref="{reference}"/></mergeCells>'
            content = hostile_files.pack(
                TABLE.replace("</worksheet>", f"{merged}</worksheet>")
            )
            with self.subTest(reference), self.assertRaises(Unreadable):
                self.shown(content)

    @given(st.text(st.sampled_from('<>/="mergeCll sf A1:B9hidden0colw'), max_size=60))
    @settings(max_examples=150)
    def test_any_tail_is_read_or_refused(self, text):
        content = TABLE.replace("</worksheet>", f"{text}</worksheet>")
        try:
            self.shown(hostile_files.pack(content))
        except Unreadable as error:
            self.assertIn(error.reason, REASONS)


class TestHostileTexts(unittest.TestCase):
    """Every text is judged at once, whatever it is made of."""

    def test_long_texts_are_judged_at_once(self):
        texts = (
            "a" + "\u0315\u0300" * 60_000,
            "2026" + " " * 100_000 + "年",
            "\ufdfa" * 100_000,
            "(" * 100_000,
        )
        began = time.process_time()
        for text in texts:
            self.assertEqual(alias_key(text), "")
            with self.assertRaises(ValueError):
                parse_month(text)
        self.assertLess(time.process_time() - began, 1)

    @given(st.text(max_size=700))
    def test_the_key_of_a_key_is_itself(self, text):
        self.assertEqual(alias_key(alias_key(text)), alias_key(text))

    @given(st.binary(max_size=200))
    def test_bytes_are_text_that_can_be_stored_or_refused(self, data):
        for content in (data, b"\xff\xfe" + data, b"\xef\xbb\xbf" + data):
            try:
                text, _encoding = decode(content)
            except ValueError:
                continue
            self.assertNotIn("\0", text)
            text.encode()  # no lone surrogates, which PostgreSQL refuses
