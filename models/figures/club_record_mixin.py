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

    club_figure_year_id = fields.Many2one(
        "club.figure.year",
        "Counted in Figure of the Year",
        store=False,
        search="_search_club_figure_year_id",
        export_string_translation=False,
        help="To search by: the figures of a year open their records with it.",
    )

    def _search_club_figure_id(self, operator, value):
        return self._search_counted("club.figure", operator, value)

    def _search_club_figure_year_id(self, operator, value):
        return self._search_counted("club.figure.year", operator, value)

    def _search_counted(self, name, operator, value):
        """Return what figures count, of those that the user reads."""
        if operator != "in":
            return NotImplemented
        ids = [number for number in value if is_id(number)]
        return self.env[name].search([("id", "in", ids)])._get_records_domain(self)
