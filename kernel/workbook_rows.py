"""The rows of a workbook (.xlsx) as text, read without trusting the file (Rule B15).

Only the parts that hold cells are looked at, each in one pass. What would need much
memory or time is refused before it does: see the limits below. A date comes as
2026-01-31; a number as its format shows it, and where that isn't sure with a mark that
nothing is read as (see number_formats); a formula as what it came to when it was saved,
and as written where no result was saved.

Everything raises `Unreadable`, whose `reason` is one of DAMAGED, TOO_MUCH, PASSWORD,
OTHER_KIND and LONG_CELL.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from posixpath import join, normpath
from typing import NamedTuple
from xml.parsers import expat

from .number_formats import Formats
from .sheet_areas import Areas
from .workbook_cells import (
    DAMAGED,
    LONG_CELL,
    LONGEST_CELL,
    OTHER_KIND,
    PASSWORD,
    SHEET_COLUMNS,
    SHEET_ROWS,
    TOO_MUCH,
    Cells,
    Texts,
    Unreadable,
)

__all__ = [
    "DAMAGED",
    "LONGEST_CELL",
    "LONG_CELL",
    "OTHER_KIND",
    "PASSWORD",
    "SHEET_COLUMNS",
    "SHEET_ROWS",
    "TOO_MUCH",
    "Sheet",
    "SheetRow",
    "ShownRows",
    "Unreadable",
    "Workbook",
]

# What is unpacked of all parts, and what they may hold; a "zip bomb" holds more.
UNPACKED_BYTES = 400 * 1024 * 1024
ELEMENTS = 10_000_000
STRINGS = 2_500_000
# What the parts without cells may come to: lists of sheets, relations, styles.
SMALL_PART_BYTES = 20 * 1024 * 1024
# A tag, which the parser keeps whole, may not be longer.
TAG_BYTES = 4 * 1024 * 1024
ENTRIES = 20_000
SHEETS = 1000
CHUNK = 256 * 1024

EPOCHS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}

# The name of an element, in the encodings that a part may have.
MERGED = (b"mergeCells", b"m\0e\0r\0g\0e\0C\0e\0l\0l\0s")

Handler = Callable[[str, dict], None]


class Sheet(NamedTuple):
    """A sheet that is shown: its name and where its cells are."""

    name: str
    part: str


class SheetRow(NamedTuple):
    """A row that is shown."""

    number: int
    cells: list[str]
    filled: list[str]  # the cells; where merged, with what their area shows
    merged: dict[int, tuple]  # see `Areas.fill`


class ShownRows:
    """The rows of a sheet without those that are hidden, each a `SheetRow`.

    A cell in a hidden column is empty. They can be gone through once; the counts of
    what was hidden and held something are complete when that is done.
    """

    def __init__(self, cells: Cells, areas: Areas, chunks: Iterator) -> None:
        self._cells = cells
        self._areas = areas
        self._chunks = chunks
        self._columns = set()
        self.hidden_rows = 0

    @property
    def hidden_columns(self) -> int:
        return len(self._columns)

    def __iter__(self) -> Iterator[SheetRow]:
        for _chunk in self._chunks:
            for number, cells, is_hidden in self._cells.pop_rows():
                # Also of a hidden row: an area shows what stands at its top.
                cells, filled, merged = self._areas.fill(number, cells)
                if is_hidden:
                    self.hidden_rows += 1
                    continue
                if self._cells.hidden_columns:
                    cells, filled = self._blank(cells), self._blank(filled, False)
                if any(cells):
                    yield SheetRow(number, cells, filled, merged)
            if self._cells.is_done:
                return

    def _blank(self, cells, is_counted=True):
        hidden = self._cells.hidden_columns
        if is_counted:
            self._columns |= {n for n in hidden if n <= len(cells) and cells[n - 1]}
        return [
            "" if number in hidden else cell
            for number, cell in enumerate(cells, start=1)
        ]


class Workbook:
    """A workbook's visible sheets and their rows.

    :raise Unreadable: here and while rows are read
    """

    def __init__(self, content: bytes) -> None:
        self._bytes_left = UNPACKED_BYTES
        self._elements_left = ELEMENTS
        self._container = self._open(content)
        self._parts = self._container.NameToInfo
        home = self._find_home()
        kinds, targets = self._read_relations(home)
        self.has_dates_1904, self.sheets = self._read_sheets(home, kinds, targets)
        self._strings = self._read_strings(_first_of(kinds, "sharedStrings"))
        self._formats = self._read_formats(_first_of(kinds, "styles"))

    def rows(self, sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
        """Yield number and texts of each row that isn't empty, the first being 1."""
        cells = Cells(self._strings, self._formats, EPOCHS[self.has_dates_1904])
        for _chunk in self._parse(sheet.part, cells.start, cells.end, cells.take):
            for number, texts, _is_hidden in cells.pop_rows():
                yield number, texts
            if cells.is_done:
                return

    def shown_rows(self, sheet: Sheet) -> ShownRows:
        """Return the rows of a sheet that are shown, with its merged cells."""
        areas = self._read_areas(sheet.part)
        cells = Cells(self._strings, self._formats, EPOCHS[self.has_dates_1904])
        return ShownRows(
            cells,
            areas,
            # What it unpacks to was counted when the areas were read.
            self._parse(
                sheet.part, cells.start, cells.end, cells.take, is_counted=False
            ),
        )

    def _read_areas(self, part):
        """Return the merged areas of a sheet, which stand below its cells.

        The cells are passed over: nothing is called for them.
        """
        areas = Areas()
        tags = {}

        def start(tag, attributes):
            self._count_element()
            if (tags.get(tag) or _local(tag, tags)) == "mergeCell":
                areas.add(attributes.get("ref", ""))

        parser, is_near, before = _Parser(), False, b""
        for chunk in self._unpack(part):
            if not is_near:
                is_near = any(mark in before + chunk for mark in MERGED)
                if is_near:
                    parser.listen(start)
                before = chunk[-len(MERGED[-1]) :]
            parser.feed(chunk)
        parser.feed(b"")
        areas.sort()
        return areas

    # === The container === #

    def _open(self, content):
        try:
            container = zipfile.ZipFile(io.BytesIO(content))
        # A damaged one raises almost anything.
        except Exception as error:
            raise Unreadable(DAMAGED) from error
        entries = container.infolist()
        if len(entries) > ENTRIES:
            raise Unreadable(TOO_MUCH)
        if any(entry.flag_bits & 1 for entry in entries):
            raise Unreadable(PASSWORD)
        return container

    def _find_home(self):
        """Return the part that lists the sheets."""
        if "_rels/.rels" not in self._parts:
            raise Unreadable(OTHER_KIND)
        found = _first_of(self._read_relations("")[0], "officeDocument")
        if not found or found.endswith(".bin") or found not in self._parts:
            raise Unreadable(OTHER_KIND)
        return found

    def _read_relations(self, part):
        """Return the parts related to one, by kind and by id."""
        folder, _slash, name = part.rpartition("/")
        kinds, targets = {}, {}

        def start(tag, attributes):
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "")
                target = normpath(join("/", folder, target)).lstrip("/")
                kind = attributes.get("Type", "").rpartition("/")[2]
                kinds.setdefault(kind, []).append(target)
                targets[attributes.get("Id")] = target

        relations = join(folder, "_rels", f"{name}.rels")
        if relations in self._parts:
            self._parse_all(relations, start)
        return kinds, targets

    def _read_sheets(self, home, kinds, targets):
        state = {"root": None, "1904": False}
        sheets = []

        def start(tag, attributes):
            state["root"] = state["root"] or tag
            if tag == "workbookPr":
                state["1904"] = attributes.get("date1904", "0") in ("1", "true", "on")
            elif tag == "sheet" and attributes.get("state", "visible") == "visible":
                key = next((v for k, v in attributes.items() if k.endswith(":id")), "")
                part = targets.get(key)
                if part in kinds.get("worksheet", ()):  # not a chart's
                    sheets.append(Sheet(attributes.get("name", ""), part))
                if len(sheets) > SHEETS:
                    raise Unreadable(TOO_MUCH)

        self._parse_all(home, start)
        if state["root"] != "workbook":
            raise Unreadable(OTHER_KIND)
        if not sheets:
            raise Unreadable(DAMAGED)
        return state["1904"], sheets

    def _read_strings(self, part):
        strings, texts = [], Texts()

        def start(tag, _attributes):
            texts.start(tag)

        def end(tag):
            texts.end(tag)
            if tag == "si":
                strings.append(texts.pop())
                if len(strings) > STRINGS:
                    raise Unreadable(TOO_MUCH)

        if part:
            for _chunk in self._parse(part, start, end, texts.take):
                pass
        return strings

    def _read_formats(self, part):
        """Return the number formats of the cell styles."""
        state = {"in_cells": False}
        codes, styles = {}, []

        def start(tag, attributes):
            if tag == "numFmt":
                codes[attributes.get("numFmtId")] = attributes.get("formatCode", "")
            elif tag == "cellXfs":
                state["in_cells"] = True
            elif tag == "xf" and state["in_cells"]:
                styles.append(attributes.get("numFmtId", "0"))

        def end(tag):
            if tag == "cellXfs":
                state["in_cells"] = False

        if part:
            self._parse_all(part, start, end)
        return Formats(styles, codes)

    # === Parts === #

    def _parse_all(self, part, start, end=None):
        """Parse a part that holds no cells."""
        entry = self._parts.get(part)
        if entry and entry.file_size > SMALL_PART_BYTES:
            raise Unreadable(TOO_MUCH)
        for _chunk in self._parse(part, start, end):
            pass

    def _parse(self, part, start=None, end=None, take=None, *, is_counted=True):
        """Parse a part; yield after each chunk, so that rows needn't pile up."""
        local = {}

        def on_start(tag, attributes):
            self._count_element()
            start(local.get(tag) or _local(tag, local), attributes)

        def on_end(tag):
            end(local[tag])

        parser = _Parser(on_start, end and on_end, take)
        for chunk in self._unpack(part, is_counted):
            parser.feed(chunk)
            yield
        parser.feed(b"")
        yield

    def _count_element(self):
        self._elements_left -= 1
        if self._elements_left < 0:
            raise Unreadable(TOO_MUCH)

    def _unpack(self, part, is_counted=True):
        entry = self._parts.get(part)
        known = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if entry is None or entry.compress_type not in known:
            raise Unreadable(DAMAGED)
        try:
            with self._container.open(entry) as stream:
                while chunk := stream.read(CHUNK):
                    self._bytes_left -= len(chunk) if is_counted else 0
                    if self._bytes_left < 0:
                        raise Unreadable(TOO_MUCH)
                    yield chunk
        except Unreadable:
            raise
        except GeneratorExit:
            raise
        except Exception as error:
            raise Unreadable(DAMAGED) from error


class _Parser:
    """An XML parser that is fed piece by piece."""

    def __init__(self, start=None, end=None, take=None):
        self._expat = expat.ParserCreate()
        self._expat.buffer_text = True
        # No part of a workbook has one; entities could multiply what it holds.
        self._expat.StartDoctypeDeclHandler = _refuse
        self._expat.CharacterDataHandler = take
        self._expat.EndElementHandler = end
        self._fed = 0
        self.listen(start)

    def listen(self, start):
        self._expat.StartElementHandler = start

    def feed(self, chunk):
        """Parse the next chunk, the last being empty."""
        try:
            self._expat.Parse(chunk, not chunk)
        except expat.ExpatError as error:
            raise Unreadable(DAMAGED) from error
        self._fed += len(chunk)
        if chunk and self._fed - self._expat.CurrentByteIndex > TAG_BYTES:
            raise Unreadable(TOO_MUCH)


def _first_of(kinds, kind):
    return next(iter(kinds.get(kind, ())), "")


def _local(tag, known):
    known[tag] = name = tag.rpartition(":")[2]
    return name


def _refuse(*_doctype):
    raise Unreadable(DAMAGED)
