from odoo import fields, models

from ..record.rpc import is_id


class ClubRecordMixin(models.AbstractModel):
    """Finds the records that a figure was counted from, by the figure's own SQL."""

    _inherit = "club.record.mixin"

    club_figure_id = fields.Many2one(
        "club.figure",
        "Counted in Figure",
        store=False,
        search="_search_club_figure_id",
        export_string_translation=False,
        help="To search by: the figures of a month open their records with it.",
    )

    def _search_club_figure_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        ids = [number for number in value if is_id(number)]
        figures = self.env["club.figure"].search([("id", "in", ids)])
        return figures._get_records_domain(self)
