"""Plans, lines and activities as they are after a year; what tests of plans share."""

from datetime import datetime

from odoo import Command

from ...models.record.lock import closed, opened
from ..common import ClubCommon, month
from ..shared_world import shared

# What Harbour Post's catalogue owes in a year and a plan lists: C1.
OWED = {
    "vip_lecture": 4,
    "fitness": 4,
    "outing": 12,
    "holiday_gift": 2,
    "gala": 1,
    "business_seminar": 1,
    "study_tour": 1,
}


class PlanCase(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_seats()
        cls._set_up_plans()

    @classmethod
    @shared
    def _set_up_plans(cls):
        cls.catalogue = cls.env["club.activity.type"].search(
            [("company_id", "=", cls.company.id)]
        )
        cls.lecture, cls.gala = cls._type("vip_lecture"), cls._type("gala")
        cls.outing, cls.tour = cls._type("outing"), cls._type("study_tour")

    @classmethod
    def _type(cls, code):
        return cls.catalogue.filtered(lambda kind: kind.code == code)

    @classmethod
    def _create_plan(cls, year=2027, lines=(), user=None, **values):
        """Create a plan; a line is a type, a month's number and other values."""
        plans = cls.env["club.plan"].with_user(user or cls.officer)
        return plans.create(
            {
                "year": year,
                "line_ids": [
                    Command.create(
                        {
                            "type_id": kind.id,
                            "month": month(f"{year}-{number:02}"),
                            **(other[0] if other else {}),
                        }
                    )
                    for kind, number, *other in lines
                ],
                **values,
            }
        )

    @classmethod
    def _put_into_effect(cls, year, lines, **values):
        plan = cls._create_plan(year, lines, **values)
        plan.sudo()._set_opening("Test")
        return plan

    @classmethod
    def _hold(cls, kind, on, stage="held", guests=(), cost_actual=0, **values):
        """Make an activity as it is afterwards; guests are states of invitations.

        :param on: a day, or a time in UTC
        """
        begin = datetime.fromisoformat(on if "T" in on else f"{on}T06:00:00")
        activities = opened(cls.env["club.activity"].sudo())
        activity = activities.create(
            {
                "company_id": cls.company.id,
                "unit_id": cls.unit.id,
                "type_id": kind.id,
                "theme": f"{kind.name} {on}",
                "reason": "Test",
                "headcount": 10,
                "date_begin": begin,
                "date_end": begin,
                "expense_ids": [Command.create({"name": "Cash", "amount": cost_actual})]
                if cost_actual
                else [],
                **values,
            }
        )
        activity.write({"approval_state": "done", "stage": stage})
        for number, state in enumerate(guests):
            contact = cls.env["res.partner"].create(
                {"name": f"Guest {number}", "parent_id": cls.account_a.id}
            )
            opened(cls.env["club.invitation"].sudo()).create(
                {
                    "activity_id": activity.id,
                    "contact_id": contact.id,
                    "state": state,
                }
            )
        return closed(activity)

    def _count_lines(self, plan):
        """Return how many lines the plan has of each type."""
        lines = plan.line_ids.grouped("type_id")
        return {kind.code: len(found) for kind, found in lines.items()}

    def _submit_and_sign(self, plan):
        plan.with_user(self.officer).action_submit()
        self._sign_all(plan)
        self.assertEqual(plan.approval_state, "done")
