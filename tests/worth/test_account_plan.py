from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.api import Environment
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from ..common import TODAY
from ..invoicing_case import InvoicingCase

DECEMBER = "2026-12-01"


class AccountPlanCase(InvoicingCase):
    """Anchor Mills is Gold; its manager plans the year, the lead of Quay signs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_seats()
        cls.tiers = {tier.code: tier for tier in cls.membership.tier_ids}
        cls._set_tier(cls.account_a, "gold")
        cls.person = cls.env["res.partner"].create(
            {"name": "Ms Lin", "parent_id": cls.account_a.id}
        )

    @classmethod
    def _set_tier(cls, account, code):
        account._write_guarded({"club_tier_id": code and cls.tiers[code].id})

    def _draw_up(self, user=None, account=None, **values):
        plans = self.env["club.account.plan"].with_user(user or self.manager)
        return plans.with_context(allowed_company_ids=self.company.ids).create(
            {
                "account_id": (account or self.account_a).id,
                "aim": "Be their only carrier",
                "revenue_goal": 800_000,
                "step_ids": [
                    (
                        0,
                        0,
                        {
                            "kind": "visit",
                            "name": "See the new warehouse",
                            "contact_id": self.person.id,
                            "date_planned": f"{values.get('year', 2026)}-06-30",
                            "amount": 200,
                        },
                    ),
                ],
                "goal_ids": [
                    (
                        0,
                        0,
                        {"category_id": self.categ_parcels.id, "revenue_goal": 5_000},
                    )
                ],
                **values,
            }
        )

    def _sign(self, plan):
        plan.action_submit()
        plan.with_user(self.lead).action_sign()
        self.assertEqual(plan.approval_state, "done")
        return plan


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestAccountPlan(AccountPlanCase):
    """One page a year from Gold up, signed, closed with its result. Rule D15."""

    def test_from_gold_up(self):
        """Below, at and above the tier that asks for a plan."""
        for code, is_allowed in ((False, False), ("vip", False), ("platinum", True)):
            self._set_tier(self.account_a, code)
            if is_allowed:
                plan = self._draw_up()
                self.assertEqual(plan.tier_id.code, code)
                plan.unlink()
            else:
                with self.assertRaises(ValidationError):
                    self._draw_up()
        self.tiers["vip"].has_plan = True
        self._set_tier(self.account_b, "vip")
        self.assertTrue(self._draw_up(self.officer, self.account_b, step_ids=[]))

    def test_one_plan_of_an_account_and_year(self):
        plan = self._draw_up()
        for again in (self._draw_up, plan.copy):
            with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
                again()
        self.assertTrue(self._draw_up(year=2027))

    def test_the_lead_of_its_unit_signs_and_it_is_fixed(self):
        plan = self._draw_up()
        with self.assertRaises(AccessError):
            plan.with_user(self.finance).action_submit()
        plan.action_submit()
        self.assertEqual(self._get_turns(plan), ["club_lead"])
        with self.assertRaises(UserError):
            plan.aim = "Less"
        plan.action_withdraw()
        plan.aim = "More"
        self._sign(plan)
        self.assertEqual(plan.signed_on, TODAY)
        for change in (
            lambda: plan.write({"revenue_goal": 1}),
            lambda: plan.action_withdraw(),
            lambda: plan.goal_ids.unlink(),
            lambda: plan.step_ids.write({"amount": 1}),
            lambda: plan.unlink(),
        ):
            with self.assertRaises(UserError):
                change()

    def test_what_a_plan_must_say(self):
        for values in (
            {"aim": " "},
            {"revenue_goal": 0},
            {"step_ids": []},
            {"year": 2025, "step_ids": []},
        ):
            plan = self._draw_up(**values)
            with self.assertRaises(UserError):
                plan.action_submit()
            plan.unlink()
        self.account_a.club_unit_id = False
        with self.assertRaisesRegex(UserError, "no unit"):
            self._draw_up(self.officer).action_submit()

    def test_actuals_with_credit_notes_of_the_year_alone(self):
        """What was booked in the year, credit notes taken off, sub-categories in."""
        below = self.env["product.category"].create(
            {"name": "Express", "parent_id": self.categ_parcels.id}
        )
        self.product_a.categ_id = below
        plan = self._draw_up()
        for day, kind, amount in (
            ("2025-12-31", "out_invoice", 64),
            ("2026-01-01", "out_invoice", 1000),
            ("2026-03-15", "out_refund", 300),
            ("2026-12-31", "out_invoice", 4000),
            ("2027-01-01", "out_invoice", 16),
        ):
            self._invoice(amount, day, kind)
        self._add_revenue(self.account_a, 30, "2026-02", self.categ_letters)
        self._add_revenue(self.account_b, 7)
        self.env.invalidate_all()
        plan = plan.with_env(self.env)
        self.assertEqual(plan.revenue, 4730)
        self.assertEqual(plan.revenue_before, 64)
        self.assertEqual(plan.goal_ids.revenue, 4700)
        self.assertAlmostEqual(plan.goal_ids.goal_rate, 94)

    def _invoice(self, amount, day, kind):
        move = self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": self.account_a.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.product_a.id,
                            "price_unit": amount,
                            "tax_ids": [],
                        },
                    )
                ],
            }
        )
        move.action_post()

    def test_figures_of_twenty_plans_cost_what_one_costs(self):
        accounts = self._create_accounts(
            (f"Account {number}" for number in range(20)),
            club_unit_id=self.unit.id,
            club_manager_id=self.manager.id,
        )
        self._set_tier(accounts, "gold")
        plans = self.env["club.account.plan"]
        for account in accounts:
            plans += self._draw_up(account=account, step_ids=[])
        counts = []
        names = ["revenue", "goal_rate", "revenue_before", "evaluation_id", "can_close"]
        for size in (1, 1, 20):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = plans[:size].read(names)
            plans[:size].goal_ids.read(["revenue", "goal_rate"])
            self.assertEqual(len(found), size)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_done_steps_are_noted_while_it_is_in_effect(self):
        plan = self._draw_up()
        with self.assertRaises(UserError):
            plan.step_ids.done_on = TODAY
        self._sign(plan)
        plan.step_ids.write({"done_on": TODAY, "outcome": "They will move in June"})
        self.assertEqual((plan.done_count, plan.step_count), (1, 1))
        with self.assertRaises(ValidationError):
            plan.step_ids.done_on = date(2026, 4, 11)

    def test_closed_in_december_with_a_result(self):
        plan = self._sign(self._draw_up())
        with self.assertRaises(UserError):
            plan.action_close()
        with freeze_time("2026-11-30"), self.assertRaises(UserError):
            plan.action_close()
        with freeze_time(DECEMBER):
            with self.assertRaisesRegex(UserError, "Write the result"):
                plan.action_close()
            plan.result = "All but the tender"
            self._add_revenue(self.account_a, 900, "2026-11")
            plan.action_close()
            self._add_revenue(self.account_a, 50, "2026-12")
            self.assertEqual((plan.revenue, plan.goal_ids.revenue), (900, 900))
            for change in (
                lambda: plan.write({"result": "Everything"}),
                lambda: plan.step_ids.write({"done_on": TODAY}),
                lambda: plan.action_close(),
                lambda: plan.action_supplement(),
            ):
                with self.assertRaises(UserError):
                    change()

    def test_a_supplement_that_was_not_signed_is_closed_with_it(self):
        """Nobody enters goals, steps or signatures once what came of them is known."""
        plan = self._sign(self._draw_up())
        draft = plan.browse(plan.action_supplement()["res_id"])
        draft.write({"aim": "Also abroad", "step_ids": [(0, 0, {"name": "Customs"})]})
        with freeze_time(DECEMBER):
            plan.result = "All but the tender"
            plan.action_close()
            goal = {"category_id": self.categ_letters.id, "revenue_goal": 1}
            for change in (
                lambda: draft.write({"goal_ids": [(0, 0, goal)]}),
                lambda: draft.goal_ids.create({"plan_id": draft.id, **goal}),
                lambda: draft.step_ids.write({"name": "What was done"}),
                lambda: draft.step_ids.unlink(),
                lambda: draft.action_submit(),
            ):
                with self.assertRaisesRegex(UserError, "was closed on"):
                    change()

    def test_a_form_shows_no_more_than_the_account(self):
        """A call that poses as a form is about any account. Rule E2."""
        colleague = self._create_user("user", "colleague")
        self._add_revenue(self.account_a, 30, "2026-02")
        self.env.flush_all()
        shown = {"revenue": {}, "revenue_before": {}, "budget_granted": {}}
        spec = {**shown, "goal_ids": {"fields": {"revenue": {}}}}
        goal = {"category_id": self.categ_parcels.id, "revenue_goal": 1}
        values = {
            "account_id": self.account_a.id,
            "company_id": self.company.id,
            "year": 2026,
            "goal_ids": [[0, "virtual_1", goal]],
        }
        for user, expected in ((colleague, 0), (self.clerk, 0), (self.manager, 30)):
            self.env.invalidate_all()
            plans = self.env(user=user.id, context={})["club.account.plan"]
            found = call_kw(plans, "onchange", [[], values, ["account_id"], spec], {})
            seen = found["value"]
            self.assertEqual(seen.get("revenue", 0), expected, user.login)
            for _command, _id, line in seen.get("goal_ids", ()):
                self.assertEqual(line.get("revenue", 0), expected, user.login)
        own = self._draw_up(colleague, self._create_own(colleague))
        self.env.invalidate_all()
        plans = self.env(user=colleague.id, context={})["club.account.plan"]
        call = [own.ids, values, ["account_id"], spec]
        found = call_kw(plans, "onchange", call, {})
        self.assertFalse(found["value"].get("revenue"))

    def _create_own(self, user):
        account = self._create_account(
            "Own", club_unit_id=self.unit.id, club_manager_id=user.id
        )
        self._set_tier(account, "gold")
        self.person = self.env["res.partner"].create(
            {"name": "Mr Own", "parent_id": account.id}
        )
        return account

    def test_a_supplement_is_signed_alike(self):
        plan = self._draw_up()
        with self.assertRaises(UserError):
            plan.action_supplement()
        self._sign(plan)
        number = plan.action_supplement()["res_id"]
        supplement = plan.browse(number)
        self.assertEqual(
            plan.action_supplement()["res_id"], number, "the one under way"
        )
        self.assertEqual((supplement.number, supplement.base_id), (1, plan))
        supplement.write(
            {"aim": "Also abroad", "step_ids": [(0, 0, {"name": "Customs talk"})]}
        )
        self._sign(supplement)
        self.assertEqual(plan.browse(plan.action_supplement()["res_id"]).number, 2)

    def test_last_years_steps_a_year_later(self):
        with freeze_time("2025-04-10"):
            before = self._draw_up(year=2025)
        plan = self._draw_up(aim=False, revenue_goal=0, step_ids=[], goal_ids=[])
        plan.action_copy_last_year()
        self.assertEqual(plan.step_ids.date_planned, date(2026, 6, 30))
        self.assertEqual(plan.step_ids.name, before.step_ids.name)
        self.assertEqual(plan.goal_ids.revenue_goal, 5_000)
        self.assertEqual((plan.aim, plan.revenue_goal), (before.aim, 800_000))
        with self.assertRaises(UserError):
            plan.action_copy_last_year()
        with self.assertRaises(UserError):
            self._draw_up(year=2028, step_ids=[], goal_ids=[]).action_copy_last_year()

    def test_merged_accounts_keep_the_plans_of_both(self):
        self._set_tier(self.account_b, "gold")
        kept = self._draw_up()
        other = self._draw_up(self.officer, self.account_b, step_ids=[])
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.account_a + self.account_b).ids, self.account_a)
        self.env.invalidate_all()
        self.assertEqual(other.with_env(self.env).account_id, self.account_a)
        self.assertEqual(other.with_env(self.env).base_id, kept.with_env(self.env))

    # === Who lacks one === #

    def _get_due(self, user=None):
        self.env.flush_all()
        return self.env["club.account.plan.due"].with_user(user or self.manager)

    def test_an_account_is_due_until_its_plan_is_submitted(self):
        here = [("company_id", "=", self.company.id)]
        due = self._get_due().search(here)
        self.assertEqual(due.account_id, self.account_a)
        self.assertEqual(due.date_due, date(2026, 1, 31))
        self.assertTrue(due.is_overdue)
        plan = self.env["club.account.plan"].browse(due.action_draw_up()["res_id"])
        self.assertEqual(plan.account_id, self.account_a)
        self.env.invalidate_all()
        self.assertEqual(due.action_draw_up()["res_id"], plan.id)
        plan = self._draw_up(year=2027)  # the next year's is not this year's
        self.assertTrue(self._get_due().search(here))
        (due.plan_id).write(
            {
                "aim": "Keep them",
                "revenue_goal": 1,
                "step_ids": [(0, 0, {"name": "See them"})],
            }
        )
        due.plan_id.with_user(self.manager).action_submit()
        self.assertFalse(self._get_due().search(here))

    def test_it_is_owed_today_by_the_manager(self):
        self.env.flush_all()
        domain = [("kind", "=", "account_plan"), ("company_id", "=", self.company.id)]
        row = self.env["club.today"].with_user(self.manager).search(domain)
        self.assertRecordValues(
            row,
            [
                {
                    "account_id": self.account_a.id,
                    "user_id": self.manager.id,
                    "date_due": date(2026, 1, 31),
                    "name": "Draw up the account plan of 2026",
                }
            ],
        )
        query = row._search([("id", "in", row.ids)]).select()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        plan = self.env.execute_query(SQL("EXPLAIN %s", query))
        lines = "\n".join(line for (line,) in plan)
        self.assertRegex(
            lines, r"on res_partner a\b.*\n +Index Cond: \((commercial_partner_)?id = "
        )
        self.program.account_plan_month = 4
        self.env.invalidate_all()
        self.assertEqual(row.date_due, date(2026, 4, 30))
        self._set_tier(self.account_a, "vip")
        self.env.flush_all()
        self.assertFalse(self.env["club.today"].search(domain))

    # === Two companies === #

    def test_each_company_has_its_own(self):
        """A tier of this company asks for no plan of another one's."""
        other = self.env["res.company"].create(
            {"name": "Hill Post", "currency_id": self.env.ref("base.CNY").id}
        )
        self.env.flush_all()
        due = (
            self.env["club.account.plan.due"]
            .sudo()
            .search([("company_id", "=", other.id)])
        )
        self.assertFalse(due)
        plan = self._draw_up()
        stranger = self._create_user("officer", "stranger", other)
        env = self.env(user=stranger.id, context={"allowed_company_ids": other.ids})
        self.assertFalse(env["club.account.plan"].search([]))
        with self.assertRaises(AccessError):
            plan.with_env(env).read(["aim"])

    # === Attacks === #

    def test_what_the_form_forbids_fails_over_rpc(self):
        plan = self._sign(self._draw_up())
        env = Environment(
            self.env.cr,
            self.manager.id,
            {"allowed_company_ids": self.company.ids},
        )
        step = plan.step_ids.id
        draft = self._draw_up(year=2027)
        calls = [
            ("write", [plan.ids, {"aim": "Less"}]),
            ("write", [plan.ids, {"approval_state": "draft"}]),
            ("write", [plan.ids, {"step_ids": [[1, step, {"amount": 0}]]}]),
            ("write", [plan.ids, {"step_ids": [[2, step]]}]),
            ("write", [plan.ids, {"goal_ids": [[5]]}]),
            ("web_save", [plan.ids, {"revenue_goal": 1}, {}]),
            ("write", [draft.ids, {"account_id": self.account_b.id}]),
            ("write", [draft.ids, {"year": 2028}]),
            ("write", [draft.ids, {"number": 1, "base_id": plan.id}]),
            ("write", [draft.ids, {"tier_id": self.tiers["diamond"].id}]),
            ("write", [draft.ids, {"signed_on": "2026-01-01"}]),
            ("write", [draft.ids, {"closed_on": "2026-01-01"}]),
            ("write", [draft.ids, {"revenue_result": 5}]),
            ("write", [draft.ids, {"result": "Done"}]),
            (
                "write",
                [
                    draft.ids,
                    {"step_ids": [[1, draft.step_ids.id, {"done_on": "2026-01-01"}]]},
                ],
            ),
            (
                "write",
                [draft.ids, {"step_ids": [[0, 0, {"name": "x", "outcome": "x"}]]}],
            ),
            ("write", [draft.ids, {"step_ids": [[4, step]]}]),
            ("create", [{"account_id": self.account_b.id}]),
            ("create", [{"account_id": self.account_a.id, "number": 3, "year": 2029}]),
            ("unlink", [plan.ids]),
        ]
        lines = [
            ("write", [step, {"plan_id": draft.id}]),
            ("write", [draft.step_ids.ids, {"plan_id": plan.id}]),
            ("create", [{"plan_id": plan.id, "name": "Later"}]),
            ("unlink", [step]),
        ]
        for model, tried in (
            ("club.account.plan", calls),
            ("club.account.plan.step", lines),
        ):
            for method, args in tried:
                with (
                    self.subTest(method=method, args=args),
                    mute_logger("odoo.addons.base.models.ir_rule"),
                    self.assertRaises(UserError),
                ):
                    call_kw(env[model], method, args, {})
        self.assertEqual(plan.aim, "Be their only carrier")
