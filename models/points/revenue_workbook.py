"""The rows of a workbook's first visible sheet, read without trusting the file."""

import io
import re
import zipfile

import openpyxl

from odoo.tools.translate import LazyTranslate

from .revenue_refusal import FileRefused

_lt = LazyTranslate(__name__)

# What a workbook may grow to when unpacked: a "zip bomb" is small when packed.
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
# The last row and the last column that are looked at in a sheet.
SHEET_ROWS = 1_048_576
SHEET_COLUMNS = 100
FORMULA = re.compile(rb"<(\w+:)?f[ >/]")
CHUNK = 1024 * 1024


def read_rows(content, *, formulas=False):
    """Yield number and cells of each row.

    :param bool formulas: yield formulas as written, not what they came to
    :raise FileRefused: when the workbook is damaged or unpacks to too much
    """
    _check_container(content)
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=not formulas
        )
        sheet = next(s for s in book.worksheets if s.sheet_state == "visible")
        # The size that a sheet declares may be wrong or missing.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_col=SHEET_COLUMNS, values_only=True)
        for number, cells in enumerate(rows, start=1):
            if number > SHEET_ROWS:
                break
            yield number, cells
        book.close()
    # A damaged workbook makes the reader raise almost anything.
    except Exception as error:
        raise _damaged() from error


def read_unfinished_rows(content):
    """Yield number and, per cell, whether it is a formula without a result.

    Programs that write workbooks may leave results out. Such a cell looks empty,
    and a row of them would be lost silently.
    """
    if not _has_formulas(content):
        return
    pairs = zip(read_rows(content), read_rows(content, formulas=True), strict=False)
    for (number, results), (_number, written) in pairs:
        unfinished = [
            result is None and cell is not None
            for result, cell in zip(results, written, strict=True)
        ]
        if any(unfinished):
            yield number, unfinished


def _check_container(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            unpacked = sum(entry.file_size for entry in container.infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise _damaged() from error
    if unpacked > MAX_UNPACKED_BYTES:
        raise FileRefused(
            _lt(
                "The workbook unpacks to more than %(limit)s MB: "
                "copy the rows into an empty workbook.",
                limit=MAX_UNPACKED_BYTES // 1024**2,
            )
        )


def _has_formulas(content):
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        for name in container.namelist():
            if not name.startswith("xl/worksheets/"):
                continue
            with container.open(name) as stream:
                tail = b""
                while chunk := stream.read(CHUNK):
                    if FORMULA.search(tail + chunk):
                        return True
                    tail = chunk[-64:]
    return False


def _damaged():
    return FileRefused(_lt("The workbook is damaged and can't be read."))
