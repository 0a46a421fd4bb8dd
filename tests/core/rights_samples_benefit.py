class BenefitSamples:
    """The rights table: benefits, bookings and venues."""

    def make_benefits(self):
        """Make one of each, in the place of `self`."""
