"""Proposals of rates, and who signs them, for the tests of rates and their reports."""

from ..common import ClubCommon
from ..shared_world import shared


class RateCase(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_seats()
        cls._set_up_rates()

    @classmethod
    @shared
    def _set_up_rates(cls):
        cls.category = cls.env["product.category"].create({"name": "New Line"})

    @classmethod
    def _propose(cls, value, date_from="2026-05-01", user=None, **values):
        """Draw up a rate of the new line: a conversion rate as the unit's lead by
        default, a coefficient as the officer, since marketing has its seats.
        """
        is_coefficient = values.get("factor") == "coefficient"
        user = user or (cls.officer if is_coefficient else cls.lead)
        rates = cls.env["club.points.rate"].with_user(user)
        rates = rates.with_context(allowed_company_ids=user.company_ids.ids)
        return rates.create(
            {
                "program_id": cls.program.id,
                "category_id": cls.category.id,
                "value": value,
                "date_from": date_from,
                "note": "Costs went up",
                **values,
            }
        )

    @classmethod
    def _put_in_force(cls, value, date_from="2026-05-01", **values):
        """Propose a rate, submit it and let all sign."""
        rate = cls._propose(value, date_from, **values)
        rate.action_submit()
        cls._sign_all(rate)
        return rate.with_env(cls.env)

    def _steps(self, category=None):
        """Return (value, from, to) of the category's conversion rates in force."""
        rates = self.env["club.points.rate"]
        found = rates.search(
            [
                ("category_id", "=", (category or self.category).id),
                ("factor", "=", "conversion"),
                *rates._domain_in_force(),
            ],
            order="date_from",
        )
        return [(rate.value, str(rate.date_from), str(rate.date_to)) for rate in found]
