from datetime import datetime


class HostingSamples:
    """The rights table: round tables, visits and banquets."""

    def make_hosting(self):
        """Make one of each, in the place of `self`."""
        day = datetime(2026, 5, 4, 6)
        whose = {"company_id": self.company, "unit_id": self.unit}
        guest = self.case.env["res.partner"].create(
            {"name": f"Guest {self.name}", "parent_id": self.account.id}
        )
        self.make("club.banquet.purpose", name="Rights")
        self.make("club.banquet.form", name="Rights")
        banquet = self.make(
            "club.banquet",
            purpose="Thanks",
            principal_id=guest,
            date_begin=day,
            **whose,
        )
        table = self.make("club.banquet.table", banquet_id=banquet, name="Main")
        self.make(
            "club.banquet.seat",
            banquet_id=banquet,
            contact_id=guest,
            table_id=table,
            number=2,
        )
        self.make(
            "club.visit",
            subject="The hub",
            account_id=self.account,
            date_begin=day,
            date_end=day,
            **whose,
        )
        round_table = self.make(
            "club.round.table",
            theme="Parcels",
            date_begin=day,
            date_end=day,
            **whose,
        )
        self.make(
            "club.round.table.invitee", round_table_id=round_table, contact_id=guest
        )
