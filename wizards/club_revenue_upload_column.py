from odoo import fields, models

COLUMNS = [
    ("account", "Account"),
    ("category", "Category"),
    ("product", "Product"),
    ("month", "Month"),
    ("year", "Year"),
    ("amount", "Amount"),
]


class ClubRevenueUploadColumn(models.TransientModel):
    """A heading of the file, and which column it is read as. Rule B15."""

    _name = "club.revenue.upload.column"
    _description = "Column of a Statement"
    _inherit = ["club.guard.mixin"]
    _order = "sequence, id"
    _club_parent = "upload_id"

    upload_id = fields.Many2one(
        "club.revenue.upload",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(readonly=True)
    heading = fields.Char("Heading in the File", required=True, readonly=True)
    proposed = fields.Selection(COLUMNS, "Proposed Column", readonly=True)
    column = fields.Selection(
        COLUMNS,
        "Read As",
        help="Empty: the column isn't read. Several columns of amounts are a column "
        "for each category, which their headings name.",
    )

    def _get_mapping(self):
        """Return what was chosen: ``{column: [headings]}``."""
        mapping = {}
        for line in self:
            if line.column:
                mapping.setdefault(line.column, []).append(line.heading)
        return mapping
