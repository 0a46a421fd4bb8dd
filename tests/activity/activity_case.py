from datetime import datetime, timedelta

from odoo import Command
from odoo.tests import freeze_time

from ..common import TODAY, ClubCommon
from ..shared_world import shared

BEGINS = datetime(2026, 5, 8, 6)  # in the afternoon in China
ENDS = BEGINS + timedelta(hours=2)
AFTERWARDS = ENDS + timedelta(hours=1)


class ActivityMixin:
    """A type of activity, a signed plan, and activities at each stage."""

    # Tests that can't stop the clock say when.
    begins, ends = BEGINS, ENDS

    @classmethod
    def _set_up_activities(cls):
        cls._set_up_seats()
        cls._set_up_talks()

    @classmethod
    @shared
    def _set_up_talks(cls):
        cls.signers["unit"] = cls.lead
        cls.type = cls._create_type()

    @classmethod
    def _create_type(cls, code="talk", **values):
        return cls.env["club.activity.type"].create(
            {
                "name": code.title(),
                "code": f"test_{code}",
                "company_id": cls.company.id,
                "headcount": 30,
                "seats_per_account": 2,
                **values,
            }
        )

    @classmethod
    def _create_plan(cls, *budgets, year=2026, in_effect=True, **values):
        """Return the lines of a plan, one for each budget."""
        plan = cls.env["club.plan"].create(
            {
                "year": year,
                "company_id": cls.company.id,
                "line_ids": [
                    Command.create(
                        {
                            "type_id": cls.type.id,
                            "name": f"Talk {number}",
                            "month": f"{year}-05-01",
                            "organiser": "executive",
                            "headcount": 40,
                            "budget": budget,
                            **values,
                        }
                    )
                    for number, budget in enumerate(budgets, 1)
                ],
            }
        )
        if in_effect:
            plan._set_opening("Test")
        return plan.line_ids

    @classmethod
    def _draw_up(cls, *amounts, user=None, **values):
        """Return a draft with an estimate of these amounts, the clerk's by default."""
        if "plan_line_id" not in values:
            values = {"type_id": cls.type.id, "theme": "Tea", **values}
        activities = cls.env["club.activity"].with_user(user or cls.clerk)
        return activities.create(
            {
                "unit_id": cls.unit.id,
                "reason": "They asked for it",
                "date_begin": cls.begins,
                "date_end": cls.ends,
                "place": "Tea house",
                "cost_ids": [
                    Command.create({"kind": "venue", "name": "Hall", "amount": amount})
                    for amount in amounts
                ],
                **values,
            }
        )

    def _submit(self, *amounts, **values):
        activity = self._draw_up(*amounts, **values)
        activity.action_submit()
        return activity

    @classmethod
    def _approve(cls, *amounts, **values):
        """Return an approved activity, as the user who drew it up."""
        activity = cls._draw_up(*amounts, **values)
        activity.with_user(cls.env.user)._set_opening("Test")
        cls.env.invalidate_all()
        return activity

    def _hold(self, *amounts, **values):
        """Return an activity that was held; the clock stays where it was."""
        activity = self._approve(*amounts, **values)
        with freeze_time(self.ends):
            self.env.invalidate_all()
            activity.action_hold()
        return activity

    def _sign(self, document, *bodies):
        for body in bodies:
            document.with_user(self.signers[body]).action_sign()
            self.env.invalidate_all()

    def _spend(self, activity, amount, **values):
        return self.env["club.activity.expense"].create(
            {"activity_id": activity.id, "name": "Cash", "amount": amount, **values}
        )


@freeze_time(TODAY)
class ActivityCase(ActivityMixin, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_activities()
