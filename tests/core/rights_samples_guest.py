from ..common import TODAY


class GuestSamples:
    """The rights table: guests of activities and what they answer."""

    def make_guests(self):
        """Make one of each, in the place of `self`."""
        self._make_survey()

    def _make_survey(self):
        """What guests say afterwards, and what comes of it."""
        self.need = self.make(
            "club.need",
            name="Cold storage",
            account_id=self.account,
            company_id=self.company,
            owner_id=self.owner if self.name != "company" else None,
        )
        guest = self.made.get("club.invitation") or self._make_guest_to_ask()
        self.answer = self.make("club.answer", invitation_id=guest)

    def _make_guest_to_ask(self):
        kind = self.made.get("club.activity.type") or self.make(
            "club.activity.type",
            name="Lecture",
            code=f"lecture {self.name}",
            company_id=self.company,
            survey_id=None,
        )
        activity = self.made.get("club.activity") or self.make(
            "club.activity",
            theme="Tea",
            type_id=kind,
            unit_id=self.unit,
            company_id=self.company,
            organiser="unit",
            reason="Thanks",
            headcount=9,
            date_begin=TODAY,
            date_end=TODAY,
        )
        return self.make("club.invitation", activity_id=activity, contact_id=self.contact)

    def _make_survey_dialogs(self):
        dialog = self.make("club.survey.send", activity_id=self.answer.activity_id)
        self.make(
            "club.survey.send.line",
            dialog_id=dialog,
            invitation_id=self.answer.invitation_id,
        )
