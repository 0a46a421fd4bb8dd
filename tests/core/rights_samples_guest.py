class GuestSamples:
    """The rights table: guests of activities and what they answer."""

    def make_guests(self):
        """Make one of each, in the place of `self`."""
