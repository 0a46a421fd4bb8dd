from odoo import api, models

from ...models.worth.take_on_texts import get_fault_texts
from .take_on_book import build_book


class ClubXlsxTakeOn(models.AbstractModel):
    """A take-on's sheet to correct: its faulty rows first, with what is wrong."""

    _name = "club.xlsx.take.on"
    _description = "Take-On to Correct"
    _inherit = ["club.xlsx"]

    _kind = "take_on"
    _source = "club.take.on"
    _limit = 1

    @api.model
    def _get_file_name(self, records):
        return records.name

    @api.model
    def _build(self, records, **options):
        """Build it from the file: it may have more rows than faults are listed."""
        records._check_has_file()
        rows, faults = records._find_faults()
        return build_book(self.env, rows, map(self._describe, faults))

    def _describe(self, fault):
        texts = get_fault_texts(self.env, fault)
        parts = (texts["column"], texts["problem"], texts["wanted"])
        return fault.sheet, fault.row, " ".join(filter(None, parts))
