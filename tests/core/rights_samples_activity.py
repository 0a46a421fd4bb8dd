class ActivitySamples:
    """The rights table: the catalogue, the plan and activities."""

    def make_activities(self):
        """Make one of each, in the place of `self`."""
