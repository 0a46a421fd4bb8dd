from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import ClubFixture
from .gift_case import GiftMixin

TIMEOUT = 180  # seconds for a tour: machines that test are busy


@tagged("post_install", "-at_install")
class TestGiftTour(GiftMixin, ClubFixture, HttpCase):
    """A gift beyond the limit, and one within it, in the browser. Rule D17.

    The browser knows no frozen clock: the gift is of today.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._classify(cls.account_a, 500)

    @mute_logger("odoo.http")
    def test_a_gift_beyond_the_limit_is_lowered_confirmed_and_given(self):
        found = self._draw_up_list(self._prepare_gift(600), user=self.manager)
        self.env.flush_all()
        self.start_tour(
            "/odoo", "club_give_gift", login=self.manager.login, timeout=TIMEOUT
        )
        self.env.invalidate_all()
        self.assertRecordValues(
            found.gift_ids,
            [
                {
                    "state": "given",
                    "value": 400,
                    "given_on": self.company._club_today(),
                    "received_by": "Lin Xiaomei",
                }
            ],
        )
