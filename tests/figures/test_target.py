"""Targets: who sets them, what counts, when they stay. Rule D10."""

from datetime import date

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY, month
from ..worth.share_case import ShareCase

SQL_LOG = "odoo.sql_db"


@tagged("post_install", "-at_install")
class TestTarget(ShareCase):
    """Quay (with the manager) and Hill hang below the centre."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.unit | cls.other_unit).parent_id = cls.centre

    def _create(self, user=None, **values):
        targets = self.env["club.target"].with_user(user or self.officer)
        return targets.create(
            {
                "unit_id": self.unit.id,
                "date_from": month("2026-03"),
                "amount": 1000,
                **values,
            }
        )

    def _of_manager(self, user=None, **values):
        return self._create(user, holder="person", user_id=self.manager.id, **values)

    # === What counts === #

    def test_revenue_counts_to_the_person_the_unit_and_those_above(self):
        self._add_revenue(self.account_a, 300, "2026-03")
        self._add_revenue(self.account_a, -50, "2026-03")  # a credit note
        self._add_revenue(self.account_a, 7, "2026-04")
        self._add_revenue(self.account_b, 20, "2026-03")
        person, unit = self._of_manager(), self._create()
        centre = self._create(unit_id=self.centre.id)
        hill = self._create(unit_id=self.other_unit.id)
        half = self._create(span="half", date_from=month("2026-01"))
        vacant = self._create(unit_id=self.other_unit.id, holder="vacant")
        reached = [250, 250, 270, 20, 257, 20]
        found = person | unit | centre | hill | half | vacant
        self.assertEqual(found.mapped("actual"), reached)

    def test_who_left_counts_with_what_he_does_for_the_unit_only(self):
        """His lead reads through a target nothing of what he does elsewhere; months
        before stay as they were.
        """
        with freeze_time("2026-04-20 04:00:00"):
            march = self._of_manager()
            april = self._of_manager(date_from=month("2026-04"))
            half = self._of_manager(span="half", date_from=month("2026-01"))
            targets = march | april | half
            self.account_b.club_manager_id = self.manager  # of Hill
            lines = self.env["club.account.team"].search([])
            lines._write_guarded({"date_from": date(2025, 1, 1)})
            for in_month, ours, theirs in (("2026-03", 5, 70), ("2026-04", 3, 20)):
                self._add_revenue(self.account_a, ours, in_month)
                self._add_revenue(self.account_b, theirs, in_month)
            targets._reckon()
            self.assertEqual(targets.mapped("actual"), [75, 23, 98])
            self.env["crm.team.member"].search(
                [("user_id", "=", self.manager.id), ("crm_team_id", "=", self.unit.id)]
            ).active = False
            targets._reckon()
            self.assertEqual(targets.mapped("actual"), [75, 23, 98])  # has an account
            self.account_a.club_manager_id = self.lead
        with freeze_time("2026-04-21 04:00:00"):
            self.env["club.target"]._cron_reckon()
            self.assertEqual(targets.mapped("actual"), [75, 3, 78])
            self.assertEqual(
                targets.mapped("left_on"), [False, date(2026, 4, 21), date(2026, 4, 21)]
            )
        with freeze_time("2026-04-25 04:00:00"):
            self.account_a.club_manager_id = self.manager
            self.env["club.target"]._cron_reckon()
            self.assertFalse(any(targets.mapped("left_on")))

    @freeze_time(TODAY)
    def test_shared_revenue_counts_by_its_percentages(self):
        """Rule B11: the target of each sharer, and nothing twice above both."""
        self._put_in_effect(60, 40)
        self._add_revenue(self.account_a, 100, "2026-03")
        self.centre.parent_id = self.env["crm.team"].create(
            {"name": "Bureau", "company_id": self.company.id}
        )
        person, unit = self._of_manager(), self._create()
        above = self._create(unit_id=self.centre.parent_id.id)
        self.unit.parent_id = self.centre.parent_id
        centre = self._create(unit_id=self.centre.id)
        (person | unit | above | centre).action_reckon()
        self.assertEqual(
            (person | unit | centre | above).mapped("actual"), [60, 60, 40, 100]
        )

    def test_a_campaign_counts_its_category_with_those_below(self):
        cakes = self.env["product.category"].create({"name": "Festival Goods"})
        moon = self.env["product.category"].create(
            {"name": "Mooncakes", "parent_id": cakes.id}
        )
        self._add_revenue(self.account_a, 30, "2026-03", moon)
        self._add_revenue(self.account_a, 5, "2026-03", cakes)
        self._add_revenue(self.account_a, 900, "2026-03")
        all_goods = self._create(kind="campaign", category_id=cakes.id)
        mooncakes = self._create(kind="campaign", category_id=moon.id)
        self.assertEqual((all_goods | mooncakes).mapped("actual"), [35, 30])

    def test_new_members_count_in_their_tier_and_renewed_ones_do_not(self):
        vip, gold = self.membership.tier_ids.sorted("sequence")[:2]
        rows = [
            {
                "account_id": account.id,
                "group_id": self.membership.id,
                "tier_id": tier.id,
                "date_from": date.fromisoformat(start),
                "date_to": date.fromisoformat(end),
                "origin": origin,
            }
            for account, tier, start, end, origin in (
                (self.account_a, vip, "2025-03-05", "2026-03-04", "enrolled"),
                (self.account_a, gold, "2026-03-05", "2027-03-04", "upgraded"),
                (self.account_b, vip, "2026-03-31", "2027-03-30", "enrolled"),
            )
        ]
        self.env["club.membership"]._insert(self.program, rows)
        centre = {"unit_id": self.centre.id, "kind": "members", "amount": 3}
        found = self._create(**centre)
        found |= self._create(**centre, tier_id=vip.id)
        found |= self._create(**centre, tier_id=gold.id)
        found |= self._create(**centre, date_from=month("2025-03"))
        found |= self._create(**centre, date_from=month("2026-04"))
        self.assertEqual(found.mapped("actual"), [1, 1, 0, 1, 0])

    @freeze_time(TODAY)
    def test_visits_count_to_whoever_recorded_them_but_returned_ones(self):
        logs = self.env["club.contact.log"].with_user(self.manager)
        made = logs.create(
            [
                {
                    "account_id": self.account_a.id,
                    "channel": channel,
                    "held_on": day,
                    "conversation": "Parcels",
                }
                for channel, day in (
                    ("visit", "2026-03-31"),
                    ("visit", "2026-04-01"),
                    ("visit", "2026-03-01"),
                    ("call", "2026-03-05"),
                )
            ]
        )
        target = self._of_manager(kind="visits", amount=4)
        self.assertEqual(target.actual, 2)
        made[0].sudo()._write_guarded({"state": "returned"})
        target.with_user(self.manager).action_reckon()
        self.assertEqual(target.actual, 1)

    @freeze_time("2026-04-15 04:00:00")
    def test_it_is_behind_when_less_is_reached_than_time_has_passed(self):
        """The search says the same as the field."""
        targets = self.env["club.target"]
        for in_month, amounts in (
            ("2026-04", {200: "on_time", 201: "behind", 100: "reached"}),
            ("2026-03", {50: "missed"}),
            ("2026-05", {70: "ahead"}),
        ):
            if in_month != "2026-05":
                booked = 100 if in_month == "2026-04" else 49
                self._add_revenue(self.account_a, booked, in_month)
            units = [self.unit, self.centre]
            units.append(self.env["crm.team"].create({"name": "All"}))
            self.centre.parent_id = units[2]
            for unit, (amount, pace) in zip(units, amounts.items(), strict=False):
                target = self._create(
                    unit_id=unit.id, amount=amount, date_from=month(in_month)
                )
                with self.subTest(amount=amount):
                    self.assertEqual(target.pace, pace)
                    self.assertIn(target, targets.search([("pace", "=", pace)]))
                    self.assertNotIn(target, targets.search([("pace", "!=", pace)]))

    def test_parts_are_compared_with_the_unit_s_target(self):
        unit = self._create(amount=100)
        self.assertTrue(unit.adds_up)
        self._of_manager(amount=60)
        self._create(holder="vacant", amount=39.99)
        below = self.env["crm.team"].create(
            {"name": "Pier", "company_id": self.company.id, "parent_id": self.unit.id}
        )
        self.env.invalidate_all()
        self.assertEqual((unit.parts_amount, unit.difference), (99.99, -0.01))
        self.assertIn("less", unit.parts_hint)
        differing = self.env["club.target"].search([("adds_up", "=", False)])
        self.assertEqual(differing, unit)
        self._create(unit_id=below.id, amount=0.01)
        self.env.invalidate_all()
        self.assertTrue(unit.adds_up)
        self.assertFalse(self.env["club.target"].search([("adds_up", "=", False)]))

    # === Who sets them === #

    def test_a_lead_sets_his_people_s_and_vacant_posts(self):
        target = self._of_manager(self.lead)
        target.amount = 500
        vacant = self._create(self.lead, holder="vacant")
        self.assertEqual(vacant.unit_id, self.unit)
        target.unlink()

    def test_nobody_sets_his_own_his_unit_s_or_another_unit_s(self):
        self.unit.member_ids |= self.lead
        tries = {
            "his unit's": {},
            "his own": {"holder": "person", "user_id": self.lead.id},
            "another unit's": {"unit_id": self.other_unit.id, "holder": "vacant"},
            "a stranger's": {"holder": "person", "user_id": self.centre_member.id},
        }
        for name, values in tries.items():
            with self.subTest(name), self.assertRaises(AccessError):
                self._create(self.lead, **values)
        for user in (self.manager, self.finance, self.auditor, self.hill_lead):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self._of_manager(user)
        unit = self._create()
        with self.assertRaises(AccessError):
            unit.with_user(self.lead).amount = 1
        unit.with_user(self.centre_lead).amount = 2

    def test_a_lead_does_not_turn_his_people_s_into_his_own(self):
        target = self._of_manager(self.lead)
        self.unit.member_ids |= self.lead
        for values in (
            {"user_id": self.lead.id},
            {"holder": "unit", "user_id": False},
            {"unit_id": self.other_unit.id},
            {"actual": 10},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                target.write(values)
        self.assertEqual(target.user_id, self.manager)

    def test_a_person_reads_his_own_only(self):
        own, unit = self._of_manager(), self._create()
        mine = self.env["club.target"].with_user(self.manager).search([])
        self.assertEqual(mine, own)
        for user, found in (
            (self.lead, own | unit),
            (self.hill_lead, own.browse()),
            (self.auditor, own | unit),
            (self.finance, own | unit),
        ):
            targets = self.env["club.target"].with_user(user)
            self.assertEqual(targets.search([]), found, user.name)

    def test_a_vacant_post_s_target_stays_with_the_unit(self):
        """Until somebody has it; who leaves hands his over."""
        target = self._of_manager(self.lead)
        target.write({"holder": "vacant", "user_id": False})
        self.assertEqual(target.unit_id, self.unit)
        target.write({"holder": "person", "user_id": self.manager.id})
        self.assertEqual(target.user_id, self.manager)

    # === What a target may be === #

    def test_one_target_a_period_and_thing(self):
        self._of_manager()
        self._create()
        self._create(holder="vacant")
        self._create(kind="visits")
        for values in (
            {},
            {"holder": "vacant"},
            {
                "holder": "person",
                "user_id": self.manager.id,
                "unit_id": self.centre.id,
            },
        ):
            with (
                self.subTest(values),
                self.assertRaises(UniqueViolation),
                mute_logger(SQL_LOG),
                self.env.cr.savepoint(),
            ):
                self._create(**values)

    def test_it_names_what_its_kind_asks_for(self):
        tier = self.membership.tier_ids[0]
        for values in (
            {"amount": 0},
            {"amount": -1},
            {"tier_id": tier.id},
            {"kind": "campaign"},
            {"category_id": self.categ_letters.id},
            {"holder": "person"},
            {"user_id": self.manager.id},
        ):
            with (
                self.subTest(values),
                self.assertRaises(CheckViolation),
                mute_logger(SQL_LOG),
                self.env.cr.savepoint(),
            ):
                self._create(**values)
        grade = self.grade.tier_ids[0]
        stranger = self._create_employee("stranger")
        for values in (
            {"span": "half"},
            {"kind": "members", "tier_id": grade.id},
            {"holder": "person", "user_id": stranger.id},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self._create(**values)

    # === A closed period === #

    def test_a_closed_period_changes_by_an_officer_with_a_reason_only(self):
        person = self._of_manager(self.lead)
        april = self._of_manager(date_from=month("2026-04"))
        self._add_revenue(self.account_a, 10)
        self._post_run("2026-03")
        self.env.invalidate_all()
        self.assertEqual((person | april).mapped("is_fixed"), [True, False])
        for values in ({"amount": 1}, {"change_reason": "Late"}):
            with self.subTest(values), self.assertRaises(UserError):
                person.with_user(self.lead).write(values)
        for target in (person, april):
            with self.assertRaises(UserError):
                target.with_user(self.officer).write(
                    {"amount": 1, "date_from": month("2026-03"), "kind": "visits"}
                )
        with self.assertRaises(UserError):
            person.with_user(self.officer).unlink()
        with self.assertRaises(UserError):
            self._create(self.lead, holder="vacant")
        person.with_user(self.officer).write(
            {"amount": 1, "change_reason": "The account was closed in April"}
        )
        with self.assertRaises(UserError):
            person.with_user(self.officer).amount = 2
        april.with_user(self.lead).amount = 3
        # Nobody moves it to where it could be deleted.
        beside = self._create_club_company("Inland Post")
        self.officer.company_ids |= beside
        for values in (
            {"date_from": month("2026-05")},
            {"span": "half", "date_from": month("2026-01")},
            {"kind": "visits"},
            {"unit_id": self.other_unit.id},
            {"company_id": beside.id},
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, "stays"):
                person.with_user(self.officer).write(
                    {**values, "change_reason": "Set for the wrong month"}
                )

    def test_what_is_long_over_is_reckoned_no_more(self):
        """Units have moved since, and nobody may say that he reached less by it."""
        self._add_revenue(self.account_a, 100)
        target = self._create()
        self.assertEqual(target.actual, 100)
        self._add_revenue(self.account_a, 20)
        with freeze_time("2027-09-20"):
            target.with_user(self.lead).action_reckon()
        self.assertEqual(target.actual, 120)
        self._add_revenue(self.account_a, 3)
        with freeze_time("2027-10-20"):
            recent = self._create(date_from=month("2026-04"))
            with self.assertRaisesRegex(UserError, "stays as it was reckoned"):
                target.with_user(self.lead).action_reckon()
            (target | recent).with_user(self.lead).action_reckon()
            self.env["club.target"]._cron_reckon()
        self.assertEqual(target.actual, 120)

    def test_other_companies_stay_apart(self):
        other = self._create_club_company("Inland Post")
        stranger = self._create_users(other, stranger="officer")
        target = self._create()
        env = self.env(
            user=stranger, context={"allowed_company_ids": stranger.company_ids.ids}
        )
        self.assertFalse(env["club.target"].search([]))
        with self.assertRaises(AccessError):
            target.with_env(env).read(["amount"])

    # === Proposals === #

    def _propose(self, user=None, **values):
        dialog = self.env["club.target.proposal"].with_user(user or self.officer)
        before = self.env["club.target"].search([])
        dialog.create({"date_from": month("2026-05"), **values}).action_propose()
        return self.env["club.target"].search([], order="id") - before

    def test_targets_are_proposed_from_what_was_reached_a_year_before(self):
        self._add_revenue(self.account_a, 1000, "2025-05")
        self._add_revenue(self.account_b, 100, "2025-05")
        found = self._propose(percent=10)
        self.assertEqual(
            {(t.unit_id.name, t.holder, t.user_id.login, t.amount) for t in found},
            {
                ("Key Accounts", "unit", False, 1210),
                ("Quay", "unit", False, 1100),
                ("Quay", "person", "manager", 1100),
                ("Hill", "unit", False, 110),
                ("Hill", "vacant", False, 110),
            },
        )
        with self.assertRaises(UserError):
            self._propose(percent=10)

    def test_a_lead_is_proposed_what_he_may_set(self):
        self._add_revenue(self.account_a, 1000, "2025-05")
        found = self._propose(self.lead, percent=0)
        self.assertEqual(found.mapped("user_id"), self.manager)
        with self.assertRaises(AccessError):
            self._propose(self.manager)

    def test_targets_are_copied_from_the_period_before(self):
        """Who has left hands his to the vacant posts."""
        self._of_manager(date_from=month("2026-04"), amount=100)
        self._create(holder="vacant", date_from=month("2026-04"), amount=50)
        self.manager.active = False
        (found,) = self._propose(self.lead, source="last_period", percent=0)
        self.assertEqual((found.holder, found.amount), ("vacant", 150))
