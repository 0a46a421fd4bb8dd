class HostingSamples:
    """The rights table: round tables, visits and banquets."""

    def make_hosting(self):
        """Make one of each, in the place of `self`."""
