from odoo.tests import HttpCase, tagged

from ..common import ClubFixture

TIMEOUT = 180  # seconds for a tour: machines that test are busy


@tagged("post_install", "-at_install")
class TestHandoverTour(ClubFixture, HttpCase):
    """A lead reassigns a leaver's accounts, in the browser. Rule D9."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls.other_manager = cls._create_user("user", "other_manager")

    def test_a_lead_reassigns_a_leavers_accounts(self):
        self.manager.active = False
        for name, user in (
            ("club_reassign_leaver", self.lead),
            ("club_take_over", self.other_manager),
        ):
            self.start_tour("/odoo", name, login=user.login, timeout=TIMEOUT)
            self.env.invalidate_all()
        self.assertEqual(self.account_a.club_manager_id, self.other_manager)
        handover = self.env["club.handover"].search(
            [("user_from_id", "=", self.manager.id)]
        )
        self.assertEqual(handover.given_by_id, self.lead)
        self.assertEqual(handover.taken_by_id, self.other_manager)
