"""The rows of a workbook's one visible sheet that has a statement on it. Rule B15."""

from odoo.tools.translate import LazyTranslate

from ...kernel import workbook_rows
from ...kernel.workbook_rows import Unreadable, Workbook
from .revenue_refusal import FileRefused, NeedsMapping, NoRows, NothingThere
from .revenue_table import take_table

_lt = LazyTranslate(__name__)

SHEETS_NAMED = 5
ALMOST = 3  # columns that were understood
REASONS = {
    workbook_rows.DAMAGED: _lt("The workbook is damaged and can't be read."),
    workbook_rows.PASSWORD: _lt("The workbook has a password: save it without one."),
    workbook_rows.OTHER_KIND: _lt(
        "This is no Excel workbook (.xlsx): open it in a spreadsheet program and "
        "save it as .xlsx."
    ),
}


def read_table(content, asked):
    """Return the `Table` of the one visible sheet that has a header and rows.

    :raise FileRefused: when there is none or several, or the workbook can't be read
    """
    found, refused = {}, []
    try:
        book = Workbook(content)
        for sheet in book.sheets:
            try:
                found[len(found), sheet.name] = _take_sheet(book, sheet, asked)
            except NothingThere as refusal:
                refused.append((refusal, sheet.name))
    except Unreadable as error:
        raise get_refusal(error) from error
    if not found:
        raise max(refused, key=_says)[0]
    if len(found) > 1:
        # One of them may be a copy of the other, or the next month.
        raise FileRefused(
            _lt(
                "Several sheets have rows: %(sheets)s. Leave only one in the file, "
                "or hide the others.",
                sheets=[f"“{name}”" for _number, name in list(found)[:SHEETS_NAMED]],
            )
        )
    (table,) = found.values()
    left = [name for refusal, name in refused if _says((refusal, name)) > ALMOST]
    if left:
        note = _lt(
            "Sheets that were not read, since they lack a column: %(sheets)s.",
            sheets=[f"“{name}”" for name in left[:SHEETS_NAMED]],
        )
        table = table._replace(notes=(*table.notes, note))
    return table


def _take_sheet(book, sheet, asked):
    rows = book.shown_rows(sheet)
    table = take_table(
        rows,
        asked,
        sheet_name=sheet.name,
        has_dates_1904=book.has_dates_1904,
    )
    notes = [*table.notes]
    if rows.hidden_rows:
        notes.append(
            _lt("Hidden rows that were not read: %(count)s.", count=rows.hidden_rows)
        )
    if rows.hidden_columns:
        notes.append(
            _lt(
                "Hidden columns that were not read: %(count)s.",
                count=rows.hidden_columns,
            )
        )
    return table._replace(notes=tuple(notes))


def _says(refused):
    """Return how much the refusal of a sheet tells of the file."""
    refusal, _name = refused
    if isinstance(refusal, NeedsMapping):
        return 1 + len(refusal.mapping)
    return 2 if isinstance(refusal, NoRows) else 0


def get_refusal(error):
    """Return the `FileRefused` for a workbook that can't be read."""
    if error.reason == workbook_rows.TOO_MUCH:
        return FileRefused(
            _lt(
                "The workbook unpacks to more than %(limit)s MB or %(cells)s cells: "
                "copy the rows into an empty workbook.",
                limit=workbook_rows.UNPACKED_BYTES // 1024**2,
                cells=workbook_rows.ELEMENTS // 2,
            )
        )
    if error.reason == workbook_rows.LONG_CELL:
        return FileRefused(
            _lt(
                "The workbook has a cell with more than %(limit)s characters: "
                "shorten it.",
                limit=workbook_rows.LONGEST_CELL,
            )
        )
    return FileRefused(REASONS[error.reason])
