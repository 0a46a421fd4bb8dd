from odoo.tests import HttpCase, tagged

from ..common import ClubCommon
from ..record.test_tours import TIMEOUT


@tagged("post_install", "-at_install")
class TestCalendarTour(ClubCommon, HttpCase):
    """A calendar of a large club shows the first thousand, and says so. Issue 18."""

    def test_a_calendar_shows_the_first_thousand(self):
        self.env.cr.execute(
            """
            INSERT INTO club_contact_log (company_id, user_id, account_id, state,
                channel, direction, date_filled, held_on, conversation)
            SELECT %s, %s, %s, 'recorded', 'call', 'out', current_date, current_date,
                   'Talked'
              FROM generate_series(1, 1001)  -- the browser knows no frozen clock
            """,
            [self.company.id, self.officer.id, self.account_a.id],
        )
        self.start_tour(
            "/odoo/club-contact-log",
            "club_calendar",
            login=self.officer.login,
            timeout=TIMEOUT,
        )
