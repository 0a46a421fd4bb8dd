from ..common import TODAY, month


class CareSamples:
    """The rights table: member contacts and what is known of them."""

    def make_care(self):
        if not self.is_to_sign:
            here = self.company == self.case.company
            self.make(
                "club.account.team",
                account_id=self.account,
                company_id=self.company,
                user_id=self.case.colleague if here else self.case.stranger,
            )
        self._make_assignments()
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
        self.make_retention()
        self.make_greetings(profile)
        self._make_duties()

    def _make_assignments(self):
        """Make what says who looks after whom, and hands it over."""
        account = self.account.with_company(self.company)
        handover = self.make(
            "club.handover", company_id=self.company, user_from_id=self.owner
        )
        self.make("club.handover.line", handover_id=handover, account_id=self.account)
        allocation = self.make(
            "club.allocation", company_id=self.company, unit_id=self.unit
        )
        self.make(
            "club.allocation.line", allocation_id=allocation, account_id=self.account
        )
        if not account.club_manager_id:
            account.club_manager_id = self.case.colleague
        self.case.env.flush_all()
        loads = self.case.env["club.manager.load"].sudo()
        domain = [
            ("user_id", "=", account.club_manager_id.id),
            ("company_id", "=", self.company.id),
            ("unit_id", "=", account.club_unit_id.id),
        ]
        self.add(loads.search(domain, limit=1).with_env(handover.env))

    def make_today(self):
        """Find what is owed of the place's need: the view names its rows itself."""
        self.case.env.flush_all()
        today = self.case.env["club.today"].sudo().with_company(self.company)
        need = self.made["club.need"]
        domain = [("kind", "=", "need"), ("res_id", "=", need.id)]
        self.add(today.search(domain).with_env(need.env))

    def make_overview(self):
        """Find the card of the place's unit: the view names its rows itself."""
        self.case.env.flush_all()
        cards = self.case.env["club.overview"].sudo().with_company(self.company)
        card = cards.search([("unit_id", "=", self.unit.id)])
        self.add(card.with_env(self.made["club.need"].env))

    def _make_duties(self):
        self.make(
            "club.contact.log",
            account_id=self.account,
            conversation="Rights",
        )
        rule = self.make("club.duty.rule", name="Rights", company_id=self.company)
        self.make(
            "club.duty",
            account_id=self.account,
            origin_id=self.account.id,
            company_id=self.company,
            rule_id=rule,
            kind=rule.kind,
            period=self.name,
            date_from=TODAY,
            date_due=TODAY,
            date_grace=TODAY,
            # Open ones that nobody owes go when a contact is recorded.
            state="done",
        )
        if not self.is_to_sign:
            self.make(
                "club.relationship.evaluation",
                account_id=self.account,
                year=2026,
                grade="b",
                aims="Rights",
            )

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
                user_id=None if self.name == "company" else self.owner,
                reason="Rights",
            )
        self.make(
            "club.improvement",
            company_id=self.company,
            month=month("2020-01"),
            cause_id=cause,
        )

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
        # Past the profile: its account's duties would be worked out anew.
        self.insert(
            "club.birthday.correction",
            profile_id=profile,
            reported_on=TODAY,
            birthday_calendar="solar",
            birthday_month="05",
            birthday_day=1,
            source="self",
            apology="Rights",
        )
