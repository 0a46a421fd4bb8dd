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

    def make_today(self):
        """Find what is owed of the place's need: the view names its rows itself."""
        self.case.env.flush_all()
        today = self.case.env["club.today"].sudo().with_company(self.company)
        need = self.made["club.need"]
        domain = [("kind", "=", "need"), ("res_id", "=", need.id)]
        self.add(today.search(domain).with_env(need.env))
