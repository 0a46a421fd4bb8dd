from odoo.tests import HttpCase, tagged

from ..common import ClubFixture
from ..record.test_tours import TIMEOUT


@tagged("post_install", "-at_install")
class TestProgramTour(ClubFixture, HttpCase):
    """A second company's club, and a second club of the first, through the screens."""

    # An administrator's eleven menus need more than 1366: Configuration would be
    # under the plus sign.
    browser_size = "1600x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        (cls.admin,) = cls._create_users(club_admin="admin")
        cls.county = cls._create_club_company("Upriver Post")
        cls.admin.company_ids |= cls.county

    def _tour(self, name, user):
        self.start_tour("/odoo", name, login=user.login, timeout=TIMEOUT)
        self.env.invalidate_all()

    def _get_ladders(self, program):
        return [
            (group.code, tier.code, tier.points_from, tier.revenue_from)
            for group in program.group_ids
            for tier in group.tier_ids
        ]

    def test_two_programs_are_set_up(self):
        """The administrator sets up both and confirms the rates of one; Finance
        confirms those of the other. Rules A9, B2.
        """
        self._tour("club_set_up_programs", self.admin)
        programs = self.env["club.program"].search(
            [("company_id", "in", (self.company + self.county).ids)]
        )
        county_club = programs.filtered(lambda one: one.company_id == self.county)
        young_club = programs - self.program - county_club
        self.assertRecordValues(
            county_club + young_club,
            [
                {
                    "name": "Upriver Club",
                    "company_id": self.county.id,
                    "is_main": True,
                    "example_rate_count": 0,
                },
                {
                    "name": "Young Club",
                    "company_id": self.company.id,
                    "is_main": False,
                    "example_rate_count": 2,
                },
            ],
        )
        for program in (county_club, young_club):
            self.assertEqual(
                self._get_ladders(program), self._get_ladders(self.program)
            )
        self._tour("club_confirm_example_rates", self.finance)
        rates = self.env["club.points.rate"].search(
            [("program_id", "in", (county_club + young_club).ids)]
        )
        self.assertEqual(
            {
                (
                    rate.program_id,
                    rate.category_id,
                    rate.value,
                    rate.approval_state,
                    rate.approval_request_id.sudo().applicant_id,
                )
                for rate in rates
            },
            {
                (program, category, value, "done", user)
                for program, user in (
                    (county_club, self.admin),
                    (young_club, self.finance),
                )
                for category, value in (
                    (self.categ_letters, 0.5),
                    (self.categ_parcels, 1.0),
                )
            },
        )
        for model in ("club.approval.policy", "club.body", "club.activity.type"):
            county = [("company_id", "=", self.county.id)]
            self.assertTrue(self.env[model].search_count(county), model)
