from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import ClubFixture
from .guest_case import GuestMixin


@tagged("post_install", "-at_install", "-standard", "club_beside")
class TestEventPage(GuestMixin, ClubFixture, HttpCase):
    """The public page of an event, beside `website_event`. Rules C4, C10.

    `./dev lifecycle` runs it: that module isn't there in other tests.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_guests()
        # The site is the club's own: its visitors see no other company's events.
        cls.env["website"].search([]).company_id = cls.company

    def _register(self, event, name):
        """Fill in the page's form as anybody may."""
        event.is_published = True
        event.website_id = False
        self.env.flush_all()
        self.authenticate(None, None)
        values = {"1-event_ticket_id": "0"}
        for question in event.question_ids | event.general_question_ids:
            index = 0 if question.once_per_order else 1
            values[f"{index}-{question.question_type}-{question.id}"] = name
        answer = self.url_open(
            f"/event/{event.id}/registration/confirm",
            data={**values, "csrf_token": Request.csrf_token(self)},
            allow_redirects=False,
        )
        self.env.invalidate_all()
        return answer, event.registration_ids.filtered(lambda r: r.name == name)

    @mute_logger("odoo.http")
    def test_nobody_registers_himself_for_an_activity(self):
        activity = self._create_activity(
            date_begin=self.begin.replace(year=2099),
            date_end=self.end.replace(year=2099),
        )
        _answer, found = self._register(activity.event_id, "Stranger")
        self.assertFalse(found)

    def test_other_events_are_open_as_before(self):
        """So that the test above would notice."""
        event = self.env["event.event"].create(
            {
                "name": "Open day",
                "date_begin": self.begin.replace(year=2099),
                "date_end": self.end.replace(year=2099),
            }
        )
        _answer, found = self._register(event, "Stranger")
        self.assertEqual(len(found), 1)
