"""The empty revenue statement that is offered for download. Rules B15, E4."""

import io

import xlsxwriter

# Headers that the import knows; not translated, or it might not know them again.
HEADERS = {
    "en": ("Account code or name", "Category", "Month", "Amount", "Product"),
    "zh": ("客户编码或名称", "业务种类", "月份", "金额", "产品"),
}
EXAMPLES = {
    "en": (
        ("K00123", "Letters", "2026-01", "12500.00", ""),
        ("Example Trading Ltd", "Parcels", "2026-01", "-300.50", ""),
    ),
    "zh": (
        ("K00123", "函件", "2026-01", "12500.00", ""),
        ("示例贸易有限公司", "包裹", "2026-01", "-300.50", ""),
    ),
}
WIDTHS = (36, 24, 12, 18, 24)


def build_template(env):
    """Return a workbook with header and two example rows, and a sheet of notes."""
    language = "zh" if (env.lang or "").startswith("zh") else "en"
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "num_format": "@"})
        # Cells are text, so that codes keep their zeros and nothing is a formula.
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(env._("Revenue"))
        sheet.freeze_panes(1, 0)
        for column, (header, width) in enumerate(
            zip(HEADERS[language], WIDTHS, strict=True)
        ):
            sheet.set_column(column, column, width, text)
            sheet.write_string(0, column, header, bold)
        for number, cells in enumerate(EXAMPLES[language], start=1):
            for column, cell in enumerate(cells):
                sheet.write_string(number, column, cell, text)
        notes = book.add_worksheet(env._("Notes"))
        notes.set_column(0, 0, 100)
        for number, note in enumerate(_get_notes(env)):
            notes.write_string(number, 0, note)
    return output.getvalue()


def _get_notes(env):
    return (
        env._("Replace the two example rows by your own; leave the header as it is."),
        env._("Account: the customer code, or the name as it is known here."),
        env._("Category: the product category, with or without those above it."),
        env._("Month: such as 2026-01. Months ahead are parked."),
        env._(
            "Amount: net of tax; corrections are negative. "
            "Say when uploading whether it is in CNY or in 10,000 CNY."
        ),
        env._(
            "Product: only where one has a rate of its own; by code or name, may stay "
            "empty."
        ),
        env._("Several rows with the same account, category and month add up."),
        env._("Rows that can't be read are parked and settled later; none is lost."),
    )
