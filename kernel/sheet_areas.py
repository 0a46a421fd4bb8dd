"""The merged areas of a sheet, asked row by row from the top (Rule B15).

However many and however large they are: an area costs as many steps as it has columns
that are looked at, a row as many as areas cover it.
"""

import re

from .workbook_cells import (
    DAMAGED,
    SHEET_COLUMNS,
    SHEET_ROWS,
    TOO_MUCH,
    Unreadable,
    column_number,
)

AREAS = 100_000
AREA = re.compile(
    r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})(?::\$?([A-Z]{1,3})\$?([1-9]\d{0,6}))?", re.ASCII
)


class Areas:
    """Fills merged cells with what their area shows."""

    def __init__(self) -> None:
        self._areas = []  # top, left, bottom, right; until they are asked, unordered
        self._next = 0
        # By column: bottom and text of what covers it, whether it begins there.
        self._open = {}

    def __len__(self) -> int:
        return len(self._areas)

    def add(self, reference: str) -> None:
        """Take in an area such as A2:B4.

        :raise Unreadable: when it is none, or there are too many
        """
        match = AREA.fullmatch(reference)
        if not match:
            raise Unreadable(DAMAGED)
        left, top = column_number(match[1]), int(match[2])
        right = column_number(match[3]) if match[3] else left
        bottom = int(match[4]) if match[4] else top
        if left > right or top > bottom or top > SHEET_ROWS:
            raise Unreadable(DAMAGED)
        if left <= SHEET_COLUMNS:
            self._areas.append((top, left, bottom, min(right, SHEET_COLUMNS)))
        if len(self._areas) > AREAS:
            raise Unreadable(TOO_MUCH)

    def sort(self) -> None:
        """Begin at the top."""
        self._areas.sort()

    def fill(self, number: int, cells: list[str]) -> tuple[list, list, dict]:
        """Return a row's own cells, its cells as merged cells show them, and of those
        in which an area begins, by index: the last index, whether it has more rows.

        :param number: of the row; greater than that of the row before

        >>> areas = Areas()
        >>> areas.add("A2:A3")
        >>> areas.sort()
        >>> areas.fill(2, ["K001", "Letters"])
        (['K001', 'Letters'], ['K001', 'Letters'], {0: (0, True)})
        >>> areas.fill(3, ["", "Parcels"])
        (['', 'Parcels'], ['K001', 'Parcels'], {})
        """
        begun = {}
        while self._next < len(self._areas) and self._areas[self._next][0] <= number:
            top, left, bottom, right = self._areas[self._next]
            self._next += 1
            if bottom < number:
                continue
            # The row with the text, the top one, isn't there where it is empty.
            text = cells[left - 1] if top == number and left <= len(cells) else ""
            if top == number:
                begun[left - 1] = (right - 1, bottom > top)
            for column in range(left, right + 1):
                covered = self._open.get(column)
                is_free = covered is None or covered[0] < number
                # Where two areas lie over one another, nobody knows what is shown.
                is_anchor = top == number and column == left
                self._open[column] = (bottom, text if is_free else "", is_anchor)
        own, filled = list(cells), list(cells)
        for column, (bottom, text, is_anchor) in list(self._open.items()):
            if bottom < number:
                del self._open[column]
                continue
            if text and not is_anchor:
                filled += [""] * (column - len(filled))
                filled[column - 1] = text
                if column <= len(own):
                    own[column - 1] = ""  # it lies below what is shown
            self._open[column] = (bottom, text, False)
        return own, filled, begun
