from datetime import datetime

from ..common import month

# A company has one plan a year, so each place has a year of its own.
YEARS = ("own", "unit", "below", "other", "company", "asked", "given")


class ActivitySamples:
    """The rights table: the catalogue, the plan and activities."""

    def make_activities(self):
        """Make one of each, in the place of `self`."""
        self._make_plan()
        self._make_activity()

    def _make_activity(self):
        activity = self.make(
            "club.activity",
            company_id=self.company,
            unit_id=self.unit,
            user_id=False,
            type_id=self.activity_type,
            theme=f"Activity {self.name}",
            reason="Rights",
            headcount=10,
            date_begin=datetime(2026, 5, 1, 2),
            date_end=datetime(2026, 5, 1, 4),
        )
        of = {"activity_id": activity}
        person = self.case.stranger if self.name == "company" else self.owner
        self.make("club.activity.briefing", **of, user_id=person)
        self.make("club.activity.share", **of, unit_id=self.unit, percent=100)
        overspend = self.make(
            "club.activity.overspend", **of, estimate=100, amount=200, reason="Rights"
        )
        if self.is_to_sign:
            self.submit(activity)
            self.submit(overspend)

    def _make_plan(self):
        self.activity_type = self.make(
            "club.activity.type",
            name=f"Type {self.name}",
            code=f"rights_{self.name}",
            company_id=self.company,
        )
        year = 2050 + YEARS.index(self.name)
        plan = self.make("club.plan", company_id=self.company, year=year)
        self.plan_line = self.make(
            "club.plan.line",
            plan_id=plan,
            type_id=self.activity_type,
            month=month(f"{year}-03"),
        )
        self.make(
            "club.work.report.line", plan_id=plan, type_id=self.activity_type, held=1
        )
        self.submit(plan)
