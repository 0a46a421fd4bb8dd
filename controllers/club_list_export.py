"""Odoo's own export of lists: what people typed elsewhere stays text."""

from odoo.addons.web.controllers import export

from ..reports.xlsx.workbook import FORMULA_STARTS, mark_text, write_text


class _TextWriter(export.GroupExportXlsxWriter):
    """Odoo writes a text that begins with = as a formula, one like a link as a link."""

    def write(self, row, column, cell_value, style=None):
        if isinstance(cell_value, str) and cell_value:
            return write_text(self.worksheet, row, column, cell_value, style)
        return super().write(row, column, cell_value, style)


class ClubExcelExport(export.ExcelExport):
    def from_group_data(self, fields, columns_headers, groups):
        with _TextWriter(fields, columns_headers, groups.count) as writer:
            row, column = 1, 0
            for name, group in groups.children.items():
                row, column = writer.write_group(row, column, name, group)
        return writer.value

    def from_data(self, fields, columns_headers, rows):
        with _TextWriter(fields, columns_headers, len(rows)) as writer:
            for number, row in enumerate(rows, start=1):
                for column, value in enumerate(row):
                    writer.write_cell(number, column, value)
        return writer.value


class ClubCsvExport(export.CSVExport):
    def from_data(self, fields, columns_headers, rows):
        """Mark also the other beginnings of a formula; Odoo marks those of arithmetic.

        In every list: what people typed into the club's is in Odoo's own, too.
        """
        rows = [[mark_text(value, FORMULA_STARTS) for value in row] for row in rows]
        return super().from_data(fields, columns_headers, rows)
