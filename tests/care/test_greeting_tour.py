from datetime import date

from odoo import Command
from odoo.tests import HttpCase, tagged

from ..record.test_tours import TIMEOUT
from .greeting_case import GreetingFixture


@tagged("post_install", "-at_install")
class TestGreetingTour(GreetingFixture, HttpCase):
    """The officer greets for Mid-Autumn, in the browser. Rule D5."""

    def test_the_officer_greets_for_mid_autumn(self):
        today = date.today()  # the browser knows no frozen clock
        occasion = self.env["club.occasion"].create(
            {
                "name": "Moon Feast",
                "kind": "set",
                "owner_level": "head",
                "company_id": self.company.id,
                "text": "Dear {name}, a happy Mid-Autumn to {account}",
                "day_ids": [Command.create({"date": today})],
            }
        )
        greeting = self._create_greeting(occasion, date=today)
        self.start_tour(
            "/odoo", "club_greet_mid_autumn", login="club_officer", timeout=TIMEOUT
        )
        self.env.invalidate_all()
        self.assertEqual((greeting.state, greeting.sent_count), ("closed", 2))
        mail = self.env["mail.mail"].search([("recipient_ids", "=", self.mailed.id)])
        self.assertIn("a happy Mid-Autumn to Anchor Mills", mail.body_html)
