from ..common import TODAY


class WorthSamples:
    """The rights table: rewards, cards, taking on."""

    def make_worth(self):
        """Make one of each, in the place of `self`."""
        reward = self.make(
            "club.reward", name="Tea set", program_id=self.program, price=100
        )
        self.make(
            "club.reward.receipt",
            reward_id=reward,
            date=TODAY,
            quantity=5,
            document="DN-1",
        )

        self.make("club.card", membership_id=self.membership, number=f"R-{self.name}")

    def make_take_ons(self):
        """Make one, with a fault and an account."""
        document = self.make("club.take.on", program_id=self.program)
        self.make("club.take.on.fault", take_on_id=document)
        self.make("club.take.on.account", take_on_id=document, account_id=self.account)
        if self.is_to_sign:
            self.submit(document)
