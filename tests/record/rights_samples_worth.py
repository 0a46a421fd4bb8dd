from ..common import TODAY


class WorthSamples:
    """The rights table: rewards, vouchers, taking on."""

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
        self.make_vouchers()

    def make_vouchers(self):
        """Make a batch, and a voucher that an account of the place redeemed."""
        batch = self.make(
            "club.voucher.batch",
            company_id=self.company,
            partner_id=self.account,
            subject="Rights",
            value=1,
            date_from=TODAY,
            date_to=TODAY,
        )
        voucher = self.make(
            "club.voucher",
            batch_id=batch,
            name="Rights",
            code=f"rights {self.name}",
            state="redeemed",
            account_id=self.account,
            redeemed_on=TODAY,
        )
        self.add(voucher.env["club.voucher.conversion"].browse(voucher.id))

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
