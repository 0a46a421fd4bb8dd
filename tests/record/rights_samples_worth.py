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

        if not self.is_to_sign:
            head = self.case.env["res.partner"].create(
                {"name": f"Head of {self.name}", "is_company": True}
            )
            self.make(
                "club.account.head",
                account_id=self.account,
                head_id=head,
                company_id=self.company,
                date_from=TODAY,
            )

    def make_take_ons(self):
        """Make one, with a fault and an account."""
        document = self.make("club.take.on", program_id=self.program)
        self.make("club.take.on.fault", take_on_id=document)
        self.make("club.take.on.account", take_on_id=document, account_id=self.account)
        if self.is_to_sign:
            self.submit(document)
