from datetime import date
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .benefit_case import BenefitCase

SUMS = ["owed:sum", "booked:sum", "used:sum", "left:sum", "__count"]
LEFT = [("left", "=", 0), ("is_unlimited", "=", False)]
# As if nothing but the rows were there.
WITHOUT = {
    "_get_summed": lambda self, *args: self,
    "_is_of_accounts": lambda self, domain: False,
    "_is_of_booked": lambda self, domain: False,
}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestEntitlementSums(BenefitCase):
    """What accounts are owed alike is counted, and comes to what their rows say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        others = cls._create_accounts(
            (f"Account {number}" for number in range(4)), club_unit_id=cls.unit.id
        )
        for number, account in enumerate(others):
            cls._give_tier(account, ("gold", "platinum")[number % 2])
        cls._give_second_tier(others[3])
        cls._create_benefit("lounge", unlimited=("gold",), platinum=1)
        cls._give_tier(cls.account_a, "gold", date(2025, 1, 1), date(2025, 12, 31))
        cls.env.flush_all()

    @classmethod
    def _give_second_tier(cls, account):
        """Make it a member of another program, too, whose tier is owed more."""
        second = cls._create_program(cls.company)
        group = second.group_ids.filtered(lambda g: g.purpose == "membership")
        cls.env["club.benefit.quota"].create(
            {
                "benefit_id": cls.fast_track.id,
                "tier_id": group.tier_ids[-1].id,
                "times": 9,
            }
        )
        cls.env["club.membership"]._insert(
            second,
            [
                {
                    "account_id": account.id,
                    "group_id": group.id,
                    "tier_id": group.tier_ids[-1].id,
                    "date_from": date(2026, 1, 1),
                    "date_to": date(2026, 12, 31),
                    "origin": "opening",
                }
            ],
        )

    def setUp(self):
        """Book this year and last, up to what is owed, and what is discreet."""
        super().setUp()
        self._book().action_use()
        self._book()
        self._book(day="2025-06-01").action_use()
        self._book(self.doctor)
        self._book(contact=self.person_b)
        self.env.flush_all()

    def _rows(self, user):
        rows = self.env["club.entitlement"].with_user(user)
        return rows.with_context(allowed_company_ids=self.company.ids)

    def _compare(self, rows, method, *args, **kwargs):
        found = getattr(rows, method)(*args, **kwargs)
        with patch.multiple(type(rows), **WITHOUT):
            self.assertEqual(found, getattr(rows, method)(*args, **kwargs))
        return found

    def test_sums_say_what_the_rows_say(self):
        for user in (self.officer, self.auditor):
            rows = self._rows(user)
            for domain in (
                [],
                LEFT,
                [("booked", "=", 0), ("used", "=", 0)],
                ["|", ("left", ">", 0), ("is_unlimited", "=", True)],
                [("tier_id", "=", self.tiers["gold"].id), ("owed", ">", 1)],
                [("unit_id", "child_of", self.unit.id), ("year", "=", 2026)],
                [("is_discreet", "=", False)],
                [("year", "=", 1999)],
            ):
                for by in ([], ["benefit_id"], ["tier_id"], ["unit_id", "year"]):
                    with self.subTest(user.login, domain=domain, by=by):
                        summed = rows._get_summed(domain, by, SUMS, None)
                        self.assertTrue(summed._reads_sums())
                        self._compare(rows, "_read_group", domain, by, SUMS)
        self.assertGreater(rows._read_group([], [], ["__count"])[0][0], 8)

    def test_the_pivot_reads_the_sums(self):
        rows = self._rows(self.officer)
        sets = [[], ["benefit_id"], ["tier_id"], ["benefit_id", "tier_id"]]
        found = self._compare(rows, "formatted_read_grouping_sets", [], sets, SUMS)
        self.assertEqual(found[0][0]["__count"], rows.search_count([]))

    def test_what_the_sums_lack_is_read_from_the_rows(self):
        rows = self._rows(self.officer)
        mine = [("account_id.club_is_mine", "=", True)]
        for domain, by, sums in (
            ([], ["account_id"], SUMS),
            ([], ["manager_id"], SUMS),
            (mine, ["benefit_id"], SUMS),
            ([], ["benefit_id"], ["owed:avg"]),
        ):
            with self.subTest(domain=domain, by=by):
                summed = rows._get_summed(domain, by, sums, None)
                self.assertFalse(summed._reads_sums())
        for user in (self.manager, self.lead):
            rows = self._rows(user)
            self.assertFalse(rows._get_summed([], [], SUMS, None)._reads_sums())
            [(count,)] = rows._read_group([], [], ["__count"])
            self.assertEqual(count, rows.search_count([]))

    def test_groups_lead_on_to_rows(self):
        rows = self._rows(self.officer)
        for benefit, count in rows._read_group([], ["benefit_id"], ["__count"]):
            found = benefit.env["club.entitlement"].search(
                [("benefit_id", "=", benefit.id)]
            )
            self.assertEqual(len(found), count)
            self.assertTrue(all(found.mapped("benefit_id")))

    def test_a_page_of_accounts_is_what_all_groups_begin_with(self):
        for user in (self.officer, self.auditor, self.manager, self.lead):
            rows = self._rows(user)
            for domain in ([], [("unit_id", "=", self.unit.id)], LEFT):
                for offset, limit in ((0, 1), (0, 2), (1, 2), (4, 50), (90, 5)):
                    with self.subTest(user.login, domain=domain, offset=offset):
                        self._compare(
                            *(rows, "web_read_group", domain, ["account_id"], SUMS),
                            limit=limit,
                            offset=offset,
                        )

    def test_a_page_of_accounts_builds_no_others(self):
        rows = self._rows(self.officer)
        asked = []
        method = type(rows).formatted_read_group

        def ask(self, domain, *args, **kwargs):
            asked.append(self.search(domain).account_id)
            return method(self, domain, *args, **kwargs)

        with patch.object(type(rows), "formatted_read_group", ask):
            found = rows.web_read_group([], ["account_id"], SUMS, limit=2)
        self.assertEqual(len(found["groups"]), 2)
        self.assertEqual(found["length"], len(rows.search([]).account_id))
        self.assertEqual([len(accounts) for accounts in asked], [2])

    def test_nothing_left_is_looked_for_in_what_was_booked(self):
        for user in (self.officer, self.auditor, self.manager):
            rows = self._rows(user)
            with self.subTest(user.login):
                found = rows.search(LEFT)
                expected = rows.search([]).filtered(
                    lambda row: not row.left and not row.is_unlimited
                )
                self.assertEqual(found, expected)
                self.assertEqual(rows.search(LEFT, limit=1), expected[:1])
                self.assertTrue(rows._is_of_booked(LEFT))
                self.assertTrue(rows._is_of_booked([("year", ">", 1), *LEFT]))
                self.assertFalse(rows._is_of_booked(LEFT[:1]))
                self.assertFalse(rows._is_of_booked(["|", *LEFT]))
                self.assertFalse(rows._is_of_booked([]))
        self.assertTrue(found)
