from odoo.tests import tagged
from odoo.tools import mute_logger

from ..approval.two_sessions import SessionsCase
from .greeting_case import GreetingFixture


@tagged("post_install", "-at_install")
class TestTwoGreeters(GreetingFixture, SessionsCase):
    """Committed, in real sessions: nobody is greeted twice. Rule D5."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._renew()

    def _press(self, greeting, method):
        number = greeting.id
        return self.officer, lambda env: (
            getattr(env["club.greeting"].browse(number), method)() and None
        )

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_companies_of_a_tree_prepare_at_once(self):
        self.head.company_id = False
        daughter = self.env["res.company"].create(
            {"name": "Harbour Post South", "parent_id": self.company.id}
        )
        self.officer.company_ids |= daughter
        self.env["club.contact.profile"].create(
            {
                "contact_id": self.mailed.id,
                "company_id": daughter.id,
                "consent_ids": self._agree("mail"),
            }
        )
        first = self._create_greeting()
        second = self._create_greeting(company_id=daughter.id)
        results = self._at_once(
            self._press(first, "action_prepare"), self._press(second, "action_prepare")
        )
        self.assertEqual([found for found, _tries in results], [None, None])
        lines = (
            (first | second)
            .sudo()
            .line_ids.filtered(lambda line: line.contact_id == self.mailed)
        )
        self.assertEqual(sorted(lines.mapped("state")), ["left_out", "to_send"])
        self.assertEqual(sum(lines.mapped("is_counted")), 1)
        left_out = lines.filtered(lambda line: line.state == "left_out")
        other = lines - left_out
        self.assertEqual(left_out.reason, "greeted")
        self.assertEqual(left_out.greeted_by_id, other.greeting_id)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_people_send_one_greeting(self):
        greeting = self._create_greeting(self.of_units, unit_id=self.unit.id)
        greeting.action_prepare()
        self._at_once(*[self._press(greeting, "action_send")] * 2)
        mails = self.env["mail.mail"].search([("recipient_ids", "=", self.mailed.id)])
        self.assertEqual(len(mails), 1)
        self.assertEqual(greeting.sent_count, 1)
