import threading
from collections import Counter
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..common import TODAY, ClubCommon

SPEC = {
    "complete_name": {},
    "club_tier_id": {"fields": {"display_name": {}}},
    "club_tier_color": {},
    "club_tier_valid_until": {},
    "club_grade_id": {"fields": {"display_name": {}}},
    "club_points": {},
    "club_tier_missing_points": {},
    "club_next_tier_id": {"fields": {"display_name": {}}},
    "club_projected_tier_id": {"fields": {"display_name": {}}},
    "club_available": {},
    "club_revenue": {},
    "club_can_assign": {},
    "club_unit_id": {"fields": {"display_name": {}}},
    "club_manager_id": {"fields": {"display_name": {}}},
}
MEMBERS = [("is_company", "=", True), ("club_is_member", "=", True)]


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestScreenQueries(ClubCommon):
    """What a screen costs doesn't depend on how many accounts there are."""

    def _add_members(self, count, name):
        accounts = self._create_accounts(
            (f"{name} {number}" for number in range(count)),
            club_unit_id=self.unit.id,
            club_manager_id=self.manager.id,
        )
        self._add_revenue(accounts, 600_000)
        self._post_run()

    def _open(self, user):
        """Return how many members the list shows, and its queries."""
        self.env.flush_all()
        counts = []
        for _warm_up in range(2):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = (
                self.env["res.partner"]
                .with_user(user)
                .web_search_read(MEMBERS, SPEC, limit=80, count_limit=10_001)
            )
            counts.append(self.env.cr.sql_log_count - before)
        return found["length"], counts[-1]

    def test_the_list_of_members_costs_the_same_for_more_of_them(self):
        for user in (self.officer, self.manager):
            with self.subTest(user=user.login):
                self._add_members(3, f"First of {user.login}")
                few, queries = self._open(user)
                self._add_members(9, f"More of {user.login}")
                many, again = self._open(user)
                self.assertGreaterEqual(many, few + 9)
                self.assertEqual(again, queries)

    def test_gifts_of_more_accounts_are_put_down_with_the_same_queries(self):
        counts = []
        for count in (2, 3, 8):  # the first ones warm up
            accounts = self._create_accounts(
                (f"Given {count} {number}" for number in range(count)),
                club_unit_id=self.unit.id,
            )
            people = self.env["res.partner"].create(
                [{"name": "Li", "parent_id": account.id} for account in accounts]
            )
            lists = self.env["club.gift.list"].with_user(self.officer)
            found = lists.create({"purpose": "Feast", "company_id": self.company.id})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found.env["club.gift"].create(
                [
                    {
                        "list_id": found.id,
                        "account_id": account.id,
                        "contact_id": person.id,
                        "date": TODAY,
                    }
                    for account, person in zip(accounts, people, strict=True)
                ]
            )
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[2], counts[1])

    def test_who_is_of_no_unit_is_not_asked_for_one(self):
        """Odoo writes to the people of each new company, also where there are none."""
        units = self.env["club.account.unit"]
        with patch.object(type(units), "_follow_units") as follow:
            self.env["res.partner"].create(
                [{"name": f"New {number}", "is_company": True} for number in range(3)]
            )
        self.assertFalse(follow.called)

    def test_a_person_of_an_account_has_neither_lead_nor_unit(self):
        """Odoo writes the account's to each new person."""
        self.account_a.club_manager_id = self.manager
        units, teams = self.env["club.account.unit"], self.env["club.account.team"]
        duties = self.env["club.duty"]
        with (
            patch.object(type(units), "_follow_units") as follow_units,
            patch.object(type(teams), "_follow_leads") as follow_leads,
            patch.object(type(duties), "_refresh") as refresh,
        ):
            person = self.env["res.partner"].create(
                {"name": "Ann", "parent_id": self.account_a.id}
            )
        self.assertEqual(person.club_manager_id, self.manager)
        self.assertEqual(person.club_unit_id, self.unit)
        called = (follow_units.called, follow_leads.called, refresh.called)
        self.assertFalse(any(called), called)

    def test_a_new_account_is_noted_down_once(self):
        names = ("club_account_unit", "club_account_team")
        asked = Counter()

        def look_at(_cr, query, *_args):
            asked.update(name for name in names if f"INTO {name} " in str(query))

        thread = threading.current_thread()
        with patch.object(thread, "query_hooks", (look_at,), create=True):
            account = self._create_account(
                "New", club_unit_id=self.unit.id, club_manager_id=self.manager.id
            )
        self.assertEqual(asked, dict.fromkeys(names, 1))
        domain = [("account_id", "=", account.id)]
        self.assertEqual(
            self.env["club.account.unit"].search(domain).unit_id, self.unit
        )
        teams = self.env["club.account.team"].search(domain)
        self.assertEqual(teams.user_id, self.manager)

    def test_the_filter_finds_who_has_a_tier_in_this_company(self):
        self._add_members(2, "Member")
        partners = self.env["res.partner"]
        other = self._create_club_company("Other Post")
        for company in (self.env.company, other):
            found = partners.with_company(company).search(MEMBERS)
            having = partners.with_company(company).search(
                [("is_company", "=", True), ("club_tier_id", "!=", False)]
            )
            self.assertEqual(found, having)
            self.assertEqual(found.filtered_domain(MEMBERS), found)
        self.assertFalse(partners.with_company(other).search(MEMBERS))
        without = partners.search([("club_is_member", "=", False)])
        self.assertFalse(without & partners.search(MEMBERS))
        self.assertIn(other.partner_id, without)
