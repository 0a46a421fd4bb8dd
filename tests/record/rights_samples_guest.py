class GuestSamples:
    """The rights table: guests of activities and what they answer."""

    def make_guests(self):
        """Make one of each, in the place of `self`."""
        activity = self._make_activity_to_visit()
        contact = self.case.env["res.partner"].create(
            {"name": f"Guest {self.name}", "parent_id": self.account.id}
        )
        self.make("club.invitation", activity_id=activity, contact_id=contact)
        self.make(
            "club.activity.seat", activity_id=activity, tier_id=self.tier, seats=1
        )
        self.make("club.activity.escort", activity_id=activity, user_id=self.owner)
        # A dialog is nobody's but his who opened it: in another company, another's.
        owner = self.owner
        if self.company != self.case.company:
            self.owner = self.case.stranger
        self.make("club.guest.candidate", activity_id=activity, contact_id=contact)
        self.make(
            "club.guest.exception",
            activity_id=activity,
            contact_id=contact,
            reason="Rights",
        )
        self.owner = owner
        self._make_survey()

    def _make_activity_to_visit(self):
        """Make an activity beside the one of the samples, which has no tier."""
        others = {
            model: self.made[model]
            for model in ("club.activity", "club.activity.type")
            if model in self.made
        }
        activity = self.make(
            "club.activity",
            theme=f"Guests {self.name}",
            user_id=False,
            type_id=self.make(
                "club.activity.type",
                name="Guests",
                code=f"guests_{self.name}",
                company_id=self.company,
            ),
            company_id=self.company,
            tier_id=self.tier,
            unit_id=self.unit,
            reason="Rights",
            date_begin="2026-05-08 06:00:00",
            date_end="2026-05-08 09:00:00",
            headcount=5,
        )
        for model in ("club.activity", "club.activity.type"):
            self.made.pop(model)
        self.made |= others
        return activity

    def _make_survey(self):
        """What guests say afterwards, and what comes of it."""
        self.need = self.make(
            "club.need",
            name="Cold storage",
            account_id=self.account,
            company_id=self.company,
            owner_id=self.owner if self.name != "company" else None,
        )
        offer = self.make(
            "club.match.offer",
            name="Cold storage",
            account_id=self.account,
            company_id=self.company,
        )
        self.make(
            "club.introduction",
            offer_id=offer,
            other_account_id=self.case.env["res.partner"].create(
                {"name": f"Met {self.name}", "is_company": True}
            ),
            user_id=self.case.colleague,
            company_id=self.company,
        )
        guest = self.made["club.invitation"]
        self.answer = self.make("club.answer", invitation_id=guest)

    def _make_survey_dialogs(self):
        dialog = self.make("club.survey.send", activity_id=self.answer.activity_id)
        # It lists its guests itself, before one is added.
        self.case.env.flush_all()
        self.make(
            "club.survey.send.line",
            dialog_id=dialog,
            invitation_id=self.answer.invitation_id,
        )
