from odoo import api, models


class ClubDay(models.Model):
    _inherit = "club.day"

    @api.model
    def _after_change(self, date_from):
        """Move the deadlines that are open: the working days have changed. D3, D8."""
        result = super()._after_change(date_from)
        self.env["club.duty"]._refresh()
        self.env["club.need"]._move_deadlines()
        self.env["club.retention"]._move_deadlines()
        return result
