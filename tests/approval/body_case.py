"""People and bodies that the tests of seats share."""

from datetime import date, timedelta

from odoo import Command
from odoo.tests import freeze_time, new_test_user

from ..common import GROUPS, TODAY, ClubCommon
from ..shared_world import shared

DAY = timedelta(days=1)


@freeze_time(TODAY)
class BodyCase(ClubCommon):
    """Bodies, seats tied to an office held, dated substitutes. Rule E1."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_bodies()

    @classmethod
    @shared
    def _set_up_bodies(cls):
        cls.admin = cls._create_user("admin")
        cls.ann, cls.bob, cls.cat = (
            cls._create_plain(n) for n in ("ann", "bob", "cat")
        )
        cls.body, cls.deputies = cls.env["club.body"].create(
            [
                {"name": "Bureau Office", "code": "test_office"},
                {
                    "name": "Deputies of Quay",
                    "code": "test_quay",
                    "unit_id": cls.unit.id,
                    "is_unit_head": True,
                },
            ]
        )
        cls.signatories = cls.env.ref(f"{GROUPS}signer")

    # === Factories === #

    @classmethod
    def _create_plain(cls, login, company=None, **values):
        """Create an internal user without any role in the club."""
        company = company or cls.company
        return new_test_user(
            cls.env,
            f"plain_{login}",
            groups="base.group_user",
            name=login.title(),
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            **values,
        )

    @classmethod
    def _create_seat(cls, body, user, date_from=date(2026, 1, 1), **values):
        return cls.env["club.body.seat"].create(
            {
                "body_id": body.id,
                "user_id": user.id,
                "office": "Director",
                "date_from": date_from,
                **values,
            }
        )

    @classmethod
    def _create_substitute(cls, seat, user, date_from, date_to):
        return cls.env["club.body.substitute"].create(
            {
                "seat_id": seat.id,
                "user_id": user.id,
                "date_from": date_from,
                "date_to": date_to,
            }
        )

    def _holders(self, record, day=TODAY):
        """Return who may sign for a body or a unit on a day."""
        bodies = self.env["club.body"]
        if record._name == "club.body":
            found = bodies._get_holders(day, record, self.env["crm.team"])
            return found["body", record.id]
        found = bodies._get_holders(day, bodies, record)
        return found["unit", record.id]

    def _signers(self, record, day=TODAY):
        return [holder.user_id for holder in self._holders(record, day)]
