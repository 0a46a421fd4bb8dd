class WorthSamples:
    """The rights table: taking on."""

    def make_take_ons(self):
        """Make one, with a fault and an account."""
        document = self.make("club.take.on", program_id=self.program)
        self.make("club.take.on.fault", take_on_id=document)
        self.make("club.take.on.account", take_on_id=document, account_id=self.account)
        if self.is_to_sign:
            self.submit(document)
