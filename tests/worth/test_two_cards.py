"""Two sessions that issue, replace or scan a card at the same moment. PEERS 10."""

from datetime import date, datetime, timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..approval.two_sessions import SessionsCase
from .card_case import CardMixin


@tagged("post_install", "-at_install")
class TestTwoCards(CardMixin, SessionsCase):
    """Committed, in real sessions: a membership has one card. Rule A13."""

    begin = fields.Datetime.now() - timedelta(hours=1)
    end = datetime(2098, 5, 8, 9)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_guests()
        cls._renew()
        cls.addClassCleanup(cls._part)

    @classmethod
    def _part(cls):
        """Undo what points both ways, so that the tables can be emptied."""
        for table, column in (
            ("club_activity", "event_id"),
            ("club_invitation", "registration_id"),
            ("club_card", "replaced_by_id"),
            ("club_program", "card_sequence_id"),
        ):
            cls.cr.execute(
                f"UPDATE {table} SET {column} = NULL WHERE id > %s",
                [cls.tide.get(table, 0)],
            )
        cls.cr.commit()

    def _create_gold(self, name):
        account = self._create_account(name, club_unit_id=self.unit.id)
        return self._enrol(account, last=date(2099, 12, 31))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def _race(self, *calls):
        """Run calls at once; return the sentences of those that were refused."""
        found = [result for result, _tries in self._at_once(*calls)]
        return [str(result) for result in found if isinstance(result, Exception)]

    def _create(self, membership):
        number = membership.id

        def do(env):
            env["club.card"].create({"membership_id": number})

        return self.officer, do

    def _press(self, record, method, *args):
        number, model = record.id, record._name

        def do(env):
            getattr(env[model].browse(number), method)(*args)

        return self.officer, do

    def _get_live(self, membership):
        return self.env["club.card"].search(
            [
                ("account_id", "=", membership.account_id.id),
                ("state", "in", ("to_print", "printed", "handed_over")),
            ]
        )

    def test_two_cards_for_one_membership(self):
        membership = self._create_gold("Raced")
        told = self._race(self._create(membership), self._create(membership))
        self.assertEqual(len(told), 1)
        self.assertIn("replace that one", told[0])
        self.assertEqual(len(self._get_live(membership)), 1)

    def test_two_issue_the_same_list(self):
        membership = self._create_gold("Listed")
        told = self._race(*[self._press(membership, "action_issue_cards")] * 2)
        self.assertEqual(len(told), 1)
        self.assertIn("has a card", told[0])
        self.assertEqual(len(self._get_live(membership)), 1)

    def test_two_replace_one_card(self):
        membership = self._create_gold("Replaced")
        card = self._create_card(membership)
        told = self._race(*[self._press(card, "_do_replace")] * 2)
        self.assertEqual(len(told), 1)
        self.assertEqual(self._get_live(membership), card.replaced_by_id)

    def test_a_lost_card_is_replaced_while_another_one_is_issued(self):
        membership = self._create_gold("Lost")
        card = self._create_card(membership)
        self._take_step(card, "lost")
        told = self._race(self._press(card, "_do_replace"), self._create(membership))
        self.assertEqual(len(told), 1)
        self.assertEqual(len(self._get_live(membership)), 1)

    def test_numbers_of_two_sessions_differ(self):
        """Also the very first ones, for which the sequence is made."""
        memberships = [self._create_gold(f"Number {number}") for number in range(3)]
        self.assertFalse(self._race(*map(self._create, memberships)))
        cards = [self._get_live(membership).number for membership in memberships]
        self.assertEqual(len(set(cards)), 3)

    def test_two_doors_scan_one_card(self):
        membership = self._create_gold("Two doors")
        contact = self._create_contacts(membership.account_id)
        activity = self._create_activity()
        self._seat(activity, contact)
        card = self._hand_over(self._create_card(membership, holder_id=contact.id))
        told = self._race(*[self._press(activity, "action_scan_card", card.number)] * 2)
        self.assertEqual(len(told), 1)
        self.assertIn("has checked in already", told[0])
