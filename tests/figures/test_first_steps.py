"""First steps by role: each tour is walked, and offered once. Rule E2."""

from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from ..common import ClubFixture
from ..record.test_tours import TIMEOUT

STEPS = "club_first_steps_"
ROLES = {
    **{"manager": "manager", "clerk": "finance", "finance": "finance"},
    **{"lead": "lead", "officer": "lead", "admin": "lead"},
    **{"auditor": "auditor", "signer": "signer"},
}


@tagged("post_install", "-at_install")
class TestFirstSteps(ClubFixture, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls.signer = cls._create_user("signer")
        cls.admin = cls._create_user("admin")
        cls.tours = cls.env["web_tour.tour"]

    def _get_first_steps(self, user, offers=True):
        tours = self.tours.with_user(user)
        with patch.object(
            type(self.tours), "_offers_first_steps", lambda _self: offers
        ):
            return tours._get_club_first_steps()

    def test_each_role_has_its_own(self):
        for role, name in ROLES.items():
            self.assertEqual(
                self._get_first_steps(getattr(self, role)),
                {"name": f"{STEPS}{name}", "is_offered": True},
                role,
            )
        nobody = self._create_employee("nobody")
        self.assertFalse(self._get_first_steps(nobody))

    def test_customers_and_the_public_have_none_and_come_in(self):
        """They read no tours: whoever asked for them in their name would be refused, at
        the login as on a page that shows a shared dashboard.
        """
        self.assertFalse(self._get_first_steps(self.env.ref("base.public_user")))
        customer = self._create_employee("customer")
        customer.group_ids = self.env.ref("base.group_portal")
        self.assertFalse(self._get_first_steps(customer))
        self.authenticate("customer", "customer")
        answer = self.make_jsonrpc_request("/web/session/get_session_info")
        self.assertEqual(answer["uid"], customer.id)
        self.assertFalse(answer["club_first_steps"])

    def test_they_are_offered_once_and_to_each(self):
        """Whoever is made a lead later is offered a lead's."""
        self.tours.with_user(self.manager).consume(f"{STEPS}manager")
        self.assertFalse(self._get_first_steps(self.manager)["is_offered"])
        self.assertTrue(self._get_first_steps(self.officer)["is_offered"])
        self.manager.group_ids += self.env.ref("crm_club.crm_club_group_lead")
        self.assertEqual(
            self._get_first_steps(self.manager),
            {"name": f"{STEPS}lead", "is_offered": True},
        )

    def test_they_are_not_offered_in_tests_and_demos(self):
        self.assertFalse(self.tours._offers_first_steps())
        self.assertFalse(self._get_first_steps(self.lead, False)["is_offered"])

    def test_no_tour_of_another_app_follows(self):
        """Walking one switches tours on: whoever is done has them off again."""
        self.manager.tour_enabled = True
        following = self.tours.with_user(self.manager).consume(f"{STEPS}manager")
        self.assertFalse(following)
        self.assertFalse(self.manager.tour_enabled)

    def test_odoo_offers_none_of_them_by_itself(self):
        self.manager.tour_enabled = True
        other = self.tours.with_user(self.manager).get_current_tour()
        self.assertNotIn("club_first_steps", (other or {}).get("name", ""))

    def test_each_is_walked(self):
        for role in ("manager", "lead", "clerk", "auditor", "signer"):
            name = f"{STEPS}{ROLES[role]}"
            tour = self.tours.search([("name", "=", name)])
            with self.subTest(role):
                login = getattr(self, role).login
                self.start_tour(tour.url, name, login=login, timeout=TIMEOUT)

    def test_who_declines_is_not_asked_again(self):
        with patch.object(type(self.tours), "_offers_first_steps", lambda _self: True):
            self.start_tour(
                "/odoo/club-overview",
                "club_decline_first_steps",
                login=self.lead.login,
                timeout=TIMEOUT,
            )
        self.env.invalidate_all()
        self.assertFalse(self._get_first_steps(self.lead)["is_offered"])
