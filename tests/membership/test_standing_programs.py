"""Two programs of one company: standing in each, and what the company shares. A9."""

from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from ..benefit.benefit_case import BenefitMixin
from ..common import TODAY, ClubCommon
from ..guest.guest_case import GuestMixin

TERM_END = date(2027, 4, 9)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestStandingPrograms(BenefitMixin, GuestMixin, ClubCommon):
    """Beside the main one a second program of Harbour Post. Rules A9, A11."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_guests()
        cls.second = cls._create_program(
            cls.company, name="Club of the Suburbs", sequence=90
        )
        cls.second_group = cls.second.group_ids.filtered(
            lambda group: group.purpose == "membership"
        )
        cls.second_tiers = {tier.code: tier for tier in cls.second_group.tier_ids}

    def _join(self, account, code, program=None, **dates):
        """Give a tier by hand, in the second program unless said otherwise."""
        program = program or self.second
        tier = (self.tiers if program == self.program else self.second_tiers)[code]
        return program.with_user(self.officer)._set_override(
            account, tier, dates.get("date_to", TERM_END), "Agreed"
        )

    # === Standing === #

    def test_which_is_the_main_one(self):
        self.assertTrue(self.program.is_main)
        self.assertFalse(self.second.is_main)
        self.assertEqual(self.second.main_id, self.program)
        self.second.sequence = 1
        self.env.invalidate_all()
        self.assertTrue(self.second.is_main)
        self.assertEqual(self.program.main_id, self.second)
        self.second.active = False
        self.env.invalidate_all()
        self.assertTrue(self.program.is_main)
        other = self._create_club_company("Elsewhere Post")
        self.assertTrue(self._create_program(other).is_main)

    def test_lists_show_the_main_ones_standing(self):
        self._join(self.account_a, "vip", self.program)
        self._join(self.account_a, "gold")
        self._join(self.account_b, "gold")
        self.env.invalidate_all()
        self.assertEqual(self.account_a.club_tier_id, self.tiers["vip"])
        self.assertFalse(self.account_b.club_tier_id)
        self.assertFalse(self.account_b.club_is_member)
        lead = self.env["crm.lead"].create(
            {"name": "Mailing", "partner_id": self.account_a.id}
        )
        self.assertEqual(lead.club_tier_id, self.tiers["vip"])

    def test_the_account_lists_its_standings(self):
        first = self._join(self.account_a, "vip", self.program)
        second = self._join(self.account_a, "gold")
        seen = self.account_a.with_user(self.officer)
        self.assertTrue(seen.club_has_programs)
        self.assertEqual(seen.club_standing_ids.ids, [first.id, second.id])
        person = self._create_person("Li Ming", self.account_a)
        self.assertEqual(
            person.with_user(self.officer).club_standing_ids.ids, [first.id, second.id]
        )
        # Whoever may not read its memberships sees none.
        self.assertFalse(self.account_a.with_user(self.clerk).club_standing_ids)
        self.assertTrue(self.account_a.with_user(self.manager).club_standing_ids)
        # What has ended isn't listed.
        with freeze_time("2027-06-01"):
            self.env.invalidate_all()
            self.assertFalse(seen.club_standing_ids)

    def test_of_a_single_program_nothing_is_listed(self):
        self._join(self.account_a, "vip", self.program)
        self.second.active = False
        seen = self.account_a.with_user(self.officer)
        self.assertFalse(seen.club_has_programs)
        self.assertFalse(seen.club_standing_ids)

    def test_groups_of_the_same_name_say_their_program(self):
        self.assertEqual(
            self.second_group.display_name, "Membership · Club of the Suburbs"
        )
        self.second.active = False
        self.second_group.invalidate_recordset()
        self.assertEqual(self.membership.display_name, "Membership")

    def test_what_was_this_account_on_a_day_in_each(self):
        self._join(self.account_a, "vip", self.program)
        self._join(self.account_a, "gold")
        for program, tier in ((self.program, "Vip"), (self.second, "Gold")):
            wizard = self.env["club.standing.wizard"].create(
                {
                    "account_id": self.account_a.id,
                    "program_id": program.id,
                    "date": TODAY,
                }
            )
            tiers = {
                standing["group"]: standing["tier"]
                for standing in wizard._get_report_data()["standings"]
            }
            self.assertEqual(tiers["Membership"], tier)

    def test_each_has_its_own_requalification(self):
        self._join(self.account_a, "vip", self.program)
        self._join(self.account_a, "gold")
        with freeze_time("2027-04-20"):
            for program, tier in (
                (self.program, self.tiers["vip"]),
                (self.second, self.second_tiers["gold"]),
            ):
                record = self.env["club.requalification"].create(
                    {
                        "program_id": program.id,
                        "date_from": "2027-04-01",
                        "date_to": "2027-04-30",
                    }
                )
                record.action_prepare()
                self.assertEqual(record.line_ids.membership_id.tier_id, tier)

    def test_a_tier_is_set_by_hand_in_the_one_that_is_named(self):
        overrides = self.env["club.tier.override"].with_user(self.officer)
        override = overrides.create(
            {
                "account_id": self.account_a.id,
                "group_id": self.second_group.id,
                "tier_id": self.second_tiers["gold"].id,
                "reason": "Agreed",
                "date_to": TERM_END,
            }
        )
        self._set_up_seats()
        override.action_submit()
        self._sign_all(override)
        self.assertEqual(override.membership_id.program_id, self.second)
        self.assertFalse(self.account_a.club_tier_id)
        # A new one proposes the main program's group.
        self.assertEqual(overrides.new({}).group_id, self.membership)

    # === What the company shares === #

    def test_the_better_of_both_tiers_is_owed(self):
        benefit = self._create_benefit("fast_track", vip=2)
        self.env["club.benefit.quota"].create(
            {
                "benefit_id": benefit.id,
                "tier_id": self.second_tiers["gold"].id,
                "times": 5,
            }
        )
        self._join(self.account_a, "vip", self.program)
        self.assertEqual(self._get_entitlement(benefit, self.account_a), (2, 0, 0, 2))
        self._join(self.account_a, "gold")
        self.assertEqual(self._get_entitlement(benefit, self.account_a), (5, 0, 0, 5))
        person = self._create_person("Li Ming", self.account_a)
        for _time in range(5):
            self._book(benefit, person)
        with self.assertRaises(UserError):
            self._book(benefit, person)

    def test_an_activity_for_all_tiers_is_for_the_members_of_each(self):
        """By the better tier where one is a member of both."""
        self._join(self.account_a, "vip", self.program)
        self._join(self.account_a, "gold")
        self._join(self.account_b, "vip")
        outsider = self._create_account("Outsider")
        people = self.env["res.partner"]
        for account in (self.account_a, self.account_b, outsider):
            people |= self._create_contacts(account)
        activity = self._create_activity()
        guests = self._invite(activity, people[:2])
        self.assertEqual(
            guests.mapped("tier_id"),
            self.second_tiers["gold"] | self.second_tiers["vip"],
        )
        self.assertTrue(all(guest._is_entitled() for guest in guests))
        with self.assertRaises(UserError):
            self._invite(activity, people[2])
        candidates = self.env["club.guest.candidate"].with_user(self.officer)
        candidates._collect(activity)
        found = candidates.search([("activity_id", "=", activity.id)])
        self.assertEqual(found.contact_id, people[:2])
        tiers = {row.account_id: row.tier_id for row in found}
        self.assertEqual(tiers[self.account_a], self.second_tiers["gold"])

    def test_equal_tiers_are_the_main_ones(self):
        self._join(self.account_a, "gold", self.program)
        self._join(self.account_a, "gold")
        activity = self._create_activity()
        guest = self._invite(activity, self._create_contacts(self.account_a))
        self.assertEqual(guest.tier_id, self.tiers["gold"])
        candidates = self.env["club.guest.candidate"].with_user(self.officer)
        candidates._collect(activity)
        found = candidates.search([("activity_id", "=", activity.id)])
        self.assertEqual(found.tier_id, self.tiers["gold"])

    def test_from_a_tier_up_only_its_own_program_counts(self):
        self._join(self.account_a, "gold")
        activity = self._create_activity(tier_id=self.tiers["vip"].id)
        with self.assertRaises(UserError):
            self._invite(activity, self._create_contacts(self.account_a))

    def test_settings_are_the_main_ones_whichever_program_a_member_is_in(self):
        """Guests, surveys, needs, tenders, overspends, round tables."""
        self._join(self.account_b, "gold")  # of the second program alone
        self.program.write(
            {
                "guest_confirm_days": 4,
                "guest_exception_share": 20,
                "survey_days": 9,
                "need_days": 8,
                "tender_above": 70_000,
                "overspend_share": 7,
                "round_tables_per_half": 3,
            }
        )
        self.second.write(
            {
                "guest_confirm_days": 1,
                "guest_exception_share": 90,
                "survey_days": 1,
                "need_days": 1,
                "tender_above": 1,
                "overspend_share": 99,
                "round_tables_per_half": 9,
            }
        )
        activity = self._create_activity(
            cost_ids=[
                Command.create({"kind": "venue", "name": "Hall", "amount": 1_000})
            ]
        )
        self.assertEqual(activity.confirm_until, date(2026, 5, 4))
        self.assertEqual(activity.exception_seats, 2)
        self.assertEqual(activity.overspend_limit, 1_070)
        need = self.env["club.need"].with_user(self.officer).new({})
        self.assertEqual(need._default_due(), date(2026, 4, 18))
        self.assertEqual(
            self.env["club.survey.send"]._default_deadline(), date(2026, 4, 19)
        )
        request = self.env["club.cooperation"].create(
            {
                "unit_id": self.unit.id,
                "purpose": "venue",
                "subject": "Hall",
                "description": "For the lecture",
                "date_from": "2026-05-01",
                "date_to": "2026-05-31",
                "amount": 80_000,
            }
        )
        self.assertEqual(request.tender_above, 70_000)
        table = self.env["club.round.table"].new({"date_begin": self.begin})
        self.assertEqual(table.target_count, 3)

    def test_the_form_says_whose_settings_hold(self):
        with Form(self.second.with_user(self.env.user)) as form:
            self.assertFalse(form.is_main)
            self.assertEqual(form.main_id, self.program)
        arch = self.env["club.program"].get_view(view_type="form")["arch"]
        for page in ("guests", "activities", "round_tables", "tender"):
            self.assertRegex(arch, f'name="{page}"[^>]*invisible="not is_main"')
