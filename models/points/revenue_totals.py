"""The totals of a statement: recognised, left out, and compared with what was read.

A total may be one of all rows, of those since the last total of its kind, or of those
since any total: it agrees with the rows where it is one of these. Rule B15.
"""

from decimal import Decimal
from typing import NamedTuple

from odoo.tools.translate import LazyTranslate

from ...kernel.revenue_headings import find_total
from ...kernel.revenue_rows import parse_amount

_lt = LazyTranslate(__name__)

NAMED = 8  # totals that differ, in a note each
ALL = 3


class Total(NamedTuple):
    """A figure that is the total of others."""

    number: int  # of its row
    label: str
    text: str
    level: int
    column: int  # of which it is the total; 0 in a long table
    place: int  # how many rows had been read before it


class Sums:
    """What came together since totals of each level."""

    def __init__(self):
        self._sums = dict.fromkeys((1, 2, ALL), Decimal(0))

    def add(self, amount):
        for level in self._sums:
            self._sums[level] += amount

    def close(self, level, figure):
        """Begin anew below a total; return the sum that it differs from, if any."""
        told = self._sums[level]
        agrees = figure in self._sums.values()
        for lower in range(1, min(level, ALL - 1) + 1):
            self._sums[lower] = Decimal(0)
        return None if agrees else told


class Reading:
    """How the amounts of one file are read for its totals."""

    def __init__(self, unit, *, is_comma_decimal=False):
        self._unit = unit
        self._is_comma_decimal = is_comma_decimal

    def parse(self, text):
        """Return an amount in CNY; None where it isn't one."""
        try:
            return parse_amount(
                text, self._unit, is_comma_decimal=self._is_comma_decimal
            )
        except ValueError:
            return None

    def show(self, amount):
        """Return a sum as the file would have it."""
        shown = format((amount / self._unit).normalize(), "f")
        return shown if "." in shown else f"{shown}.00"


def find_label(row, layout, previous):
    """Return label and level of a row that is a total; None for any other.

    :param previous: the account of the row before
    """
    named = layout.columns
    accounts = [_cell(row.cells, index) for index in named["account"]]
    labels = [text for text in accounts if text]
    for column in ("category", "product", "month"):
        labels += filter(None, (_cell(row.cells, index) for index in named[column]))
    if not any(accounts):
        figures = {each.index for each in (*layout.amounts, *layout.totals)}
        labels += [
            text for i, text in enumerate(row.cells) if text and i not in figures
        ]
    for label in labels:
        found = find_total(label)
        if found and _is_total(label, found[0], row, layout, previous):
            return label, found[1]
    return None


def _is_total(label, what, row, layout, previous):
    if not label.isascii():
        return True
    # "Total" and "Alpha Total" may be customers; a total lacks category or month.
    filled = row.filled
    lacks = any(
        indexes and not _cell(filled, indexes[0])
        for indexes in (layout.columns["category"], layout.columns["month"])
    )
    if lacks:
        return True
    repeats = bool(what) and what == "".join(previous.casefold().split())
    return repeats or (not what and layout.is_wide)


def compare(rows, totals, reading):
    """Return a sentence for each total that differs, and how many agree.

    :param rows: `Row` objects in the order of the file
    """
    sums, differing, agreeing = {}, [], 0
    place = 0
    for total in totals:
        for row in rows[place : total.place]:
            amount = reading.parse(row.amount)
            if amount is not None:
                sums.setdefault(row.column, Sums()).add(amount)
                if row.column:
                    sums.setdefault(0, Sums()).add(amount)
        place = total.place
        if not total.level:
            continue  # of a year, of which these rows are a month
        figure = reading.parse(total.text)
        if figure is None:
            continue
        told = sums.setdefault(total.column, Sums()).close(total.level, figure)
        if told is None:
            agreeing += 1
        else:
            differing.append(difference(total, told, reading))
    return differing, agreeing


def difference(total, told, reading):
    """Return the sentence that tells a total and the sum that was read."""
    return _lt(
        "Row %(row)s: “%(label)s” says %(figure)s, the rows read come to %(sum)s.",
        row=total.number,
        label=total.label[:40],
        figure=total.text[:40],
        sum=reading.show(told),
    )


def tell(differing, agreeing):
    """Return the notes on totals."""
    notes = differing[:NAMED]
    if len(differing) > NAMED:
        notes.append(
            _lt("Further totals that differ: %(count)s.", count=len(differing) - NAMED)
        )
    if agreeing:
        notes.append(
            _lt("Totals left out that agree with the rows: %(count)s.", count=agreeing)
        )
    return notes


def _cell(cells, index):
    return cells[index] if index < len(cells) else ""
