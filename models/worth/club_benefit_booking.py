from odoo import fields, models

from ..benefit.club_benefit_booking import BOOKED, CANCELLED, USED


class ClubBenefitBooking(models.Model):
    """Bookings that gifts are given out by. Rules D12, D17."""

    _inherit = "club.benefit.booking"

    gift_ids = fields.One2many("club.gift", "booking_id", "Gifts", readonly=True)

    def _take_back(self):
        """Give back what was booked or used: the gift wasn't given, or it came back.

        The caller holds the accounts.
        """
        self._set_state(
            (BOOKED, USED),
            CANCELLED,
            is_counted=False,
            settled_at=fields.Datetime.now(),
            settled_by_id=self.env.uid,
        )
