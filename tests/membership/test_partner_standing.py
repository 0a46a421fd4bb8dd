from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..common import TODAY, ClubCommon

FIGURES = [
    *("club_points", "club_revenue", "club_earned", "club_available"),
    "club_window_to",
    *("club_next_tier_id", "club_tier_missing_points", "club_next_grade_id"),
    *("club_projected_tier_id", "club_is_at_risk", "club_tier_valid_until"),
    "club_membership_count",
]


class StandingCommon(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tier = {tier.code: tier for tier in cls.membership.tier_ids}
        cls.grade_tier = {tier.code: tier for tier in cls.grade.tier_ids}

    @classmethod
    def _earn(cls, account, amount, in_month="2026-03"):
        """Post a month in which the account earns as many points as revenue."""
        cls._add_revenue(account, amount, in_month)
        cls._post_run(in_month)
        cls.env.invalidate_all()


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPartnerStanding(StandingCommon):
    """What the partner shows: have, lack, heading for. Rules A2, A3, A6, B10."""

    def test_just_below_the_threshold(self):
        self._earn(self.account_a, 49_999.99)
        self.assertRecordValues(
            self.account_a,
            [
                {
                    "club_tier_id": False,
                    "club_points": 49_999.99,
                    "club_next_tier_id": self.tier["vip"].id,
                    "club_tier_missing_points": 0.01,
                    "club_tier_missing_revenue": 0.0,
                    "club_next_grade_id": self.grade_tier["vip"].id,
                    "club_grade_missing_points": 0.0,
                    "club_grade_missing_revenue": 50_000.01,
                    "club_tier_valid_until": False,
                    "club_membership_count": 0,
                }
            ],
        )

    def test_at_the_threshold(self):
        self._earn(self.account_a, 50_000)
        self.assertRecordValues(
            self.account_a,
            [
                {
                    "club_tier_id": self.tier["vip"].id,
                    "club_points": 50_000.0,
                    "club_revenue": 50_000.0,
                    "club_window_from": date(2026, 1, 1),
                    "club_window_to": TODAY,
                    "club_next_tier_id": self.tier["gold"].id,
                    "club_tier_missing_points": 100_000.0,
                    "club_tier_valid_until": date(2027, 4, 9),
                    "club_grade_valid_until": False,
                    "club_membership_count": 1,
                }
            ],
        )

    def test_at_the_top_nothing_is_missing(self):
        self._earn(self.account_a, 5_000_000)
        self.assertRecordValues(
            self.account_a,
            [
                {
                    "club_tier_id": self.tier["diamond"].id,
                    "club_grade_id": self.grade_tier["diamond"].id,
                    "club_next_tier_id": False,
                    "club_tier_missing_points": 0.0,
                    "club_next_grade_id": False,
                    "club_grade_missing_revenue": 0.0,
                    "club_grade_valid_until": date(2027, 4, 9),
                }
            ],
        )

    def test_who_is_not_in_the_club_shows_nothing(self):
        outsider = self._create_account("Outsider", agreement=False)
        self._earn(self.account_a, 60_000)
        self.assertTrue(outsider.club_is_readable)
        for name in FIGURES:
            self.assertFalse(outsider[name], name)

    def test_an_agreement_account_sees_what_is_missing_before_it_earned(self):
        self.assertEqual(self.account_a.club_next_tier_id, self.tier["vip"])
        self.assertEqual(self.account_a.club_tier_missing_points, 50_000)

    def test_a_contact_shows_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Liaison", "parent_id": self.account_a.id}
        )
        self._earn(self.account_a, 60_000)
        for name in ("club_tier_id", *FIGURES):
            self.assertEqual(contact[name], self.account_a[name], name)

    def test_a_company_without_a_program_shows_nothing(self):
        self._earn(self.account_a, 60_000)
        company = self.env["res.company"].create({"name": "No Club"})
        self.env.user.company_ids |= company
        account = self.account_a.with_company(company)
        for name in FIGURES:
            self.assertFalse(account[name], name)

    def test_spendable_points_outlive_the_window(self):
        self._earn(self.account_a, 30_000, "2025-12")
        self._earn(self.account_a, 20_000, "2026-03")
        self.assertEqual(self.account_a.club_points, 20_000)
        self.assertEqual(self.account_a.club_available, 50_000)

    def test_what_redemptions_hold_is_not_spendable(self):
        """Rule B13: reserved points are still there, but promised."""
        self._earn(self.account_a, 30_000)
        self.program.order_limit = 1e11  # nothing is signed
        redemption = self.env["club.redemption"].create(
            {
                "program_id": self.program.id,
                "account_id": self.account_a.id,
                "points": 12_000,
                "reason": "Tea set",
            }
        )
        redemption.action_reserve()
        self.env.invalidate_all()
        self.assertEqual(self.account_a.club_reserved, 12_000)
        self.assertEqual(self.account_a.club_available, 18_000)
        redemption.action_debit()
        self.env.invalidate_all()
        self.assertEqual(self.account_a.club_spent, 12_000)
        self.assertEqual(self.account_a.club_available, 18_000)

    def test_points_of_a_run_that_is_not_posted_do_not_count(self):
        self._add_revenue(self.account_a, 60_000)
        self._create_run().action_compute()
        self.env.invalidate_all()
        self.assertFalse(self.account_a.club_points)
        self.assertFalse(self.account_a.club_earned)

    def test_a_bar_is_named_when_the_threshold_is_reached(self):
        indicator = self.env["club.indicator"].create(
            {"program_id": self.program.id, "code": "categories", "name": "Lines used"}
        )
        self.tier["gold"].bar_ids = [
            Command.create({"indicator_id": indicator.id, "bound": 2})
        ]
        self._earn(self.account_a, 160_000)
        self.assertRecordValues(
            self.account_a,
            [
                {
                    "club_tier_id": self.tier["vip"].id,
                    "club_next_tier_id": self.tier["gold"].id,
                    "club_tier_missing_points": 0.0,
                    "club_unmet_bars": "Lines used ≥ 2",
                }
            ],
        )

    # === Early warning === #

    def test_the_pace_stands_on_posted_months(self):
        """90 of 365 days are posted; the ten days since have no points yet."""
        self._earn(self.account_a, 60_000)
        self.assertRecordValues(
            self.account_a,
            [
                {
                    "club_is_projected": True,
                    "club_projected_points": 243_333.33,
                    "club_projected_tier_id": self.tier["gold"].id,
                    "club_is_at_risk": False,
                }
            ],
        )

    def test_a_falling_member_is_warned_of(self):
        self._earn(self.account_a, 300_000, "2025-12")
        self.assertEqual(self.account_a.club_tier_id, self.tier["platinum"])
        self.assertFalse(self.account_a.club_is_projected, "no month of 2026 yet")
        self.assertFalse(self.account_a.club_is_at_risk)
        self._earn(self.account_a, 73_972.60)
        self.assertEqual(self.account_a.club_projected_points, 299_999.98)
        self.assertEqual(self.account_a.club_projected_tier_id, self.tier["gold"])
        self.assertTrue(self.account_a.club_is_at_risk)

    def test_a_member_at_pace_is_not_warned_of(self):
        self._earn(self.account_a, 300_000, "2025-12")
        self._earn(self.account_a, 73_972.61)
        self.assertEqual(self.account_a.club_projected_tier_id, self.tier["platinum"])
        self.assertFalse(self.account_a.club_is_at_risk)

    def test_a_class_keeps_its_floor_at_any_pace(self):
        strategic = self.env["club.account.class"].create(
            {
                "name": "Strategic",
                "code": "strategic_test",
                "floor_ids": [
                    Command.create(
                        {
                            "group_id": self.membership.id,
                            "tier_id": self.tier["gold"].id,
                        }
                    )
                ],
            }
        )
        self.env["club.account.classification"].create(
            {
                "account_id": self.account_a.id,
                "class_id": strategic.id,
                "date_from": date(2026, 1, 1),
                "reason": "Signed",
            }
        )._set_opening("Test")
        self._earn(self.account_a, 100)
        self.assertEqual(self.account_a.club_projected_tier_id, self.tier["gold"])
        self.assertFalse(self.account_a.club_is_at_risk)

    def test_a_membership_year_projects_to_its_own_end(self):
        self.program.window = "membership"
        self._earn(self.account_a, 60_000, "2026-02")
        with freeze_time("2026-06-10"):
            self._earn(self.account_a, 40_000, "2026-05")
            # 52 of the 365 days of the term from 10 April are posted.
            self.assertEqual(self.account_a.club_window_from, TODAY)
            self.assertEqual(self.account_a.club_points, 40_000)
            self.assertEqual(self.account_a.club_projected_points, 280_769.23)
