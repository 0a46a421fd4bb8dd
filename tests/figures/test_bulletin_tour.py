from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import ClubFixture
from .bulletin_case import BulletinMixin

TIMEOUT = 180  # seconds for a tour: machines that test are busy


@tagged("post_install", "-at_install")
class TestBulletinTour(BulletinMixin, ClubFixture, HttpCase):
    """A bulletin of last month is edited, issued and read in the browser. Rule E11.

    The browser knows no frozen clock.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls.gold = cls.membership.tier_ids[1]

    @mute_logger("odoo.http")
    def test_it_is_edited_issued_and_read(self):
        month = self.env["club.bulletin"]._get_last_month()
        self._add_figures([("revenue", month, 3000, 0)], self.unit)
        bulletin = self._draw_up_bulletin(month=month)
        self.env.flush_all()
        address = f"/odoo/club-bulletins/{bulletin.id}"
        for user, tour in (
            (self.officer, "club_issue_bulletin"),
            (self.manager, "club_read_bulletin"),
        ):
            self.start_tour(address, tour, login=user.login, timeout=TIMEOUT)
        self.env.invalidate_all()
        self.assertEqual(bulletin.state, "issued")
        self.assertTrue(bulletin.reader_ids.read_at)
