"""Nobody is on a list of guests twice, also after contacts were merged.

Rules C4, C7, D11. (Guests of activities: `test_guest_registrations`.)
"""

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import ClubCommon
from .hosting_case import HostingFixture


@tagged("post_install", "-at_install")
class TestGuestOnce(HostingFixture, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_hosting()

    def _merge(self, *partners, into):
        merger = self.env["base.partner.merge.automatic.wizard"]
        ids = [partner.id for partner in partners]
        merger._merge([*ids, into.id], into, extra_checks=False)
        self.env.invalidate_all()

    def test_a_round_table_has_one_row_of_a_merged_person(self):
        """Rule C7: the one that has come furthest."""
        table = self._create_round_table(
            invitee_ids=[
                Command.create({"contact_id": contact.id, "note": note})
                for contact, note in ((self.ann, "Late"), (self.bob, False))
            ]
        )
        table.invitee_ids.filtered(lambda i: i.contact_id == self.bob).action_confirm()
        self._merge(self.bob, into=self.ann)
        self.assertRecordValues(
            table.invitee_ids,
            [{"contact_id": self.ann.id, "state": "confirmed", "note": "Late"}],
        )
        self.assertIn("one person", table.message_ids[:1].body)

    def test_a_banquet_has_one_seat_of_a_merged_person(self):
        """Rule D11: the one at a table; also where it was held."""
        banquet = self._create_banquet(
            seat_ids=[
                Command.create({"contact_id": contact.id, "side": "guest"})
                for contact in (self.ann, self.bob)
            ]
        )
        table = self.env["club.banquet.table"].create(
            {"banquet_id": banquet.id, "name": "Main", "seats": 10}
        )
        seats = banquet.seat_ids
        kept = seats.filtered(lambda seat: seat.contact_id == self.bob)
        kept.move_to(table.id, 2)
        banquet.action_confirm()
        banquet.action_hold()
        self._merge(self.bob, into=self.ann)
        self.assertEqual((seats.exists() & kept).contact_id, self.ann)
        self.assertFalse((seats - kept).exists())

    def test_an_employee_isn_t_on_the_list_as_a_contact_besides(self):
        """Rule D11."""
        banquet = self._create_banquet(
            seat_ids=[Command.create({"user_id": self.lead.id, "side": "host"})]
        )
        with self.assertRaises(ValidationError):
            banquet.seat_ids = [Command.create({"contact_id": self.lead.partner_id.id})]

    @mute_logger("odoo.sql_db")
    def test_the_database_keeps_two_sessions_apart(self):
        """Rules C7, D11."""
        banquet = self._create_banquet(
            seat_ids=[
                Command.create({"contact_id": contact.id})
                for contact in (self.ann, self.bob)
            ]
        )
        table = self._create_round_table(
            invitee_ids=[
                Command.create({"contact_id": contact.id})
                for contact in (self.ann, self.bob)
            ]
        )
        self.env.flush_all()
        for rows in (banquet.seat_ids, table.invitee_ids):
            with self.assertRaises(IntegrityError) as caught:
                self.env.cr.execute(
                    f"UPDATE {rows._table} SET contact_id = %s WHERE id IN %s",
                    [self.ann.id, rows._ids],
                )
            self.assertIn("contact_uniq", str(caught.exception))

    def test_proposing_doesn_t_list_a_person_again_who_went_elsewhere(self):
        """Rule C7: he is on the list for the company that he was of."""
        table = self._create_round_table(
            invitee_ids=[Command.create({"contact_id": self.cid.id})]
        )
        self.cid.parent_id = self.account_a
        table.action_propose_invitees()
        contacts = table.invitee_ids.mapped("contact_id.id")
        self.assertEqual(len(contacts), len(table.invitee_ids))
