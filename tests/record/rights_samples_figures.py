from ..common import month


class FigureSamples:
    """The rights table: figures."""

    def make_figures(self):
        """Make a figure of the place's unit; one's own is that one works in."""
        unit = self.unit
        if self.name == "own":
            unit = self.case.env["crm.team"].create(
                {
                    "name": "Rights",
                    "company_id": self.company.id,
                    "member_ids": [(4, self.owner.id)],
                }
            )
        self.make(
            "club.figure.year",
            company_id=self.company,
            year=2026,
            code="churn",
            tier_id=self.tier,
            value=1,
            base=1,
        )
        self.make(
            "club.figure",
            company_id=self.company,
            unit_id=unit,
            month=month("2026-03"),
            code="visits",
            tier_id=self.tier,
            value=1,
            base=0,
        )
