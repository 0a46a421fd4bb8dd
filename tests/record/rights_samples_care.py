from ..common import TODAY


class CareSamples:
    """The rights table: member contacts and what is known of them."""

    def make_care(self):
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
        self.make_greetings(profile)

    def make_greetings(self, profile):
        """His own is a manager's; elsewhere the unit greets."""
        is_own = self.unit == self.case.other_unit and self.owner == self.case.user
        is_own = is_own or self.unit.name == "Far"
        occasion = self.make(
            "club.occasion",
            name="Rights",
            text="Rights",
            kind="set",
            owner_level="manager" if is_own else "unit",
            # One of them is an occasion that all companies share.
            company_id=self.name != "other" and self.company.id,
        )
        self.make("club.occasion.day", occasion_id=occasion, date=TODAY)
        greeting = self.make(
            "club.greeting",
            occasion_id=occasion,
            date=TODAY,
            company_id=self.company,
            user_id=self.owner,
            unit_id=not is_own and self.unit.id,
        )
        self.make(
            "club.greeting.line",
            greeting_id=greeting,
            occasion_id=occasion,
            date=TODAY,
            company_id=self.company,
            root_id=self.company,
            account_id=self.account,
            contact_id=self.contact,
            user_id=self.owner,
            channel="call",
            state="to_send",
            is_counted=True,
        )
        self.make(
            "club.birthday.correction",
            profile_id=profile,
            birthday_month="05",
            birthday_day=1,
            apology="Rights",
        )
