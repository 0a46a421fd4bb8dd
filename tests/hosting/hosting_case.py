"""A banquet, a visit and a round table, that the tests of hosting share."""

from datetime import datetime

from odoo import Command

from ..common import ClubCommon, ClubFixture
from ..shared_world import shared

# On the day at which the tests' clock stands: before it nothing is held.
DAY = datetime(2026, 4, 10, 10)


class HostingFixture(ClubFixture):
    """Two contacts of Anchor Mills, which the manager looks after, and one of Beacon
    Foods, which another one does.
    """

    @classmethod
    @shared
    def _set_up_hosting(cls):
        cls.other_manager = cls._create_user("user", "other_manager")
        cls.account_b.club_manager_id = cls.other_manager
        cls.ann, cls.bob, cls.cid = cls.env["res.partner"].create(
            [
                {"name": name, "parent_id": account.id, "function": function}
                for name, account, function in (
                    ("Ann", cls.account_a, "Director"),
                    ("Bob", cls.account_a, "Buyer"),
                    ("Cid", cls.account_b, "Owner"),
                )
            ]
        )
        for contact, diet in ((cls.ann, "No seafood"), (cls.cid, "No pork")):
            cls.env["club.contact.profile"].create(
                {"contact_id": contact.id, "diet": diet}
            )

    @classmethod
    def _create_banquet(cls, user=None, **values):
        banquets = cls.env["club.banquet"].with_user(user or cls.manager)
        return banquets.create(
            {
                "purpose": "Thank you",
                "principal_id": cls.ann.id,
                "host_id": cls.lead.id,
                "date_begin": DAY,
                "unit_id": cls.unit.id,
                **values,
            }
        )

    @classmethod
    def _create_guests(cls, banquet, count, rank=3, **values):
        """Put people on the list who are just names."""
        return cls.env["club.banquet.seat"].create(
            [
                {
                    "banquet_id": banquet.id,
                    "name": f"Guest {number}",
                    "rank": rank,
                    **values,
                }
                for number in range(1, count + 1)
            ]
        )

    @classmethod
    def _create_visit(cls, user=None, **values):
        visits = cls.env["club.visit"].with_user(user or cls.manager)
        return visits.create(
            {
                "subject": "The hub",
                "account_id": cls.account_a.id,
                "contact_ids": [Command.set((cls.ann | cls.bob).ids)],
                "date_begin": DAY,
                "date_end": DAY,
                "unit_id": cls.unit.id,
                **values,
            }
        )

    @classmethod
    def _create_round_table(cls, user=None, **values):
        tables = cls.env["club.round.table"].with_user(user or cls.manager)
        return tables.create(
            {
                "theme": "Parcels",
                "date_begin": DAY,
                "date_end": DAY,
                "unit_id": cls.unit.id,
                **values,
            }
        )


class HostingCase(HostingFixture, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_hosting()
