from odoo import Command
from odoo.tests import TransactionCase, freeze_time, tagged

from ...models.contact.anonymise import Anonymiser
from ..common import TODAY
from .hosting_case import HostingFixture

NAME = "Zhao Lihua"


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestHostingTexts(HostingFixture, TransactionCase):
    """What is typed about a person goes with him. Issue 4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_hosting()
        cls.ann.name = NAME

    def test_no_text_names_whoever_was_anonymised(self):
        banquet = self._create_banquet(purpose=f"Thanks to {NAME}")
        banquet.seat_ids = [
            Command.create({"contact_id": self.ann.id, "title": f"Ms {NAME}"}),
            Command.create({"name": f"Husband of {NAME}", "note": NAME}),
        ]
        other = self._create_banquet(principal_id=self.cid.id, purpose=NAME)
        visit = self._create_visit(
            subject=f"{NAME} visits",
            feedback=f"{NAME} was pleased",
            stop_ids=[Command.create({"name": "Hall", "note": f"{NAME} speaks"})],
            valuable_ids=[
                Command.create({"name": "Camera", "owner_name": f"Ms {NAME}"})
            ],
        )
        table = self._create_round_table(
            minutes=f"<p>{NAME} asks for more</p>",
            invitee_ids=[Command.create({"contact_id": self.ann.id, "note": NAME})],
        )
        said = f"{NAME} will come"
        table.message_post(body=said)
        self.env.flush_all()
        Anonymiser(self.ann).run()
        self.env.invalidate_all()
        self.assertNotIn(NAME, banquet.purpose)
        seats = banquet.seat_ids
        for name in ("name", "title", "note", "display_name"):
            self.assertFalse([t for t in seats.mapped(name) if t and NAME in t], name)
        for name in ("subject", "feedback"):
            self.assertNotIn(NAME, visit[name])
        self.assertNotIn(NAME, visit.stop_ids.note)
        self.assertNotIn(NAME, visit.valuable_ids.owner_name)
        self.assertNotIn(NAME, str(table.minutes))
        self.assertFalse(table.invitee_ids.note)
        self.assertFalse(
            [body for body in table.message_ids.mapped("body") if NAME in str(body)]
        )
        self.assertEqual(other.purpose, NAME, "nothing of his, so left alone")
