class GuestSamples:
    """The rights table: guests of activities and what they answer."""

    def make_guests(self):
        """Make one of each, in the place of `self`."""
        self._make_survey()

    def _make_survey(self):
        """What guests say afterwards, and what comes of it."""
        self.need = self.make(
            "club.need",
            name="Cold storage",
            account_id=self.account,
            company_id=self.company,
            owner_id=self.owner if self.name != "company" else None,
        )
