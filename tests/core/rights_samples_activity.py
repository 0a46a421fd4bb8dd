from datetime import datetime


class ActivitySamples:
    """The rights table: the catalogue, the plan and activities."""

    def make_activities(self):
        """Make one of each, in the place of `self`."""
        self._make_activity()

    def _make_activity(self):
        kind = self.made.get("club.activity.type") or self.make(
            "club.activity.type",
            name="Rights",
            code=f"rights_{self.name}",
            company_id=self.company,
        )
        activity = self.make(
            "club.activity",
            company_id=self.company,
            unit_id=self.unit,
            user_id=False,
            type_id=kind,
            theme=f"Activity {self.name}",
            reason="Rights",
            headcount=10,
            date_begin=datetime(2026, 5, 1, 2),
            date_end=datetime(2026, 5, 1, 4),
        )
        of = {"activity_id": activity}
        self.make("club.activity.cost", **of, amount=100)
        self.make("club.activity.programme", **of, name="Welcome")
        person = self.case.stranger if self.name == "company" else self.owner
        self.make("club.activity.briefing", **of, user_id=person)
        self.make("club.activity.expense", **of, name="Tea", amount=90)
        self.make("club.activity.share", **of, unit_id=self.unit, percent=100)
        overspend = self.make(
            "club.activity.overspend", **of, estimate=100, amount=200, reason="Rights"
        )
        if self.is_to_sign:
            self.submit(activity)
            self.submit(overspend)
