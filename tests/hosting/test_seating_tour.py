from odoo.tests import HttpCase, tagged

from .hosting_case import HostingFixture

TIMEOUT = 180  # seconds: machines that test are busy


@tagged("post_install", "-at_install")
class TestSeatingTour(HostingFixture, HttpCase):
    """A guest is dragged from seat to seat in the browser. Rule D11."""

    def test_whoever_is_dragged_stays(self):
        self._set_up_club()
        self._set_up_hosting()
        banquet = self._create_banquet()
        self._create_guests(banquet, 3)
        banquet.action_propose_seating()
        self.start_tour(
            f"/odoo/club-banquets/{banquet.id}",
            "club_move_a_guest",
            login=self.manager.login,
            timeout=TIMEOUT,
        )
        self.env.invalidate_all()
        guest = banquet.seat_ids.filtered(lambda seat: seat.name == "Guest 1")
        self.assertRecordValues(guest, [{"number": 9, "is_pinned": True}])
