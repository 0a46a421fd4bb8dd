from ..common import month

# A company has one plan a year, so each place has a year of its own.
YEARS = ("own", "unit", "below", "other", "company", "asked", "given")


class ActivitySamples:
    """The rights table: the catalogue, the plan and activities."""

    def make_activities(self):
        """Make one of each, in the place of `self`."""
        self._make_plan()

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
