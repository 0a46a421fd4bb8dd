from odoo import api, models

from ..benefit.club_benefit import BIRTHDAY


class ClubBenefit(models.Model):
    """Benefits that are given out as gifts. Rules D12, D17."""

    _inherit = "club.benefit"

    @api.model
    def _find_birthday_gift(self, company):
        """Return the birthday gift of a company's catalogue that needs no consent, the
        first of several; or none.
        """
        return self.search(
            [
                *(("company_id", "=", company.id), ("form", "=", BIRTHDAY)),
                ("needs_consent", "=", False),
            ],
            limit=1,
        )
