"""Long tables of papers in pieces: wkhtmltopdf lays a table out again for its breaks,
so that one of thousands of rows takes nearly twice as long as pieces of it.
"""

from copy import deepcopy

from lxml import etree

# Some eight pages; the heading stands once more where a piece begins.
ROWS = 250
_CLOSE = "margin-bottom: 0 !important"


def split_tables(root: etree._Element, most: int = ROWS) -> None:
    """Cut tables with one body of more rows into tables that follow each other closely,
    each with the heading. Columns must have widths, which all pieces share.

    >>> from lxml import html
    >>> page = html.fromstring(
    ...     '<div><table class="t"><thead><tr><th>A</th></tr></thead><tbody>'
    ...     '<tr><td>1</td></tr><tr><td>2</td></tr><tr><td>3</td></tr></tbody></table>'
    ...     "after</div>"
    ... )
    >>> split_tables(page, 2)
    >>> [(table.get("style"), table.text_content()) for table in page.iter("table")]
    [('margin-bottom: 0 !important', 'A12'), (None, 'A3')]
    >>> html.tostring(page).decode().endswith("</table>after</div>")
    True
    """
    for table in list(root.iter("table")):
        bodies = table.findall("tbody")
        if len(bodies) == 1 and len(bodies[0]) > most and not _spans_rows(bodies[0]):
            _split(table, most)


def _spans_rows(body: etree._Element) -> bool:
    return any(cell.get("rowspan") for row in body for cell in row)


def _split(table: etree._Element, most: int) -> None:
    body = table.find("tbody")
    rows = list(body)
    body[:] = []
    for first in range(0, len(rows), most):
        piece = deepcopy(table)
        piece.tail = None
        piece.find("tbody").extend(rows[first : first + most])
        if first + most < len(rows):
            style = piece.get("style", "").rstrip("; ")
            piece.set("style", "; ".join(filter(None, (style, _CLOSE))))
            if (foot := piece.find("tfoot")) is not None:
                piece.remove(foot)
        table.addprevious(piece)
    piece.tail = table.tail
    table.getparent().remove(table)
