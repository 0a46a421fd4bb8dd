from ..common import TODAY, month


class CareSamples:
    """The rights table: member contacts and what is known of them."""

    def make_care(self):
        if not self.is_to_sign:
            self.make(
                "club.account.team",
                account_id=self.account,
                company_id=self.company,
                user_id=self.case.colleague,
            )
        self.make("club.contact.role", name="Rights")
        self.make("club.contact.interest", name="Rights")
        self.contact = self.case.env["res.partner"].create(
            {"name": f"Contact {self.name}", "parent_id": self.account.id}
        )
        profile = self.make(
            "club.contact.profile", contact_id=self.contact, company_id=self.company
        )
        self.make(
            "club.contact.consent", profile_id=profile, channel="call", answer="given"
        )
        self.make(
            "club.anonymisation",
            contact_number=self.contact.id,
            company_id=self.company,
            user_id=self.owner,
            done_at=TODAY,
            cause="request",
            reference="R 1",
        )
        self.make(
            "club.contact.log",
            account_id=self.account,
            conversation="Rights",
        )
        self.make_retention()

    def make_retention(self):
        # Places may share an account.
        pulse = self.case.env["club.account.pulse"].search(
            [
                ("account_id", "=", self.account.id),
                ("company_id", "=", self.company.id),
            ]
        )
        if pulse:
            self.add(pulse.with_env(self.case.env(su=True)))
        else:
            self.make(
                "club.account.pulse",
                account_id=self.account,
                company_id=self.company,
                level="active",
            )
        self.make("club.retention.cause", name="Rights")
        cause = self.make("club.complaint.cause", name="Rights")
        case = self.case.env["club.retention"].search(
            [
                ("account_id", "=", self.account.id),
                ("company_id", "=", self.company.id),
            ]
        )
        if case:
            self.add(case.with_env(self.case.env(su=True)))
        else:
            self.make(
                "club.retention",
                account_id=self.account,
                company_id=self.company,
                user_id=self.owner if self.name != "company" else None,
                reason="Rights",
            )
        self.make(
            "club.improvement",
            company_id=self.company,
            month=month("2020-01"),
            cause_id=cause,
        )
