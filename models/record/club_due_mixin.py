from odoo import api, fields, models


class ClubDueMixin(models.AbstractModel):
    """A record that somebody settles by a day, and that is late from the next one."""

    _name = "club.due.mixin"
    _description = "What Is Due by a Day"
    # The field with the day, and the states in which it is still to be settled.
    _club_due = "date_due"
    _club_unsettled = ()

    is_overdue = fields.Boolean(
        compute="_compute_is_overdue", search="_search_is_overdue"
    )

    @api.depends(lambda self: ("state", self._club_due))
    def _compute_is_overdue(self):
        today = self.env.company._club_today()
        for record in self:
            day = record[self._club_due]
            record.is_overdue = (
                record.state in self._club_unsettled and bool(day) and day < today
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._club_today()
        return [("state", "in", self._club_unsettled), (self._club_due, "<", today)]
