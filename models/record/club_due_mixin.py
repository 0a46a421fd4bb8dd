from odoo import api, fields, models
from odoo.fields import Domain


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

    @api.depends(lambda self: ("company_id", "state", self._club_due))
    def _compute_is_overdue(self):
        for company, records in self.grouped("company_id").items():
            today = company._club_today()
            for record in records:
                day = record[self._club_due]
                record.is_overdue = (
                    record.state in self._club_unsettled and bool(day) and day < today
                )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("state", "in", self._club_unsettled) & self.env[
            "res.company"
        ]._club_domain_today(lambda today: [(self._club_due, "<", today)])
