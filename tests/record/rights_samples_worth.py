from ..common import TODAY


class WorthSamples:
    """The rights table: rewards, taking on."""

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
        gifts = self.make(
            "club.gift.list",
            purpose="Rights",
            company_id=self.company,
            unit_id=self.unit,
            user_id=self.owner,
        )
        self.make(
            "club.gift",
            list_id=gifts,
            account_id=self.account,
            contact_id=self.contact,
            item="Tea",
            value=10,
        )

    def make_take_ons(self):
        """Make one, with a fault and an account."""
        document = self.make("club.take.on", program_id=self.program)
        self.make("club.take.on.fault", take_on_id=document)
        self.make("club.take.on.account", take_on_id=document, account_id=self.account)
        if self.is_to_sign:
            self.submit(document)
