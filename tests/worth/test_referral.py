"""What came of each lead: won, member, revenue. Rule D13."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import SQL

from ..common import ClubCommon


@tagged("post_install", "-at_install")
class TestReferral(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.won = cls.env["crm.stage"].create({"name": "Won Here", "is_won": True})
        cls.new = cls._create_account("New", agreement=False)
        cls.env["crm.lead"].search([]).club_source = False

    def _create_lead(self, **values):
        return self.env["crm.lead"].create(
            {
                "name": "Parcels of the new one",
                "type": "opportunity",
                "partner_id": self.new.id,
                "company_id": self.company.id,
                "user_id": False,
                "team_id": self.unit.id,
                "club_referrer_id": self.account_a.id,
                **values,
            }
        )

    def _win(self, lead, moment="2026-03-20 03:00:00"):
        with freeze_time(moment):
            lead.stage_id = self.won
            self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = '2026-02-01' WHERE id = %s", [lead.id]
        )
        self.env.invalidate_all()

    def _join(self, account, day):
        group = self.membership
        self.env["club.membership"]._insert(
            self.program,
            [
                {
                    "account_id": account.id,
                    "group_id": group.id,
                    "tier_id": group.tier_ids[0].id,
                    "date_from": day,
                    "date_to": "2027-12-31",
                    "origin": "automatic",
                }
            ],
        )

    def _get_referrals(self, leads, user=None):
        referrals = self.env["club.referral"].with_user(user or self.env.user)
        return referrals.search([("lead_id", "in", leads.ids)], order="id")

    def test_lead_to_member_to_revenue(self):
        lead = self._create_lead()
        self._add_revenue(self.new, 70, "2026-02")  # before it was won
        self._win(lead)
        self._join(self.new, "2026-03-25")
        for in_month, amount in (("2026-03", 100), ("2026-04", 10)):
            self._add_revenue(self.new, amount, in_month)
        referral = self._get_referrals(lead)
        self.assertRecordValues(
            referral,
            [
                {
                    "source": "member",
                    "brought_by_account_id": self.account_a.id,
                    "unit_id": self.unit.id,
                    "state": "won",
                    "account_id": self.new.id,
                    "lead_count": 1,
                    "won_count": 1,
                    "member_count": 1,
                    "revenue": 110,
                }
            ],
        )
        self.assertEqual(str(referral.won_on), "2026-03-20")
        self.assertEqual(str(referral.member_since), "2026-03-25")
        self.assertEqual(referral.action_open_lead()["res_id"], lead.id)

    def test_which_was_won_first_is_looked_up_by_account(self):
        """Reading all leads again for each took minutes for a hundred thousand."""
        referrals = self.env["club.referral"]
        query = referrals._search([])
        revenue = referrals._field_to_sql(query.table, "revenue", query)
        rows = self.env.execute_query(SQL("EXPLAIN %s", query.select(revenue)))
        self.assertNotIn("CTE Scan", "\n".join(line for (line,) in rows))

    def test_the_day_is_the_company_s(self):
        lead = self._create_lead()
        self._win(lead, "2026-03-31 17:00:00")  # 1 April in China
        self._add_revenue(self.new, 100, "2026-03")
        self.assertEqual(str(self._get_referrals(lead).won_on), "2026-04-01")
        self.assertEqual(self._get_referrals(lead).revenue, 0)

    def test_what_is_not_won_brings_nothing(self):
        lead = self._create_lead()
        self._join(self.new, "2026-03-25")
        self._add_revenue(self.new, 100)
        self.assertRecordValues(
            self._get_referrals(lead),
            [{"state": "pending", "won_count": 0, "member_count": 0, "revenue": 0}],
        )

    def test_who_was_a_member_before_is_no_new_one(self):
        lead = self._create_lead()
        self._join(self.new, "2026-01-01")
        self._win(lead)
        self.assertEqual(self._get_referrals(lead).member_count, 0)

    def test_an_account_counts_once(self):
        """Two leads won for one account don't double its revenue."""
        first, second = self._create_lead(), self._create_lead()
        self._win(second, "2026-03-10 03:00:00")
        self._win(first)
        self._join(self.new, "2026-03-25")
        self._add_revenue(self.new, 100)
        self.assertEqual(
            self._get_referrals(first | second).mapped(
                lambda r: (r.won_count, r.member_count, r.revenue)
            ),
            [(1, 0, 0), (1, 1, 100)],
        )
        [(members, revenue)] = self.env["club.referral"]._read_group(
            [("lead_id", "in", (first | second).ids)],
            [],
            ["member_count:sum", "revenue:sum"],
        )
        self.assertEqual((members, revenue), (1, 100))

    def test_the_account_shows_what_it_brought(self):
        lead = self._create_lead()
        self._create_lead(
            club_referrer_id=False,
            club_source="channel",
            club_referrer_partner_id=self.account_a.id,
        )
        account = self.account_a.with_user(self.officer)
        self.assertEqual(account.club_referral_count, 2)
        self.assertEqual((self.account_b | account).mapped("club_referral_count")[0], 0)
        action = account.action_open_club_referrals()
        found = self.env["club.referral"].search(action["domain"])
        self.assertIn(lead, found.lead_id)

    def test_who_reads_which(self):
        seller = new_test_user(
            self.env,
            "selling_here",
            "crm_club.crm_club_group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        lead = self._create_lead(club_referrer_id=self.account_b.id)
        stranger = self._create_users(stranger="user")
        for user, reads in (
            (self.officer, True),
            (self.auditor, True),
            (self.lead, True),
            (stranger, False),
            (seller, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(bool(self._get_referrals(lead, user)), reads)
        lead.user_id = seller
        self.env.flush_all()
        self.assertTrue(self._get_referrals(lead, seller))
        with self.assertRaises(AccessError):
            self._get_referrals(lead).with_user(stranger).read(["revenue"])

    def test_another_company_does_not_see_it(self):
        lead = self._create_lead()
        other = self._create_club_company("Elsewhere")
        foreign = self._create_users(other, foreign_officer="officer")
        theirs = self.env["club.referral"].with_user(foreign)
        theirs = theirs.with_context(allowed_company_ids=other.ids)
        self.assertFalse(theirs.search_count([("lead_id", "=", lead.id)]))
        with self.assertRaises(AccessError):
            theirs.browse(lead.id).read(["revenue"])
