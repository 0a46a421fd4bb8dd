from datetime import date

from odoo.tests import tagged

from ..common import ClubCommon
from ..upgrades import migrate


@tagged("post_install", "-at_install")
class TestUpgradedNeeds(ClubCommon):
    """Needs of a version that didn't say when they came in. Rule C5."""

    def test_a_need_came_in_on_the_clubs_day_on_which_it_was_noted(self):
        need = self.env["club.need"].create(
            {"name": "Boxes", "account_id": self.account_a.id}
        )
        self.env.flush_all()
        # It was April then where the club is.
        self.env.cr.execute(
            "UPDATE club_need SET create_date = '2026-03-31 17:00:00',"
            " date_received = '2026-04-10' WHERE id = %s",
            [need.id],
        )
        migrate(self.env, "19.0.1.6.0/post-needs.py", "19.0.1.5.1")
        self.assertEqual(need.date_received, date(2026, 4, 1))
