class CooperationSamples:
    """The rights table: third-party cooperation."""

    def make_cooperations(self):
        """Make one of each, in the place of `self`."""
