from odoo import Command
from odoo.tests import HttpCase, tagged

from ..common import ClubFixture
from ..record.test_tours import TIMEOUT


@tagged("post_install", "-at_install")
class TestSignaturePhoneTour(ClubFixture, HttpCase):
    """From the application to the signature on a phone, 390 × 844. Rules C3, E1."""

    browser_size = "390x844"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_seats()

    def _tour(self, path, name, user):
        self.start_tour(path, name, login=user.login, timeout=TIMEOUT)
        self.env.invalidate_all()

    def test_from_the_application_to_the_signature(self):
        """One is drawn up and signed on its card, one rejected there; one is signed
        on the document, which leads to the next.
        """
        self._tour("/odoo/club-points-adjustments", "club_apply_on_a_phone", self.clerk)
        adjustments = self.env["club.points.adjustment"]
        applied = adjustments.search([("create_uid", "=", self.clerk.id)])
        self.assertEqual(applied.approval_state, "waiting")
        others = adjustments.with_user(self.clerk).create(
            [
                {
                    "program_id": self.program.id,
                    "unit_id": self.unit.id,
                    "reason": reason,
                    "line_ids": [
                        Command.create({"account_id": self.account_a.id, "points": 20})
                    ],
                }
                for reason in ("First", "Second", "Third")
            ]
        )
        others.action_submit()
        self._tour("/odoo/club-to-sign", "club_sign_on_a_phone", self.lead)
        first, *signed = others
        self.assertEqual(first.approval_state, "rejected")
        self.assertIn("Attach the journal", first.approval_banner)
        for document in (applied, *signed):
            given = document.sudo().approval_request_id._get_signed()
            self.assertEqual(given.signer_id, self.lead)
