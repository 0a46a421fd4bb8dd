import random
import re
from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ...kernel import activity_costs
from ...models.activity.stages import HELD, INVITING
from ...models.worth.club_account_cost import KINDS
from ...models.worth.cost_rows import BRANCHES
from ..benefit.benefit_case import BenefitMixin
from ..common import TODAY
from .budget_case import BudgetMixin
from .reward_case import RewardCase

YEAR = TODAY.year


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestAccountCost(BudgetMixin, BenefitMixin, RewardCase):
    """What is spent on an account, from what other records say. Rule B8."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_benefits()
        cls.type = cls.env["club.activity.type"].create(
            {"name": "Lecture", "code": "test_lecture", "company_id": cls.company.id}
        )

    def _get_rows(self, *domain, user=None):
        """Return kind, account, date and amount of the rows of what was spent."""
        self.env.invalidate_all()
        costs = self.env["club.account.cost"].with_user(user or self.officer)
        rows = costs.search([("kind", "!=", "budget"), *domain], order="id")
        return [(row.kind, row.account_id, row.date, row.amount) for row in rows]

    def _get_sum(self, *domain):
        [(amount,)] = self.env["club.account.cost"]._read_group(
            list(domain), [], ["amount:sum"]
        )
        return round(amount or 0, 2)

    def _create_activity(self, cost=0, stage=HELD, moment=datetime(2026, 4, 9, 6)):
        """Return an activity with what it cost, past all that asks for it."""
        activity = self.env["club.activity"].create(
            {
                "theme": "Lecture",
                "type_id": self.type.id,
                "unit_id": self.unit.id,
                "reason": "Because",
                "organiser": "unit",
                "date_begin": moment,
                "date_end": moment,
                "headcount": 999,
            }
        )
        activity._write_guarded({"approval_state": "done", "stage": stage})
        if cost > 0:
            self.env["club.activity.expense"].create(
                {"activity_id": activity.id, "name": "Cash", "amount": cost}
            )
        elif cost:
            self.env.flush_all()  # a credit note that came late
            self.env.cr.execute(
                "UPDATE club_activity SET cost_actual = %s WHERE id = %s",
                [cost, activity.id],
            )
        return activity

    def _invite(self, activity, accounts, state="attended"):
        """List a guest of each account, past the list's own rules."""
        people = self.env["res.partner"].create(
            [
                {"name": f"Guest of {account.id}", "parent_id": account.id}
                for account in accounts
            ]
        )
        guests = self.env["club.invitation"]._create_guarded(
            [{"activity_id": activity.id, "contact_id": person.id} for person in people]
        )
        guests._write_guarded({"state": state})
        return guests

    def _create_held_banquet(self, activity, budget, accounts, state="held"):
        people = self.env["res.partner"].create(
            [
                {"name": f"Diner of {account.id}", "parent_id": account.id}
                for account in accounts
            ]
        )
        principal = people[:1] or self.person_a
        banquet = self.env["club.banquet"].create(
            {
                "purpose": "Thank you",
                "principal_id": principal.id,
                "host_id": self.lead.id,
                "date_begin": activity.date_begin,
                "unit_id": self.unit.id,
                "activity_id": activity.id,
                "budget": budget,
                "seat_ids": [
                    *(
                        Command.create({"contact_id": person.id, "side": "guest"})
                        for person in people
                    ),
                    Command.create({"user_id": self.lead.id, "side": "host"}),
                    Command.create({"name": "A poet", "side": "guest"}),
                ],
            }
        )
        banquet._write_guarded({"state": state})
        return banquet

    # === Rewards === #

    def test_a_reward_costs_once_it_is_delivered(self):
        order = self._order(self.reward, 3)
        self.assertFalse(self._get_rows())
        self._deliver(order)
        self.assertEqual(self._get_rows(), [("reward", self.account_a, TODAY, 180)])

    def test_what_comes_back_costs_nothing(self):
        order = self._deliver(self._order(self.reward, 3))
        order.action_return(100)
        self.assertEqual(self._get_rows(), [("reward", self.account_a, TODAY, 120)])
        order.action_return()
        self.assertFalse(self._get_rows())

    def test_the_cost_is_that_of_the_day_it_was_ordered(self):
        order = self._order(self.reward, 2)
        self.reward.cost = 999
        self._deliver(order)
        self.assertEqual(self._get_sum(("account_id", "=", self.account_a.id)), 120)

    def test_a_deduction_costs_what_it_takes_off(self):
        self.program.deduction_points = 10
        reward = self._create_reward(kind="deduction", name="Postage", amount=20)
        self._deliver(self._order(reward, 2))
        self.assertEqual(self._get_rows(), [("reward", self.account_a, TODAY, 40)])

    # === Benefits === #

    def _use(self, benefit, **values):
        booking = self._draw_up_booking(benefit, **values)
        booking.action_book()
        return booking

    def _draw_up_booking(self, benefit, **values):
        return BenefitMixin._draw_up(
            self,
            benefit,
            **{"account_id": self.account_a.id, "contact_id": False, **values},
        )

    def test_coupons_and_discounts_once_used(self):
        coupon = self._create_benefit("coupon", form="coupon", platinum=2)
        discount = self._create_benefit(
            "discount", form="discount", platinum=2, discount_rate=10
        )
        used = self._use(coupon, coupon_code="MOON-1", coupon_value=100)
        self._use(coupon, coupon_code="MOON-2", coupon_value=70)
        lowered = self._use(discount, list_amount=333)
        self.assertFalse(self._get_rows())
        used.action_use()
        lowered.action_use()
        self.assertEqual(
            sorted(self._get_rows(), key=lambda row: row[0]),
            [
                ("coupon", self.account_a, TODAY, 100),
                ("discount", self.account_a, TODAY, 33.3),
            ],
        )

    def test_of_discreet_benefits_nothing_is_told(self):
        """Rule C9: not even as a sum, to nobody."""
        discreet = self._create_benefit(
            "quiet", form="coupon", platinum=2, is_discreet=True
        )
        booking = self._use(
            discreet,
            coupon_code="HUSH",
            coupon_value=100,
            contact_id=self.person_a.id,
        )
        booking.action_use()
        self.assertFalse(self._get_rows())

    # === Activities and banquets === #

    def test_an_activity_is_shared_by_the_accounts_that_came(self):
        activity = self._create_activity(100)
        third = self._create_account("Cliff Paper")
        self._invite(activity, [self.account_a, self.account_a, self.account_b, third])
        self._invite(activity, [self._create_account("Absent")], "absent")
        accounts = sorted((self.account_a, self.account_b, third), key=lambda a: a.id)
        self.assertEqual(
            self._get_rows(),
            [
                ("activity", account, date(2026, 4, 9), amount)
                for account, amount in zip(accounts, (33.34, 33.33, 33.33), strict=True)
            ],
        )

    def test_only_what_was_held(self):
        activity = self._create_activity(100, stage=INVITING)
        self._invite(activity, [self.account_a])
        self.assertFalse(self._get_rows())
        for stage in ("held", "closed"):
            activity._write_guarded({"stage": stage})
            self.assertEqual(len(self._get_rows()), 1)

    def test_the_day_and_year_are_the_companys(self):
        """An hour before midnight in Greenwich it is the next year in China."""
        activity = self._create_activity(100, moment=datetime(2025, 12, 31, 23))
        self._invite(activity, [self.account_a])
        self.assertEqual(self._get_rows()[0][2], date(2026, 1, 1))
        self.assertEqual(self._get_sum(("year", "=", 2026)), 100)
        self.assertEqual(self._get_sum(("year", "=", 2025)), 0)

    def test_a_banquet_is_part_of_its_activitys_cost(self):
        """Who sat at it bears it; who attended, the rest: nothing counts twice."""
        activity = self._create_activity(1_000)
        self._invite(activity, [self.account_a, self.account_b])
        self._create_held_banquet(activity, 400, [self.account_a])
        self._create_held_banquet(activity, 50, [], state="held")
        self._create_held_banquet(activity, 70, [self.account_b], state="confirmed")
        self.assertEqual(self._get_sum(("kind", "=", "banquet")), 400)
        self.assertEqual(self._get_sum(("kind", "=", "activity")), 600)
        self.assertEqual(self._get_sum(("account_id", "=", self.account_a.id)), 700)

    def test_a_banquet_costs_no_more_than_its_activity_did(self):
        activity = self._create_activity(300)
        self._invite(activity, [self.account_b])
        self._create_held_banquet(activity, 400, [self.account_a])
        self._create_held_banquet(activity, 200, [self.account_b])
        self.assertEqual(
            sorted(row[::3] for row in self._get_rows()),
            [("banquet", 100), ("banquet", 200)],
        )

    def test_the_rows_add_up_to_what_activities_cost(self):
        """Property: whatever came, whatever it cost, to the cent; parts differ by one
        cent at most, as the kernel splits.
        """
        draw = random.Random(15)
        accounts = [self._create_account(f"Account {n}", False) for n in range(9)]
        for _case in range(25):
            cost = draw.choice([0.01, 0.05, 1, 99.99, draw.randint(1, 10**7) / 100])
            cost *= draw.choice([1, 1, 1, -1])
            activity = self._create_activity(cost)
            guests = draw.choices(accounts, k=draw.randint(1, 12))
            self._invite(activity, guests)
            for _banquet in range(draw.randint(0, 3)):
                self._create_held_banquet(
                    activity,
                    draw.randint(1, 10**6) / 100,
                    draw.sample(accounts, draw.randint(0, 5)),
                )
            self.env.invalidate_all()
            documents = [activity.id, *self._get_banquets(activity).ids]
            rows = self.env["club.account.cost"].search(
                [
                    ("res_model", "in", ["club.activity", "club.banquet"]),
                    ("res_id", "in", documents),
                    ("date", "=", date(2026, 4, 9)),
                ]
            )
            banquet_ids = self._get_banquets(activity).ids
            own = rows.filtered(
                lambda row, own=activity.id, ids=banquet_ids: (
                    row.res_id in ids
                    if row.res_model == "club.banquet"
                    else row.res_id == own
                )
            )
            self.assertEqual(
                round(sum(own.mapped("amount")), 2), round(cost, 2), (cost, guests)
            )
            parts = own.filtered(lambda row: row.kind == "activity").sorted("id")
            count = len({guest.id for guest in guests})
            expected = activity_costs.split(
                round(sum(parts.mapped("amount")), 2), [100 / count] * count
            )
            for part, amount in zip(parts, expected, strict=False):
                self.assertAlmostEqual(part.amount, float(amount), delta=0.0101)
            self.assertEqual(len({*rows.ids}), len(rows))

    def _get_banquets(self, activity):
        return self.env["club.banquet"].search([("activity_id", "=", activity.id)])

    # === Against the budget === #

    def test_granted_spent_and_left(self):
        self.assertRecordValues(
            self.account_a,
            [{"club_budget_granted": 0, "club_budget_left": 0, "club_budget_spent": 0}],
        )
        sheet = self._grant_now(self.account_a, 180)
        line = self._get_line(sheet, self.account_a)
        over = [("is_over", "=", True), ("id", "=", line.id)]
        self._deliver(self._order(self.reward, 3))
        for granted, left, is_over in ((180, 0, False), (179.99, -0.01, True)):
            self.env.cr.execute(
                "UPDATE club_marketing_budget SET granted = %s WHERE id = %s",
                [granted, line.id],
            )
            self.env.invalidate_all()
            with self.subTest(granted=granted):
                self.assertRecordValues(
                    self.account_a,
                    [
                        {
                            "club_budget_granted": granted,
                            "club_budget_spent": 180,
                            "club_budget_left": left,
                            "club_is_over_budget": is_over,
                        }
                    ],
                )
                self.assertEqual((line.left, line.is_over), (left, is_over))
                self.assertEqual(bool(line.search(over)), is_over)
                not_over = [("is_over", "=", False), ("id", "=", line.id)]
                self.assertEqual(bool(line.search(not_over)), not is_over)

    def test_another_year_is_another_budget(self):
        self._grant_now(self.account_a, 500, YEAR - 1)
        self._deliver(self._order(self.reward, 3))
        self.env.invalidate_all()
        self.assertFalse(self.account_a.club_budget_granted)
        self.assertFalse(self.account_a.club_is_over_budget)

    def test_who_is_granted_nothing_is_over_with_the_first_cent(self):
        sheet = self._grant_now(self.account_a, 0)
        line = self._get_line(sheet, self.account_a)
        self.assertFalse(line.is_over)
        self._deliver(self._order(self.reward, 1))
        self.env.invalidate_all()
        self.assertTrue(line.is_over)

    def test_nobody_is_refused_for_it(self):
        """It is said, and goes on."""
        self._grant_now(self.account_a, 1)
        self.assertEqual(self._deliver(self._order(self.reward, 3)).state, "debited")

    def test_one_query_for_many_accounts(self):
        accounts = self.account_a | self.account_b
        self._grant_now(self.account_a, 500)
        counts = []
        for records in (accounts, accounts[0], accounts):
            self.env.invalidate_all()
            records.mapped("commercial_partner_id.name")
            before = self.cr.sql_log_count
            records.mapped("club_budget_left")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertLessEqual(counts[2], 3)

    # === Reading === #

    def test_rows_by_their_ids_and_in_pages(self):
        activity = self._create_activity(100)
        self._invite(activity, [self.account_a, self.account_b])
        self._deliver(self._order(self.reward, 3))
        self._grant_now(self.account_a, 500)
        costs = self.env["club.account.cost"].with_user(self.officer)
        rows = costs.search([])
        self.assertEqual(len(rows), 4)
        for row in rows:
            self.assertEqual(costs.search([("id", "=", row.id)]), row)
        self.assertEqual(
            costs.search([], limit=2) | costs.search([], offset=2, limit=2), rows
        )
        self.assertEqual(costs.search_count([]), 4)
        self.assertTrue(max(rows.ids) < 2**53, "a web client's numbers end there")
        [reward] = costs.search([("kind", "=", "reward")])
        action = reward.action_open_document()
        self.assertEqual(action["res_model"], "club.redemption")
        order = self.env["club.redemption"].browse(action["res_id"])
        self.assertEqual(reward.name, order.display_name)

    def test_by_unit_and_by_tier(self):
        self._deliver(self._order(self.reward, 3))
        self._grant_now(self.account_a, 500)
        self.env.invalidate_all()
        costs = self.env["club.account.cost"].with_user(self.officer)
        for name, value in (
            ("unit_id", self.unit),
            ("tier_id", self.tiers["platinum"]),
            ("user_id", self.manager),
        ):
            with self.subTest(name):
                found = costs._read_group(
                    [], [name], ["granted:sum", "amount:sum", "balance:sum"]
                )
                self.assertEqual(
                    [(key.id, *sums) for key, *sums in found],
                    [(value.id, 500, 180, 320)],
                )

    # === Who reads what. Rule E2 === #

    def test_each_reads_what_is_his(self):
        activity = self._create_activity(100)
        self._invite(activity, [self.account_a, self.account_b])
        self._deliver(self._order(self.reward, 3))
        both = [self.account_a, self.account_b]
        for user, accounts in (
            (self.manager, both[:1]),
            (self.lead, both[:1]),
            (self.finance, both),
            (self.auditor, both),
            (self.officer, both),
        ):
            with self.subTest(user.login):
                found = self._get_rows(user=user)
                self.assertEqual({row[1] for row in found}, set(accounts))
        stranger = self._create_user("user", "stranger")
        self.assertFalse(self._get_rows(user=stranger))
        with self.assertRaises(AccessError):
            self._get_rows(user=self._create_employee("nobody"))

    def test_a_row_that_is_anothers_is_not_read_by_its_id(self):
        activity = self._create_activity(100)
        self._invite(activity, [self.account_a, self.account_b])
        rows = self.env["club.account.cost"].search(
            [("account_id", "=", self.account_b.id)]
        )
        mine = rows.with_user(self.manager)
        for what in (
            lambda: mine.read(["amount"]),
            mine.action_open_document,
            lambda: mine.web_read({"name": {}}),
        ):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                what()
        self.assertFalse(
            self.env["club.account.cost"]
            .with_user(self.manager)
            ._read_group([("account_id", "=", self.account_b.id)], [], ["amount:sum"])[
                0
            ][0]
        )

    def test_each_kind_has_a_name(self):
        """Whatever a model calls its costs, the list can say it."""
        kinds = {kind for kind, _label in KINDS}
        costs = self.env["club.account.cost"]
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT kind FROM (%s) r", costs._table_query)
        )
        self.assertLessEqual({kind for (kind,) in rows}, kinds)
        for name in costs._get_branch_models():
            statement = self.env[name]._get_cost_sql()
            literals = re.findall(r"'(\w+)'::varchar AS kind", statement.code)
            self.assertLessEqual({*literals}, kinds, name)
        self.assertLess(len(costs._get_branches()), BRANCHES)

    def test_a_document_is_named_to_who_may_read_it(self):
        activity = self._create_activity(100)
        self._invite(activity, [self.account_a])
        row = self.env["club.account.cost"].search([])
        self.assertIn("Lecture", row.with_user(self.officer).name)
        secret = self.env["ir.rule"].create(
            {
                "name": "Nobody",
                "model_id": self.env["ir.model"]._get_id("club.activity"),
                "domain_force": "[('id', '=', 0)]",
            }
        )
        self.assertTrue(secret)
        self.env.invalidate_all()
        self.assertEqual(row.with_user(self.manager).name, "Activity")

    def test_the_partner_shows_strangers_nothing(self):
        self._grant_now(self.account_a, 500)
        self._deliver(self._order(self.reward, 3))
        stranger = self._create_user("user", "stranger")
        self.assertEqual(self.account_a.with_user(self.manager).club_budget_left, 320)
        self.assertEqual(self.account_a.with_user(stranger).club_budget_left, 0)
        self.assertEqual(self.account_a.with_user(stranger).club_budget_spent, 0)

    def test_a_sheet_sums_up_what_one_may_read(self):
        sheet = self._draw_up_sheet()
        for account, granted in ((self.account_a, 100), (self.account_b, 70)):
            self._grant(sheet, account, granted)
        for user, granted in (
            (self.manager, 100),
            (self.lead, 100),
            (self.finance, 170),
            (self.officer, 170),
        ):
            self.env.invalidate_all()
            with self.subTest(user.login):
                self.assertEqual(sheet.with_user(user).granted, granted)
        with self.assertRaises(AccessError):
            sheet.line_ids.with_user(self.manager).read(["granted"])
        for user in (self.manager, self.lead, self.finance, self.auditor):
            line = self._get_line(sheet, self.account_a).with_user(user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                line.write({"granted": 1e6, "reason": "Because"})
            with self.subTest(user.login), self.assertRaises(AccessError):
                sheet.with_user(user).action_prepare()

    def test_two_companies_share_no_costs(self):
        """An account of both: each company sees what itself spent."""
        self._deliver(self._order(self.reward, 3))
        self._grant_now(self.account_a, 500)
        company = self._create_club_company("Island Post")
        self._create_program(company)
        officer = self._create_user("officer", "island", company)
        env = self.env(
            user=officer,
            context={**self.env.context, "allowed_company_ids": company.ids},
        )
        self.assertFalse(env["club.account.cost"].search([]))
        self.assertFalse(self.account_a.with_env(env).club_budget_left)
