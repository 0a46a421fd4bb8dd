"""A club with the rules of another one, in this or another company. Rules A9, B2."""

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import ClubCommon, month


@tagged("post_install", "-at_install")
class TestProgramSetup(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.admin,) = cls._create_users(club_admin="admin")
        vip, gold = cls.membership.tier_ids[:2]
        cls.program.write({"life": "fixed", "grace_days": 45, "window": "rolling"})
        indicator = cls.env["club.indicator"].create(
            {
                "name": "Categories",
                "code": "categories",
                "program_id": cls.program.id,
                "weight": 10,
                "full_mark": 5,
            }
        )
        gold.bar_ids = [Command.create({"indicator_id": indicator.id, "bound": 2})]
        cls.account_class = cls.env["club.account.class"].create(
            {
                "name": "Harbour Board",
                "code": "harbour_board",
                "company_id": cls.company.id,
                "floor_ids": [
                    Command.create({"group_id": cls.membership.id, "tier_id": gold.id})
                ],
            }
        )
        cls.benefit = cls.env["club.benefit"].create(
            {
                "name": "Berth",
                "code": "berth",
                "company_id": cls.company.id,
                "quota_ids": [
                    Command.create({"tier_id": vip.id, "times": 2}),
                    Command.create({"tier_id": gold.id, "is_unlimited": True}),
                ],
            }
        )
        cls.other = cls._create_club_company("Upriver Post")
        cls.admin.company_ids |= cls.other

    def _set_up(self, company=None, user=None, **values):
        company = company or self.company
        user = user or self.admin
        setups = self.env["club.program.setup"].with_user(user)
        setups = setups.with_context(
            allowed_company_ids=(company | user.company_ids).ids
        )
        setup = setups.create(
            {
                "name": "County Club",
                "company_id": company.id,
                "source_id": self.program.id,
                "date_start": "2026-03-17",
                **values,
            }
        )
        action = setup.action_create()
        return self.env["club.program"].browse(action["res_id"])

    def _describe(self, program):
        """Return the ladders with bars, floors and quotas, as plain values."""
        floors = self.env["club.account.class.floor"].search(
            [("group_id", "in", program.group_ids.ids)]
        )
        quotas = self.env["club.benefit.quota"].search(
            [("tier_id", "in", program.group_ids.tier_ids.ids)]
        )
        return (
            [
                (group.code, tier.code, tier.points_from, tier.revenue_from)
                + tuple((bar.indicator_id.code, bar.bound) for bar in tier.bar_ids)
                for group in program.group_ids
                for tier in group.tier_ids
            ],
            sorted((floor.class_id.code, floor.tier_id.code) for floor in floors),
            sorted(
                (quota.benefit_id.code, quota.tier_id.code, quota.times)
                for quota in quotas
            ),
        )

    def test_another_company_gets_the_whole_club(self):
        """Rule A9: ladders, bars, floors, quotas, settings, policies, catalogue."""
        program = self._set_up(self.other)
        self.assertEqual(self._describe(program), self._describe(self.program))
        self.assertEqual(program.group_ids.company_id, self.other)
        self.assertRecordValues(
            program,
            [
                {
                    "company_id": self.other.id,
                    "date_start": month("2026-03"),
                    "life": "fixed",
                    "grace_days": 45,
                    "window": "rolling",
                }
            ],
        )
        self.assertEqual(program.indicator_ids.mapped("code"), ["categories"])
        self.assertEqual(
            program.group_ids.tier_ids.bar_ids.indicator_id.program_id, program
        )
        for model in ("club.benefit", "club.account.class"):
            codes = ("berth", "harbour_board")
            found = self.env[model].search(
                [("company_id", "=", self.other.id), ("code", "in", codes)]
            )
            self.assertEqual(len(found), 1, model)
        for model in ("club.approval.policy", "club.body", "club.activity.type"):
            company = [("company_id", "=", self.other.id)]
            self.assertTrue(self.env[model].search_count(company), model)

    def test_a_second_program_of_the_company_shares_its_catalogue(self):
        """Benefits and classes are the company's: they get quotas and floors more."""
        program = self._set_up()
        self.assertEqual(self._describe(program), self._describe(self.program))
        self.assertEqual(len(self.benefit.quota_ids), 4)
        self.assertEqual(len(self.account_class.floor_ids), 2)
        self.assertEqual(self.env["club.program"]._get_main(self.company), self.program)

    def test_two_in_a_row_are_two_programs(self):
        first, second = self._set_up(self.other), self._set_up(self.other, name="Two")
        self.assertEqual(self._describe(first), self._describe(second))
        benefits = self.env["club.benefit"].search(
            [("company_id", "=", self.other.id), ("code", "=", "berth")]
        )
        self.assertEqual(len(benefits.quota_ids), 4)

    def test_rates_come_as_examples_that_count_for_nothing(self):
        """Rules A9, B2: until Finance or an administrator confirms them as a whole."""
        program = self._set_up()
        rates = self.env["club.points.rate"].search([("program_id", "=", program.id)])
        self.assertEqual(
            sorted(rates.mapped("category_id.name")), ["Test Letters", "Test Parcels"]
        )
        self.assertEqual(set(rates.mapped("approval_state")), {"draft"})
        self.assertEqual(program.example_rate_count, 2)
        self.assertFalse(rates.filtered_domain(rates._domain_in_force()))
        run = self._create_run("2026-03", program)
        self.assertEqual(run.example_rate_count, 2)
        program.with_user(self.finance).action_confirm_example_rates()
        self.assertEqual(set(rates.mapped("approval_state")), {"done"})
        self.env.invalidate_all()
        self.assertEqual(run.example_rate_count, 0)
        self.assertEqual(rates.approval_request_id.sudo().applicant_id, self.finance)
        program.with_user(self.finance).action_confirm_example_rates()  # nothing left

    def test_others_confirm_no_rates(self):
        program = self._set_up()
        for user in (self.officer, self.lead, self.clerk, self.manager, self.auditor):
            with self.assertRaises(AccessError):
                program.with_user(user).action_confirm_example_rates()
        rates = self.env["club.points.rate"].search([("program_id", "=", program.id)])
        with self.assertRaises(AccessError):
            rates[0].with_user(self.finance).is_example = False

    def test_an_example_that_was_changed_is_signed_like_any_rate(self):
        """Rules A9, B2: one value, or another program, and no signature: never."""
        program = self._set_up()
        rates = self.env["club.points.rate"].search([("program_id", "=", program.id)])
        changed, moved = rates
        changed.with_user(self.officer).value = 99
        moved.with_user(self.officer).program_id = self.program
        for one in (program, self.program):
            one.with_user(self.finance).action_confirm_example_rates()
        self.assertEqual(set(rates.mapped("approval_state")), {"draft"})
        self.assertFalse(rates.filtered("is_example"))
        self.assertFalse(program.example_rate_count)

    def test_no_example_takes_the_place_of_a_signed_rate(self):
        """Rules A9, B2: nobody has signed the examples."""
        program = self._set_up()
        rates = self.env["club.points.rate"]
        letters, parcels = rates.search([("program_id", "=", program.id)]).sorted(
            "category_id"
        )
        later = self.env["club.program"]._today() + relativedelta(months=3, day=1)
        signed = rates.create(
            {
                "program_id": program.id,
                "category_id": letters.category_id.id,
                "value": 0.25,
                "date_from": later,
            }
        )
        signed._set_opening("Signed on paper")
        program.with_user(self.finance).action_confirm_example_rates()
        self.assertFalse(signed.replaced_by_id)
        self.assertEqual(letters.approval_state, "draft")
        self.assertEqual(parcels.approval_state, "done")
        self.assertFalse(program.example_rate_count)

    def test_without_rates_and_benefits(self):
        program = self._set_up(self.other, with_rates=False, with_benefits=False)
        self.assertFalse(program.example_rate_count)
        self.assertEqual(self._describe(program)[2], [])

    def test_without_a_source_it_is_empty(self):
        program = self._set_up(self.other, source_id=False)
        self.assertFalse(program.group_ids)

    def test_only_an_administrator_of_the_company_sets_one_up(self):
        """Rules A9, E2: whoever may not create a program gets none this way."""
        for user in (self.officer, self.finance, self.manager):
            with self.assertRaises(AccessError):
                self._set_up(user=user)
        (stranger,) = self._create_users(stranger="admin")
        with self.assertRaises(AccessError):
            self._set_up(self.other, user=stranger)

    def test_the_preview_says_what_comes(self):
        setup = self.env["club.program.setup"].create(
            {"name": "New", "source_id": self.program.id}
        )
        for text in ("8 tiers", "1 indicators", "2 quotas", "2 rates"):
            self.assertIn(text, setup.preview)
