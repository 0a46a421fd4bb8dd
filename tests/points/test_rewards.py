from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from ..common import TODAY, ClubCommon


class RewardCase(ClubCommon):
    """Members by the day they joined; each anniversary of Gold is worth 500 points."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tiers = {tier.code: tier for tier in cls.membership.tier_ids}
        cls.vip, cls.gold = tiers["vip"], tiers["gold"]
        cls.vip.anniversary_points = 200
        cls.gold.anniversary_points = 500
        cls.program.referral_points = 300

    @classmethod
    def _join(cls, account, start, end, tier=None, **values):
        tier = tier or cls.gold
        cls.env["club.membership"]._insert(
            tier.program_id,
            [
                {
                    "account_id": account.id,
                    "group_id": tier.group_id.id,
                    "tier_id": tier.id,
                    "date_from": date.fromisoformat(start),
                    "date_to": date.fromisoformat(end),
                    "origin": "opening",
                    "outcome": "renewed",
                    **values,
                }
            ],
        )

    def _compute(self, kind, in_month="2026-03", **values):
        run = self._create_run(in_month, kind=kind, **values).with_user(self.officer)
        run.action_compute()
        return run

    def _post(self, kind, in_month="2026-03", **values):
        run = self._compute(kind, in_month, **values)
        run.action_post()
        return run

    def _given(self, run):
        self.env.flush_all()
        return {entry.account_id: entry.points for entry in run.sudo().entry_ids}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestAnniversaries(RewardCase):
    """Rule B10: what a member is given on each anniversary of its membership."""

    def test_the_tier_of_the_day_gives(self):
        self._join(self.account_a, "2024-03-15", "2025-03-14", self.vip)
        self._join(self.account_a, "2025-03-15", "2026-12-31", self.gold)
        self._join(self.account_b, "2023-03-31", "2026-12-31", self.vip)
        run = self._post("anniversary")
        self.assertEqual(
            self._given(run), {self.account_a: 500.0, self.account_b: 200.0}
        )
        self.assertRecordValues(
            run.sudo().entry_ids.sorted("account_id"),
            [
                {
                    "kind": "anniversary",
                    "date": date(2026, 3, 31),
                    "valid_until": self.program._valid_until(date(2026, 3, 1)),
                    "reason": "Anniversary of the membership in 2026-03",
                }
            ]
            * 2,
        )
        self.assertFalse(self.program._find_broken_run())

    def test_whose_day_lies_in_the_month(self):
        for start, end, given in (
            ("2025-03-01", "2026-12-31", True),  # first and last day
            ("2025-03-31", "2026-12-31", True),
            ("2025-02-28", "2026-12-31", False),
            ("2025-04-01", "2026-12-31", False),
            ("2026-03-10", "2026-12-31", False),  # joined in the month itself
            ("2025-03-10", "2026-03-10", True),  # still a member on the day
            ("2025-03-10", "2026-03-09", False),
        ):
            account = self._create_account(f"{start} {end}")
            self._join(account, start, end)
            run = self._compute("anniversary")
            self.assertEqual(account in self._given(run), given, (start, end))
            run.action_reset()
            run.unlink()

    def test_29_february_is_the_28th_in_other_years(self):
        self._join(self.account_a, "2024-02-29", "2026-12-31")
        self.assertEqual(
            self._given(self._compute("anniversary", "2026-02")), {self.account_a: 500}
        )
        self.assertFalse(self._given(self._compute("anniversary", "2026-03")))

    def test_a_gap_begins_the_membership_anew(self):
        self._join(self.account_a, "2022-03-10", "2024-12-31")
        self._join(self.account_a, "2025-03-20", "2026-12-31")
        self._join(self.account_b, "2022-03-10", "2024-12-31")
        self._join(self.account_b, "2025-06-20", "2026-12-31")
        self.assertEqual(
            self._given(self._compute("anniversary")), {self.account_a: 500}
        )

    def test_grades_have_no_anniversary(self):
        grade = self.grade.tier_ids[0]
        grade.anniversary_points = 900
        self._join(self.account_a, "2025-03-10", "2026-12-31", grade)
        self.assertFalse(self._given(self._compute("anniversary")))

    def test_twice_posts_nothing(self):
        self._join(self.account_a, "2025-03-10", "2026-12-31")
        computed = self._compute("anniversary")
        self._post("anniversary")
        again = self._compute("anniversary")
        self.assertFalse(again.entry_count)
        for run in (again, computed):  # the other one was computed before
            with self.assertRaisesRegex(UserError, "nothing to post"):
                run.action_post()
        self.assertEqual(self._get_points(self.account_a), 500)

    def test_a_membership_that_was_cancelled_gives_it_back(self):
        self._join(self.account_a, "2025-03-10", "2026-12-31")
        first = self._post("anniversary")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE club_membership SET state = 'superseded' WHERE account_id = %s",
            [self.account_a.id],
        )
        self.env.invalidate_all()
        credit = self._post("anniversary")
        self.assertRecordValues(
            credit.sudo().entry_ids,
            [
                {
                    "points": -500,
                    "valid_until": first.sudo().entry_ids.valid_until,
                    "reason": "Anniversary in 2026-03: taken back",
                }
            ],
        )
        self.assertEqual(self._get_points(self.account_a), 0)
        self.assertFalse(self._compute("anniversary").entry_count)
        self.assertFalse(self.program._find_broken_run())

    def test_they_count_for_the_tier_only_if_the_program_says_so(self):
        self._join(self.account_a, "2025-03-10", "2026-12-31")
        self._post("anniversary")
        self.assertNotIn("anniversary", self.program._get_qualifying_kinds())
        self.program.qualifying_kind_ids |= self.env.ref(
            "crm_club.club_points_kind_anniversary"
        )
        self.assertIn("anniversary", self.program._get_qualifying_kinds())

    def test_the_month_has_to_be_over(self):
        for kind in ("anniversary", "referral"):
            with self.assertRaises(ValidationError):
                self._create_run("2026-04", kind=kind)

    def test_only_officers_compute_and_post(self):
        run = self._create_run(kind="anniversary")
        for user in (self.clerk, self.lead, self.finance, self.auditor):
            for step in ("action_compute", "action_post"):
                with self.assertRaises(AccessError):
                    getattr(run.with_user(user), step)()


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestReferrals(RewardCase):
    """Rule B10: what a member earns for leads that it referred and that were won."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._join(cls.account_a, "2025-06-10", "2026-12-31")
        cls.stage = cls.env["crm.stage"].create({"name": "Won Here", "is_won": True})
        cls.new = cls.env["res.partner"].create({"name": "New", "is_company": True})

    def _create_lead(self, referrer=None, user=None, **values):
        leads = self.env["crm.lead"].with_user(user or self.env.user)
        return leads.create(
            {
                "name": "Parcels of the new one",
                "type": "opportunity",
                "partner_id": self.new.id,
                "company_id": self.company.id,
                "user_id": False,
                "team_id": self.unit.id,
                "club_referrer_id": (referrer or self.account_a).id,
                **values,
            }
        )

    def _win(self, lead, day="2026-03-20"):
        with freeze_time(day):
            lead.sudo().write({"stage_id": self.stage.id})
            self.env.flush_all()
        self.assertEqual(lead.won_status, "won")

    def test_each_lead_won_in_the_month_earns(self):
        for day in ("2026-03-01", "2026-03-30 10:00:00"):
            self._win(self._create_lead(), day)
        self._win(self._create_lead(), "2026-02-27")
        self._create_lead()  # still open
        self._win(self._create_lead(self.account_b))  # no member
        run = self._post("referral")
        self.assertEqual(self._given(run), {self.account_a: 600})
        self.assertEqual(run.sudo().entry_ids.kind, "referral")
        self.assertFalse(self._compute("referral").entry_count)
        self.assertFalse(self.program._find_broken_run())

    def test_days_are_the_company_s(self):
        """17:00 in UTC of the last day is 1 April in China."""
        self._win(self._create_lead(), "2026-03-31 17:00:00")
        self.assertFalse(self._given(self._compute("referral")))

    def test_a_lead_that_is_won_no_more_gives_it_back(self):
        lead = self._create_lead()
        self._win(lead)
        self._post("referral")
        lead.stage_id = self.stage.create({"name": "Talks"})
        lead.action_set_lost()
        self.assertEqual(self._given(self._post("referral")), {self.account_a: -300})
        self.assertEqual(self._get_points(self.account_a), 0)

    def test_a_lead_names_an_account_that_is_not_its_own(self):
        contact = self.env["res.partner"].create(
            {"name": "Person", "parent_id": self.account_a.id}
        )
        for wrong in (contact, self.new):
            with self.assertRaises(ValidationError):
                self._create_lead(wrong)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self._create_account("Foreign", agreement=False, company_id=other.id)
        with self.assertRaises(UserError):
            self._create_lead(foreign)

    def test_once_it_is_won_an_officer_says_who_referred(self):
        lead = self._create_lead(user=self.officer)
        colleague = new_test_user(
            self.env,
            "referring",
            "crm_club.crm_club_group_user,sales_team.group_sale_salesman_all_leads",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        lead.with_user(colleague).club_referrer_id = self.account_b
        self._win(lead)
        with self.assertRaisesRegex(AccessError, "a club officer names"):
            lead.with_user(colleague).club_referrer_id = self.account_a
        with self.assertRaises(AccessError):
            self._create_lead(user=colleague, stage_id=self.stage.id)
        lead.with_user(colleague).name = "Another name"
        officer = self.officer
        officer.group_ids |= self.env.ref("sales_team.group_sale_salesman_all_leads")
        lead.with_user(officer).club_referrer_id = self.account_a
        self.assertEqual(lead.club_referrer_id, self.account_a)

    def _create_seller(self):
        return new_test_user(
            self.env,
            "referring_often",
            "crm_club.crm_club_group_user,sales_team.group_sale_salesman_all_leads",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )

    def test_nobody_writes_that_or_when_a_lead_was_won(self):
        """Rule B10: who referred it, and in which month it earns, hangs on both."""
        seller = self._create_seller()
        lead = self._create_lead().with_user(seller)
        for values in (
            {"won_status": "won"},
            {"date_closed": "2026-02-10 10:00:00"},
            {"date_closed": "2026-02-10 10:00:00", "stage_id": self.stage.id},
        ):
            with self.assertRaises(AccessError):
                self._create_lead(user=seller, **values)
            if "stage_id" not in values:
                with self.assertRaises(AccessError):
                    lead.write(values)
        with freeze_time("2026-03-20"):
            lead.stage_id = self.stage
            self.env.flush_all()
        self.assertEqual(lead.won_status, "won")
        self.assertEqual(self._given(self._post("referral")), {self.account_a: 300})
        with self.assertRaises(AccessError):
            lead.won_status = "pending"

    def test_a_lead_is_won_once(self):
        """Rule B10: whoever loses and wins it again would earn in each month."""
        seller = self._create_seller()
        lead = self._create_lead()
        self._win(lead)
        talks = self.stage.create({"name": "Talks"})
        lead.invalidate_recordset()
        for values in (
            {"stage_id": talks.id},
            {"probability": 0},
            {"probability": 40},
            {"probability": 100},
            {"active": False},
            {"active": False, "probability": 0},
            {"date_closed": False},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                lead.with_user(seller).write(dict(values))
        other = self._create_lead(user=seller)
        with self.assertRaises(AccessError):
            (lead.with_user(seller) | other).merge_opportunity()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(AccessError):
            lead.with_user(seller).company_id = elsewhere
        won_on = lead.date_closed
        lead.with_user(seller).action_set_won()
        self.assertEqual(lead.date_closed, won_on)
        seller.group_ids |= self.env.ref("sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            lead.with_user(seller).unlink()
        self.env.invalidate_all()
        self.assertEqual((lead.won_status, lead.active), ("won", True))
        lead.with_user(seller).name = "Renamed"
        self.officer.group_ids |= self.env.ref(
            "sales_team.group_sale_salesman_all_leads"
        )
        lead.with_user(self.officer).stage_id = talks
        self.assertEqual(lead.won_status, "pending")

    def test_a_lead_that_is_won_stays_in_its_company(self):
        """Odoo lets it follow whoever gets the lead: it would earn there, too."""
        other = self._create_club_company("Hill Post")
        colleague = self._create_user("user", "hill_seller", other)
        seller = self._create_seller()
        seller.company_ids |= other
        lead = self._create_lead()
        self._win(lead)
        moved = lead.with_user(seller).with_context(
            allowed_company_ids=[other.id, self.company.id]
        )
        for values in (
            {"user_id": colleague.id},
            {"team_id": False, "user_id": colleague.id},
        ):
            with self.assertRaisesRegex(UserError, "company"):
                moved.write(values)
            self.assertEqual(lead.company_id, self.company, values)
        moved.write({"team_id": False, "user_id": False})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(lead.company_id, self.company)
        still_open = self._create_lead()
        still_open.write({"team_id": False, "user_id": colleague.id})
        self.assertNotEqual(still_open.company_id, self.company)

    def test_who_has_no_role_in_the_club_sees_no_referrer(self):
        seller = new_test_user(
            self.env,
            "selling",
            "sales_team.group_sale_salesman_all_leads",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        lead = self._create_lead().with_user(seller)
        with self.assertRaises(AccessError):
            lead.read(["club_referrer_id"])
        with self.assertRaises(AccessError):
            lead.write({"club_referrer_id": self.account_b.id})
        lead.write({"name": "Renamed"})
