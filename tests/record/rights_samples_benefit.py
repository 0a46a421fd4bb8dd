from ..common import TODAY


class BenefitSamples:
    """The rights table: benefits, bookings and venues.

    The booking is of a benefit that isn't discreet; who sees discreet ones is what
    `tests/benefit/test_discretion.py` is about.
    """

    def make_benefits(self):
        """Make one of each, in the place of `self`."""
        benefit = self.make(
            "club.benefit",
            name="Gift",
            code=f"rights_{self.name}",
            company_id=self.company,
        )
        self.make("club.benefit.quota", benefit_id=benefit, tier_id=self.tier, times=3)
        booking = self.make(
            "club.benefit.booking",
            benefit_id=benefit,
            contact_id=self.contact,
            account_id=self.account,
            date_begin=TODAY,
            state="booked",
            is_counted=True,
        )
        # The view names its rows by account, benefit and year.
        booking.flush_recordset()
        entitlements = self.case.env["club.entitlement"].sudo()
        self.add(entitlements.search([("benefit_id", "=", benefit.id)], limit=1))
        venue = self.make("club.venue", name="Room", company_id=self.company)
        self.make(
            "club.venue.benefit", venue_id=venue, tier_id=self.tier, name="Tea for free"
        )
        self.make(
            "club.venue.booking",
            venue_id=venue,
            account_id=self.account,
            date_from="2026-04-10 08:00:00",
            date_to="2026-04-10 09:00:00",
            purpose="Rights",
        )
