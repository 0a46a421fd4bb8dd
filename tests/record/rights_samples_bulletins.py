from datetime import date

# Two places share a unit: of a period there is one bulletin.
MONTHS = {"own": 1, "unit": 2, "below": 3, "other": 4, "company": 5}


class BulletinSamples:
    """The rights table: bulletins."""

    def make_bulletins(self):
        """Make an issued bulletin of the place's unit; one's own is issued to one."""
        bulletin = self.make(
            "club.bulletin",
            company_id=self.company,
            unit_id=self.unit,
            month=date(2025, MONTHS[self.name], 1),
            state="issued",
            name=f"Rights {self.name}",
        )
        self.make(
            "club.bulletin.section", bulletin_id=bulletin, kind="members", sequence=1
        )
        self.make(
            "club.bulletin.reader",
            bulletin_id=bulletin,
            user_id=self.owner,
        )
