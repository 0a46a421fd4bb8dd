"""One tier group for grade and membership tier: through all that reads a tier. A11."""

import io
from datetime import date

import openpyxl

from odoo.tests import freeze_time, tagged

from ..benefit.benefit_case import BenefitMixin
from ..common import TODAY, ClubCommon
from ..guest.guest_case import GuestMixin


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestOneGroupForBoth(BenefitMixin, GuestMixin, ClubCommon):
    """The program has the one group, of the purpose “both”. Rule A11."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.grade.tier_ids.unlink()
        cls.grade.unlink()
        cls.membership.write({"purpose": "both", "measure": "higher"})
        cls.membership.automatic_revenue = 0
        cls._set_up_guests()
        # 160,000 points: Gold; by revenue of 160,000 it would be Vip.
        cls._add_revenue(cls.account_a, 160_000)
        # Without points: Letters at half a point, 120,000 of revenue are Vip.
        cls._add_revenue(cls.account_b, 120_000, category=cls.categ_letters)
        cls._post_run()

    def test_a_review_enrols_once_by_points_or_revenue(self):
        terms = (self.account_a | self.account_b).club_membership_ids
        self.assertEqual(
            {(term.account_id, term.tier_id.code) for term in terms},
            {(self.account_a, "gold"), (self.account_b, "vip")},
        )
        self.assertEqual(terms.mapped("purpose"), ["both", "both"])

    def test_the_tier_is_the_grade(self):
        for account, code in ((self.account_a, "gold"), (self.account_b, "vip")):
            self.assertEqual(account.club_tier_id.code, code)
            self.assertEqual(account.club_grade_id, account.club_tier_id)
            self.assertTrue(account.club_is_member)
            seen = account.with_user(self.officer)
            self.assertEqual(seen.club_tier_valid_until, date(2027, 4, 9))
            self.assertEqual(seen.club_grade_valid_until, date(2027, 4, 9))
            self.assertEqual(seen.club_next_grade_id, seen.club_next_tier_id)

    def test_lower_of_both(self):
        self.membership.measure = "lower"
        found = self.program._assess(self.account_a | self.account_b, TODAY)
        codes = [
            found[account.id, self.membership.id].result
            for account in (self.account_a, self.account_b)
        ]
        self.assertEqual([tier and tier.code for tier in codes], ["vip", "vip"])

    def test_crm_finds_by_tier_and_by_grade(self):
        leads = self.env["crm.lead"].create(
            [
                {"name": "Mailing", "partner_id": account.id, "company_id": False}
                for account in (self.account_a, self.account_b)
            ]
        )
        ours = ("id", "in", leads.ids)
        gold = self.tiers["gold"].id
        for name in ("club_tier_id", "club_grade_id"):
            self.assertEqual(
                self.env["crm.lead"].search([ours, (name, "=", gold)]), leads[0]
            )
            partners = self.env["res.partner"].search([(name, "=", gold)])
            self.assertIn(self.account_a, partners)
            self.assertNotIn(self.account_b, partners)

    def test_what_its_tier_is_owed(self):
        benefit = self._create_benefit("fast_track", gold=3, vip=1)
        self.assertEqual(self._get_entitlement(benefit, self.account_a), (3, 0, 0, 3))
        self.assertEqual(self._get_entitlement(benefit, self.account_b), (1, 0, 0, 1))

    def test_guests_by_tier(self):
        people = self._create_contacts(self.account_a) | self._create_contacts(
            self.account_b
        )
        activity = self._create_activity(tier_id=self.tiers["gold"].id)
        guest = self._invite(activity, people[0])
        self.assertEqual(guest.tier_id, self.tiers["gold"])
        self.assertTrue(guest._is_entitled())
        # Seats of a tier of this group can be set aside.
        seats = self.env["club.activity.seat"].with_user(self.officer)
        seats.create(
            {"activity_id": activity.id, "tier_id": self.tiers["gold"].id, "seats": 1}
        )
        self.env["club.guest.candidate"].with_user(self.officer)._collect(activity)
        found = self.env["club.guest.candidate"].search(
            [("activity_id", "=", activity.id)]
        )
        self.assertEqual(found.contact_id, people[0])

    def test_the_requalification_has_one_line_an_account(self):
        """Rule A6: and what comes of it is tier and grade at once."""
        self._set_up_seats()
        with freeze_time("2027-04-20"):
            record = self.env["club.requalification"].create(
                {
                    "program_id": self.program.id,
                    "date_from": "2027-04-01",
                    "date_to": "2027-04-30",
                }
            )
            record.action_prepare()
            self.assertEqual(
                {(line.account_id, line.outcome) for line in record.line_ids},
                {(self.account_a, "renewed"), (self.account_b, "renewed")},
            )
            self.assertEqual(len(record.line_ids), 2)
            self._give_reasons(record)
            record.action_submit()
            self._sign_all(record)
            record.action_apply()
            self.env.invalidate_all()
            self.assertEqual(self.account_a.club_tier_id.code, "gold")
            self.assertEqual(self.account_a.club_grade_id.code, "gold")

    def test_a_tier_set_by_hand_is_the_grade_too(self):
        self.program.with_user(self.officer)._set_override(
            self.account_b, self.tiers["gold"], date(2027, 4, 9), "Agreed"
        )
        self.env.invalidate_all()
        self.assertEqual(self.account_b.club_tier_id.code, "gold")
        self.assertEqual(self.account_b.club_grade_id.code, "gold")

    def test_statement_and_question_of_the_day(self):
        statement = self.env["club.points.statement"]._get_statement_data(
            self.account_a, self.program
        )[0]
        self.assertEqual(statement.qualifying, 160_000)
        wizard = self.env["club.standing.wizard"].create(
            {"account_id": self.account_a.id, "date": TODAY}
        )
        (standing,) = wizard._get_report_data()["standings"]
        self.assertEqual(standing["tier"], "Gold")

    def test_what_if_moves_both_at_once(self):
        what_if = self.env["club.what.if"].with_user(self.officer)
        tried = what_if.create({"program_id": self.program.id})
        gold = tried.tier_line_ids.filtered(lambda line: line.tier_id.code == "gold")
        gold.points_from = 170_000
        tried.action_compute()
        self.assertEqual(
            {
                (m.account_id, m.from_tier_id.code, m.to_tier_id.code)
                for m in tried.move_ids
            },
            {(self.account_a, "gold", "vip")},
        )

    def test_the_roster_has_one_sheet(self):
        roster = self.env["club.xlsx.roster"]
        memberships = self.env["club.membership"].search(
            [("company_id", "=", self.company.id)]
        )
        book = openpyxl.load_workbook(io.BytesIO(roster._build(memberships)))
        self.assertEqual(book.sheetnames, ["Membership"])

    def test_filters_show_it_under_both_names(self):
        for purpose in ("grade", "membership"):
            found = self.env["club.membership"].search(
                [
                    ("company_id", "=", self.company.id),
                    ("purpose", "in", (purpose, "both")),
                ]
            )
            self.assertEqual(len(found), 2)
