"""Where the header of a statement is, and what its columns are. Rule B15.

A header has up to three rows; what stands above others, merged over them, is part of
their headings: ``业务收入 / 函件``. Amounts stand in one column, or in one for each
line of business, for each month, or for both. What isn't sure isn't guessed:
`NeedsMapping`.
"""

from collections import defaultdict
from itertools import chain
from typing import NamedTuple

from odoo.tools.translate import LazyTranslate

from ...kernel import revenue_headings as words
from ...kernel.revenue_headings import (
    ACCOUNT,
    AMOUNT,
    CATEGORY,
    MONTH,
    OTHER,
    PERIOD,
    PRODUCT,
    TOTAL,
    UNIT,
    UNKNOWN,
    YEAR,
    get_meaning,
)
from ...kernel.revenue_rows import parse_amount, parse_month
from ...kernel.workbook_rows import SHEET_COLUMNS
from .revenue_refusal import FileRefused, NeedsMapping, NothingThere
from .revenue_units import check_heading, check_title

_lt = LazyTranslate(__name__)

# Statements carry titles above their header.
WITHIN_ROWS = 20
HEADER_ROWS = 3
# Rows below the header that tell what stands in its columns.
SAMPLE_ROWS = 40
BETWEEN = " / "
# What stands for nothing in a table of amounts.
NOTHING = {"", "-", "–", "—", "--", "/", "―", "－", "——"}
COLUMN_LABELS = {
    ACCOUNT: _lt("account"),
    CATEGORY: _lt("category"),
    PRODUCT: _lt("product"),
    MONTH: _lt("month"),
    YEAR: _lt("year"),
    AMOUNT: _lt("amount"),
}
# Code and name may stand side by side.
CODED = {ACCOUNT, PRODUCT}


class AmountColumn(NamedTuple):
    """A column of amounts, and of which category and month all of them are; "" where
    another column tells.
    """

    index: int
    heading: str
    category: str = ""
    month: str = ""


class TotalColumn(NamedTuple):
    index: int
    heading: str
    level: int


class Layout(NamedTuple):
    """What the columns of a table are."""

    last: int  # number of the header's last row
    headings: list  # of each column, "" where it has none
    columns: dict  # indexes of the columns that name something, the best first
    amounts: list
    totals: list
    month: str  # of all rows, from a title; "" where a column or a heading tells
    years: set  # that titles name
    mapping: dict
    notes: list

    @property
    def is_wide(self):
        return any(each.category or each.month for each in self.amounts)


class Unsure(Exception):
    """The headings don't tell, or tell it in two ways.

    :ivar dict found: the columns that were found
    """

    def __init__(self, sentence, found, *, is_double=False):
        super().__init__(sentence)
        self.found = found
        self.is_double = is_double


def check_mapping(mapping):
    """Refuse what is no mapping of columns to headings."""
    is_one = isinstance(mapping, dict) and all(
        column in words.COLUMNS
        and isinstance(texts, list | tuple)
        and len(texts) <= SHEET_COLUMNS
        and all(isinstance(text, str) for text in texts)
        for column, texts in mapping.items()
    )
    if not is_one:
        raise FileRefused(
            _lt("Say for each column, such as account or amount, which headings it is.")
        )


def count_known(cells, mapping=None):
    """Return how many of a row's cells are headings that are known."""
    asked = {words.folded(text) for texts in (mapping or {}).values() for text in texts}
    return sum(
        get_meaning(cell).kind in words.COLUMNS or words.folded(cell) in asked
        for cell in cells[:SHEET_COLUMNS]
        if cell
    )


def find_layout(head, unit, mapping=None, sheet_name=""):
    """Return the `Layout` of a table.

    :param head: its first rows, `SheetRow`
    :param str sheet_name: may name the month, as titles may
    :raise FileRefused: when there is none
    """
    titles, failures = [], []
    for place, row in enumerate(head):
        if row.number > WITHIN_ROWS:
            break
        texts = set(filter(None, row.filled[:SHEET_COLUMNS]))
        if len(texts) > 1:
            for depth in range(1, HEADER_ROWS + 1):
                header = head[place : place + depth]
                if len(header) < depth or (depth > 1 and not _goes_on(header)):
                    break
                if _names_units(head[place + depth : place + depth + 1]):
                    continue  # they belong to the header
                below = head[place + depth : place + depth + SAMPLE_ROWS]
                found = _Header(header, below, titles, sheet_name)
                try:
                    layout = found.resolve(mapping)
                except Unsure as unsure:
                    failures.append((unsure, found))
                    continue
                _check_units(found, layout, titles, unit)
                return layout
        titles += filter(None, row.cells)
    if mapping and failures:
        # What the file says without it is what can be proposed instead.
        sentence = max(failures, key=_says)[0].args[0]
        try:
            layout = find_layout(head, unit, sheet_name=sheet_name)
        except NeedsMapping as refusal:
            raise NeedsMapping(sentence, refusal.headings, refusal.mapping) from refusal
        raise NeedsMapping(
            sentence, list(filter(None, layout.headings)), layout.mapping
        )
    raise _refusal(failures)


def _names_units(rows):
    return any(
        all(get_meaning(cell).kind == UNIT for cell in row.cells if cell)
        for row in rows
    )


def _goes_on(header):
    """Tell whether the last of these rows is part of the header above it."""
    above, row = header[-2:]
    if any(_is_number(cell) and get_meaning(cell).kind != PERIOD for cell in row.cells):
        return False
    accounts = [
        index
        for index, cell in enumerate(above.filled[:SHEET_COLUMNS])
        if cell and get_meaning(cell).kind == ACCOUNT
    ]
    if accounts:
        return not any(row.cells[i] for i in accounts if i < len(row.cells))
    return any(get_meaning(cell).kind == ACCOUNT for cell in row.cells if cell)


def _is_number(cell):
    try:
        parse_amount(cell)
    except ValueError:
        return False
    return True


def _check_units(found, layout, titles, unit):
    for index in [each.index for each in (*layout.amounts, *layout.totals)]:
        for text in found.columns[index].path:
            check_heading(text, unit, is_name=get_meaning(text).kind == UNKNOWN)
    for text in titles:
        check_title(text, unit)


def _says(failure):
    """Return how much of a header was understood."""
    unsure, _header = failure
    return len(unsure.found), unsure.is_double


def _refusal(failures):
    nothing = _lt(
        "No header with account, category, month and amount was found: "
        "take the columns of the template."
    )
    if not failures:
        return NothingThere(nothing)
    # The header that says most, among them the first.
    unsure, header = max(failures, key=_says)
    headings = [heading for heading in header.headings if heading]
    if not unsure.found and len(headings) < 3:
        return NothingThere(nothing)
    sentence = unsure.args[0] if unsure.found else nothing
    return NeedsMapping(sentence, headings, header.propose(unsure.found))


class _Column(NamedTuple):
    """What the texts of a column's heading say together."""

    index: int
    path: tuple
    kind: str
    rank: int = 0
    level: int = 0
    category: str = ""
    month: str = ""

    @property
    def heading(self):
        return BETWEEN.join(self.path)


class _Header:
    """Rows that may be a header, and what can be made of them."""

    def __init__(self, rows, below, titles, sheet_name):
        self._rows = rows
        self._below = below
        self._titles = titles
        self._sheet_name = sheet_name
        width = min(max(len(row.filled) for row in rows), SHEET_COLUMNS)
        self.columns = [self._read_column(index) for index in range(width)]
        self.headings = [column.heading for column in self.columns]
        self._figures = {}

    # === Headings === #

    def _read_column(self, index):
        path = []
        for row in self._rows:
            text = row.filled[index] if index < len(row.filled) else ""
            if text and text not in path[-1:]:
                path.append(text)
        return self._judge(index, tuple(path))

    def _judge(self, index, path):
        if not path:
            return _Column(index, path, OTHER)
        meanings = [get_meaning(text) for text in path]
        last = meanings[-1]
        if len(path) > 1 and last.kind not in words.COLUMNS:
            whole = get_meaning("".join(path))
            if whole.kind in words.COLUMNS:
                meanings, last = [whole], whole
        if last.kind in (ACCOUNT, CATEGORY, PRODUCT, MONTH, YEAR):
            return _Column(index, path, last.kind, last.rank)
        kinds = {meaning.kind for meaning in meanings}
        if OTHER in kinds:
            return _Column(index, path, OTHER)
        if TOTAL in kinds:
            level = next(m.level for m in meanings if m.kind == TOTAL)
            return _Column(index, path, TOTAL, level=level)
        names = [text for text, m in zip(path, meanings, strict=True) if not m.kind]
        names = [text for text in names if not words.get_year(text)]
        kind = AMOUNT if AMOUNT in kinds else PERIOD if PERIOD in kinds else UNKNOWN
        if kinds <= {UNIT}:
            return _Column(index, path, OTHER)
        return _Column(
            index,
            path,
            kind,
            rank=min((m.rank for m in meanings if m.kind == AMOUNT), default=0),
            category=words.get_category(names[-1]) if names else "",
            month=self._get_month(path, meanings),
        )

    def _get_month(self, path, meanings):
        month = next((m.month for m in reversed(meanings) if m.month), "")
        year = next(filter(None, map(words.get_year, path)), None)
        if not month or not year:
            return month
        try:
            return f"{parse_month(month, year):%Y-%m}"
        except ValueError:
            return month

    # === What stands below === #

    def _get_figures(self, index):
        """Return how many numbers and how many other texts stand below a heading."""
        if index not in self._figures:
            cells = [
                row.cells[index]
                for row in self._below
                if index < len(row.cells) and row.cells[index] not in NOTHING
            ]
            numbers = sum(map(_is_number, cells))
            self._figures[index] = numbers, len(cells) - numbers
        return self._figures[index]

    def _may_be_line(self, column):
        """Tell whether a column that isn't known may hold the amounts of a line."""
        numbers, others = self._get_figures(column.index)
        return column.kind == UNKNOWN and column.category and numbers >= others

    def _adds_up(self, total, parts):
        """Tell whether one column is the sum of others in all rows below."""
        is_sum = False
        for row in self._below:
            try:
                told = parse_amount(_cell(row, total.index))
                summed = sum(
                    parse_amount(_cell(row, part.index))
                    for part in parts
                    if _cell(row, part.index) not in NOTHING
                )
            except ValueError:
                continue
            if told != summed:
                return False
            is_sum = True
        return is_sum

    # === Columns === #

    def resolve(self, mapping):
        """Return the `Layout`.

        :raise Unsure: when there is none, or more than one
        """
        if mapping:
            return self._resolve_mapped(mapping)
        named = {
            column: self._choose_named(column)
            for column in (ACCOUNT, CATEGORY, PRODUCT, MONTH, YEAR)
        }
        found = {column: indexes for column, indexes in named.items() if indexes}
        if self._of_kind(AMOUNT):
            found[AMOUNT] = [column.index for column in self._of_kind(AMOUNT)]
        if not named[ACCOUNT]:
            raise self._lacking(ACCOUNT, found)
        self._check_double(named, found)
        if named[CATEGORY]:
            amounts = self._amounts_of_long(named, found)
        else:
            amounts = self._amounts_of_lines(named, found)
        return self._make(named, amounts)

    def _of_kind(self, kind):
        return [column for column in self.columns if column.kind == kind]

    def _choose_named(self, kind):
        """Return the indexes of the columns for a part; the best first."""
        found = sorted(self._of_kind(kind), key=lambda column: column.rank)
        if kind not in CODED:
            found = [column for column in found if column.rank == found[0].rank]
        return [column.index for column in found]

    def _check_double(self, named, found):
        for kind, indexes in named.items():
            keys = {words.heading_key(self.headings[index]) for index in indexes}
            if len(indexes) > (len(keys) if kind in CODED else 1):
                raise self._double(kind, found)

    def _amounts_of_long(self, named, found):
        """Return the amounts where a column names the category."""
        plain = [column for column in self._of_kind(AMOUNT) if not column.month]
        monthly = sorted(
            column
            for column in (*self._of_kind(AMOUNT), *self._of_kind(PERIOD))
            if column.month
        )
        if not named[MONTH] and monthly:
            if plain and not self._all_sums(plain, monthly):
                raise self._double(AMOUNT, found)
            return [
                AmountColumn(column.index, column.heading, month=column.month)
                for column in monthly
            ]
        if not plain and len(self._of_kind(TOTAL)) == 1:
            plain = self._of_kind(TOTAL)
        best = [c for c in plain if c.rank == min(each.rank for each in plain)]
        if len(best) > 1:
            raise self._double(AMOUNT, found)
        if not best:
            raise self._lacking(AMOUNT, found)
        return [AmountColumn(best[0].index, best[0].heading)]

    def _amounts_of_lines(self, named, found):
        """Return the amounts where each line of business has columns of its own."""
        plain = [
            column
            for column in (*self._of_kind(AMOUNT), *self._of_kind(PERIOD))
            if not column.category
        ]
        sure = [
            column
            for column in (*self._of_kind(AMOUNT), *self._of_kind(PERIOD))
            if column.category
        ]
        lines = sure + [column for column in self.columns if self._may_be_line(column)]
        counted = [c for c in lines if self._get_figures(c.index)[0]]
        if not sure and len(counted) < (1 if self._of_kind(TOTAL) else 2):
            raise self._lacking(CATEGORY, found)
        if plain and not self._all_sums(plain, lines):
            raise self._lacking(CATEGORY, found)
        chosen = defaultdict(list)
        for column in lines:
            month = "" if named[MONTH] else column.month
            chosen[column.category, month].append(column)
        amounts = []
        for (category, month), columns in chosen.items():
            best = [c for c in columns if c.rank == min(each.rank for each in columns)]
            if len(best) > 1:
                raise self._double(AMOUNT, found)
            amounts.append(
                AmountColumn(best[0].index, best[0].heading, category, month)
            )
        return sorted(amounts)

    def _all_sums(self, totals, parts):
        return all(self._adds_up(total, parts) for total in totals)

    def _resolve_mapped(self, mapping):
        """Return the layout that the caller's mapping makes."""
        named, found = self._find_mapped(mapping)
        indexes = sorted(named.pop(AMOUNT))
        if not named[ACCOUNT] or not indexes:
            raise self._lacking(AMOUNT if named[ACCOUNT] else ACCOUNT, found)
        has_kind = named[CATEGORY] or named[PRODUCT]
        amounts = []
        for column in (self.columns[index] for index in indexes):
            category = month = ""
            if not named[CATEGORY] and (len(indexes) > 1 or not has_kind):
                category = column.category
            if not category and not has_kind:
                if len(indexes) == 1:
                    raise self._lacking(CATEGORY, found)
                category = words.get_category(column.path[-1])
            if not named[MONTH]:
                meanings = [get_meaning(text) for text in column.path]
                month = self._get_month(column.path, meanings)
            amounts.append(AmountColumn(column.index, column.heading, category, month))
        if len({each[2:] for each in amounts}) < len(amounts):
            raise self._double(AMOUNT, found)
        return self._make(named, amounts)

    def _find_mapped(self, mapping):
        """Return the indexes of each column of a mapping, and those that aren't empty.

        :raise Unsure: when a heading isn't there, or more than once
        """
        places = defaultdict(list)
        for index, heading in enumerate(self.headings):
            places[words.folded(heading)].append(index)
        asked = {
            kind: list(dict.fromkeys(map(words.folded, mapping.get(kind, ()))))
            for kind in words.COLUMNS
        }
        named = {
            kind: [index for text in texts for index in places.get(text, ())[:1]]
            for kind, texts in asked.items()
        }
        found = {kind: indexes for kind, indexes in named.items() if indexes}
        for text in chain.from_iterable(mapping.values()):
            there = places.get(words.folded(text), ())
            if len(there) == 1:
                continue
            sentence = _lt(
                "The file has no heading “%(heading)s”: say which one is meant.",
                heading=text[: words.LONGEST_HEADING],
            )
            if there:
                sentence = _lt(
                    "The heading “%(heading)s” stands over several columns: "
                    "leave only one of them.",
                    heading=text[: words.LONGEST_HEADING],
                )
            raise Unsure(sentence, found, is_double=bool(there))
        return named, found

    def _make(self, named, amounts):
        found = {**named, AMOUNT: [each.index for each in amounts]}
        found = {column: indexes for column, indexes in found.items() if indexes}
        month, notes = "", []
        if not named[MONTH] and not all(each.month for each in amounts):
            month, title = self._month_of_titles()
            if not month:
                raise Unsure(
                    _lt(
                        "The file has no column for the month, and no title above its "
                        "header names one month, such as 2026年3月."
                    ),
                    found,
                )
            notes.append(
                _lt(
                    "The title “%(title)s” gives the month of all rows: %(month)s.",
                    title=title[: words.LONGEST_HEADING],
                    month=month,
                )
            )
        taken = {each.index for each in amounts}
        is_wide = any(each.category or each.month for each in amounts)
        totals = [
            TotalColumn(column.index, column.heading, column.level or 2)
            for column in self.columns
            if is_wide and column.index not in taken and self._is_total(column, named)
        ]
        if is_wide:
            notes.append(
                _lt(
                    "Each of these columns has its own amounts: %(headings)s.",
                    headings=_listed(each.heading for each in amounts),
                )
            )
        used = {*taken, *(each.index for each in totals)}
        used |= {index for indexes in named.values() for index in indexes}
        left = [
            column.heading
            for column in self.columns
            if column.index not in used and column.path and self._is_amount_like(column)
        ]
        if left:
            notes.append(
                _lt(
                    "Left out, beside %(taken)s: %(headings)s.",
                    taken=_listed(each.heading for each in amounts[:1]),
                    headings=_listed(left),
                )
            )
        return Layout(
            last=self._rows[-1].number,
            headings=self.headings,
            columns=named,
            amounts=amounts,
            totals=totals,
            month=month,
            years=words.find_title_years([*self._titles, self._sheet_name]),
            mapping={
                column: [self.headings[index] for index in indexes]
                for column, indexes in found.items()
            },
            notes=notes,
        )

    def _is_total(self, column, named):
        if column.kind == TOTAL:
            return True
        # An amount beside those of the lines or months is known to be their sum.
        return column.kind == AMOUNT and not column.category and not column.month

    def _is_amount_like(self, column):
        numbers, others = self._get_figures(column.index)
        is_serial = words.heading_key(column.heading) in words.SERIALS
        return numbers > others and not is_serial

    def _month_of_titles(self):
        for titles in (self._titles, [self._sheet_name]):
            months = words.find_title_months(titles)
            if len(months) == 1:
                named = next(
                    t for t in titles if words.find_title_months([t]) == months
                )
                return months.pop(), named
            if months:
                break
        return "", ""

    # === What isn't sure === #

    def _lacking(self, column, found):
        return Unsure(
            _lt(
                "The file has no column for the %(column)s: say which heading it is, "
                "or take the columns of the template.",
                column=COLUMN_LABELS[column],
            ),
            found,
        )

    def _double(self, column, found):
        return Unsure(
            _lt(
                "The header has several columns for the %(column)s: "
                "leave only one of them, or say which one counts.",
                column=COLUMN_LABELS[column],
            ),
            found,
            is_double=True,
        )

    def propose(self, found):
        """Return a mapping to be looked at: what was found, and what may well be."""
        proposed = {column: list(indexes) for column, indexes in found.items()}
        taken = {index for indexes in proposed.values() for index in indexes}
        free = [c for c in self.columns if c.path and c.index not in taken]
        for guess in (self._by_words, self._by_cells):
            for column in free:
                kind = guess(column, proposed)
                if kind and kind not in proposed and column.index not in taken:
                    proposed[kind] = [column.index]
                    taken.add(column.index)
        lines = [
            c.index
            for c in free
            if c.index not in taken and (c.kind == PERIOD or self._may_be_line(c))
        ]
        if lines and (AMOUNT not in proposed or CATEGORY not in proposed):
            numbers = [index for index in lines if self._get_figures(index)[0]]
            proposed.setdefault(AMOUNT, numbers)
        return {
            column: [self.headings[index] for index in proposed[column]]
            for column in words.COLUMNS
            if proposed.get(column)
        }

    def _by_words(self, column, _proposed):
        kind = column.kind or words.propose(column.heading)
        return kind if kind in words.COLUMNS else ""

    def _by_cells(self, column, proposed):
        """Return what a column may be by what stands in it; "" where nothing tells."""
        cells = [_cell(row, column.index) for row in self._below]
        cells = [cell for cell in cells if cell not in NOTHING]
        if column.kind in (OTHER, TOTAL) or not cells:
            return ""
        if all(map(_is_month, cells)):
            return MONTH
        numbers, others = self._get_figures(column.index)
        if numbers > others:
            return (
                "" if self._may_be_line(column) and CATEGORY not in proposed else AMOUNT
            )
        return CATEGORY if ACCOUNT in proposed else ACCOUNT


def _is_month(cell):
    try:
        parse_month(cell)
    except ValueError:
        return False
    return True


def _cell(row, index):
    return row.cells[index] if index < len(row.cells) else ""


def _listed(headings):
    """Return headings for a sentence, which lists them in the reader's language; the
    list doesn't end where there are very many.
    """
    headings = list(headings)
    more = ["…"] if len(headings) > 12 else []
    return [*(f"“{text[:40]}”" for text in headings[:12]), *more]
