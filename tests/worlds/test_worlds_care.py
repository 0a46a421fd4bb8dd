"""Gifts, vouchers, greetings, hand-overs and the like of each company. Rules A9, D5."""

from datetime import date
from unittest.mock import Mock, patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ...controllers import club_xlsx
from ...kernel.take_on import TIERS
from ...reports.xlsx.take_on_book import _get_choices
from ..common import TODAY
from ..worth.voucher_case import LAST_DAY
from .worlds_case import WorldsCase

MARCH = date(2026, 3, 1)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestWorldsCare(WorldsCase):
    """Anchor Mills is looked after in each company by that one's manager."""

    def _look_from_both(self):
        for companies in (self.company | self.lake, self.lake | self.company):
            self.env.invalidate_all()
            yield companies

    # === At risk === #

    def test_a_downgrade_ahead_in_a_further_program_is_a_risk(self):
        """Beacon Foods is a member of the Suburbs alone."""
        self.suburbs.window = "calendar"
        self._book_revenue(self.company, self.account_b, 10, "2026-01")
        for in_month in ("2026-01", "2026-02", "2026-03"):
            self._post(self.suburbs, in_month)
        self.env["club.account.pulse"]._refresh()
        cases = self.env["club.retention"]._open_cases(companies=self.company)
        case = cases.filtered(lambda one: one.account_id == self.account_b)
        self.assertTrue(case.is_downgrade)
        self.assertEqual(case.company_id, self.company)

    # === Gifts === #

    def test_gifts_count_against_the_limit_of_their_company(self):
        limited = self.env["club.account.class"].create(
            {
                "name": "Bureau",
                "code": "bureau",
                "company_id": False,
                "gift_is_limited": True,
                "gift_limit": 100,
            }
        )
        for company in (self.company, self.lake):
            self._in(company)["club.account.classification"].create(
                {
                    "account_id": self.account_a.id,
                    "class_id": limited.id,
                    "company_id": company.id,
                    "date_from": "2020-01-01",
                    "reason": "Decree 7",
                }
            )._set_opening("Test")
        gift = {"account_id": self.account_a.id, "item": "Tea", "value": 80}
        lists = {}
        for company in (self.company, self.lake):
            companies = company | (self.company | self.lake)
            env = self._within(companies, self.both)
            lists[company] = env["club.gift.list"].create(
                {
                    "purpose": "Feast",
                    "gift_ids": [Command.create({**gift, "value_source": "Bill 7"})],
                }
            )
            lists[company].action_confirm()
        for companies in self._look_from_both():
            for company, found in lists.items():
                text = self._as(found.gift_ids, self.both, companies).limit_text
                self.assertIn("20.00", text, company.name)
            account = self._as(self.account_a, self.both, companies)
            self.assertEqual(account.club_gift_given, 80)
            self.assertEqual(account.club_gift_left, 20)
            action = account.action_open_club_gifts()
            gifts = account.env["club.gift"].search(action["domain"])
            self.assertEqual(gifts.company_id, companies[0])

    # === Vouchers === #

    def test_a_voucher_is_redeemed_where_it_was_issued(self):
        batches = {}
        for company in (self.company, self.lake):
            companies = company | (self.company | self.lake)
            env = self._within(companies, self.both)
            batches[company] = env["club.voucher.batch"].create(
                {
                    "partner_id": self.account_b.id,
                    "subject": "A month of courier",
                    "quantity": 1,
                    "date_from": "2026-04-01",
                    "date_to": LAST_DAY,
                }
            )
            batches[company].action_issue()
            self.assertEqual(batches[company].company_id, company)
        self.assertEqual(batches[self.lake].issued_on, date(2026, 4, 9))
        voucher = batches[self.lake].sudo().voucher_ids
        for companies in self._look_from_both():
            dialogs = self._within(companies, self.both)["club.voucher.redemption"]
            dialog = dialogs.create({"code": voucher.code})
            if companies[0] == self.company:
                with self.assertRefused(UserError, "Harbour Post has issued no"):
                    dialog.action_redeem()
            else:
                dialog.action_redeem()
        self.assertEqual(voucher.redeemed_on, date(2026, 4, 9))

    # === Hand-overs === #

    def test_an_account_changes_hands_in_one_company(self):
        taker, giver = self._create_users(
            self.lake, lake_taker="user", lake_giver="user"
        )
        self.account_a.with_company(self.lake).club_manager_id = giver
        for companies in self._look_from_both():
            handover = self._within(companies)["club.handover"].create(
                {
                    "company_id": self.lake.id,
                    "user_from_id": giver.id,
                    "user_to_id": taker.id,
                }
            )
            handover.action_add_accounts()
            self.assertEqual(handover.line_ids.account_id, self.account_a)
            self.assertEqual(handover.unit_id, self.lake_unit)
        before = self.account_a.club_manager_id
        handover.action_submit()
        for user, step in ((giver, "action_give"), (taker, "action_take")):
            getattr(self._as(handover, user), step)()
        self.assertEqual(handover.state, "done")
        self.assertEqual(self.account_a.with_company(self.lake).club_manager_id, taker)
        self.assertEqual(self.account_a.club_manager_id, before)

    def test_the_unit_proposed_is_of_the_company_in_front(self):
        [lead] = self._create_users(self.company, both_lead="lead")
        lead.company_ids = self.company | self.lake
        (self.unit | self.lake_unit).user_id = lead
        for companies in self._look_from_both():
            env = self._within(companies, lead)
            for name in (
                *("club.allocation", "club.target", "club.gift.list", "club.visit"),
                *("club.points.adjustment", "club.activity", "club.cooperation"),
            ):
                unit_id = env[name].default_get(["unit_id"]).get("unit_id")
                unit = self.env["crm.team"].browse(unit_id)
                self.assertEqual(unit.company_id, companies[0], name)

    def test_accounts_of_a_shared_unit_go_to_managers_of_the_company(self):
        managers = {
            company: self._create_users(company, **{f"of_{company.id}": "user"})
            for company in (self.company, self.lake)
        }
        self.env["crm.team.member"].create(
            [
                {"crm_team_id": self.shared_unit.id, "user_id": user.id}
                for user in managers.values()
            ]
        ).club_duty = "manager"
        for company, user in managers.items():
            allocation = self._in(company)["club.allocation"].create(
                {"company_id": company.id, "unit_id": self.shared_unit.id}
            )
            self.assertEqual(allocation.manager_ids, user)

    def test_the_lead_of_a_shared_unit_hears_of_his_own_company(self):
        self.shared_unit.user_id = self.lead
        needs = {}
        for company in (self.company, self.lake):
            account = self.account_a.with_company(company)
            account.write({"club_unit_id": self.shared_unit.id})
            needs[company] = self._in(company)["club.need"].create(
                {
                    "name": "Late parcel",
                    "account_id": self.account_a.id,
                    "is_complaint": True,
                    "kind": "service",
                    "date_due": date(2026, 4, 1),
                    "owner_id": self.both.id,
                }
            )
            lead = self.shared_unit._get_nearest_lead(company)
            self.assertEqual(lead, self.lead if company == self.company else lead[:0])
            needs[company]._remind()
        asked = {company: need.activity_ids.user_id for company, need in needs.items()}
        self.assertIn(self.lead, asked[self.company])
        self.assertNotIn(self.lead, asked[self.lake])

    # === Greetings === #

    def test_nobody_is_greeted_by_two_companies_of_one_head(self):
        """But by one that belongs to nobody, which knows nothing of the others."""
        contact = self.env["res.partner"].create(
            {
                "name": "Ann",
                "parent_id": self.account_a.id,
                "email": "ann@example.com",
            }
        )
        occasion = self.env["club.occasion"].create(
            {
                "name": "Feast",
                "kind": "set",
                "owner_level": "head",
                "company_id": False,
                "text": "Dear {name}: {company}",
                "day_ids": [Command.create({"date": date(2026, 4, 20)})],
            }
        )
        found = {}
        for company in (self.company, self.lake, self.coast):
            env = self._in(company)
            env["club.contact.profile"].create(
                {
                    "contact_id": contact.id,
                    "consent_ids": [
                        Command.create({"channel": "mail", "answer": "given"})
                    ],
                }
            )
            greeting = env["club.greeting"].create(
                {"occasion_id": occasion.id, "date": date(2026, 4, 20)}
            )
            greeting.action_prepare()
            lines = greeting.line_ids.filtered(lambda line: line.contact_id == contact)
            found[company] = [line for line in lines if line.state == "to_send"]
            if found[company]:
                self.assertIn(company.name, greeting.preview)
        self.assertTrue(found[self.company])
        self.assertFalse(found[self.lake])
        self.assertTrue(found[self.coast])

    # === Scorecards === #

    def test_a_shared_unit_is_scored_where_it_has_accounts(self):
        """By the figures of each company, in its ranks."""
        self.account_a.with_company(self.lake).club_unit_id = self.shared_unit
        self.env["club.unit.clerk"].create(
            {
                "unit_id": self.shared_unit.id,
                "user_id": self.lake_users["clerk"].id,
                "date_from": date(2020, 1, 1),
            }
        )
        template = self.env["club.scorecard.template"].create(
            {
                "name": "Points",
                "indicator_ids": [
                    Command.create({"code": code, "goal": 1_000, "weight": 50})
                    for code in ("revenue", "points_accrued")
                ],
            }
        )
        for company in (self.company, self.lake):
            self._book_revenue(company, self.account_a, 1_000)
        for program in (self.program, self.suburbs, self.lake_program):
            self._post(program)
        self.env["club.figure"]._refresh(self.company | self.lake, MARCH, TODAY)
        cards = self.env["club.scorecard"]
        for company in (self.company, self.lake):
            dialog = self._in(company)["club.scorecard.draw"].create(
                {"year": 2026, "template_id": template.id}
            )
            dialog.action_draw_up()
            drawn = cards.search([("company_id", "=", company.id), ("year", "=", 2026)])
            is_used = company == self.lake
            self.assertEqual(self.shared_unit in drawn.unit_id, is_used)
            self.assertEqual(set(drawn.mapped("rank_of")), {len(drawn)})
        at_lake = cards.search([("unit_id", "=", self.shared_unit.id)])
        found = {line.code: line.measured for line in at_lake.line_ids}
        self.assertEqual(found, {"revenue": 1_000, "points_accrued": 3_000})
        quay = cards.search([("unit_id", "=", self.unit.id), ("year", "=", 2026)])
        found = {line.code: line.measured for line in quay.line_ids}
        self.assertEqual(found["points_accrued"], 1_000, "the main program's")

    # === Take-on === #

    def test_a_sheet_offers_what_the_company_has_of_all_programs(self):
        self._get_tier(self.suburbs, "gold").name = "Oak"
        self._get_tier(self.lake_program, "gold").name = "Elm"
        here, there = (
            _get_choices(self._in(company))[TIERS, "tier"]
            for company in (self.company, self.lake)
        )
        self.assertIn("Oak", here)
        self.assertNotIn("Elm", here)
        self.assertIn("Elm", there)
        self.assertNotIn("Oak", there)

    def test_a_template_is_of_the_company_in_front(self):
        """What a menu downloads has no companies in its address: the cookie has."""
        companies = (self.lake, self.company, self.coast)
        request = Mock(env=self._within(self.company, self.both))
        request.cookies = {"cids": "-".join(str(company.id) for company in companies)}
        with patch.object(club_xlsx, "request", request):
            club_xlsx.ClubXlsx()._work_in_companies()
        request.update_context.assert_called_once_with(
            allowed_company_ids=[self.lake.id, self.company.id]
        )
