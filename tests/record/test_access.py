from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY, ClubCommon

ROLES = ("manager", "clerk", "lead", "finance", "officer", "auditor")


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestAccess(ClubCommon):
    """Who sees and does what. Rule E2: own accounts, own unit and below, all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        below = cls.env["crm.team"].create(
            {"name": "Quay 2", "company_id": cls.company.id, "parent_id": cls.unit.id}
        )
        cls.account_c = cls._create_account("Below", club_unit_id=below.id)
        cls.accounts = cls.account_a + cls.account_b + cls.account_c
        for account in cls.accounts:
            cls._add_revenue(account, 60_000)
        cls.plain = cls._create_user("user", "plain")
        cls.stranger = cls.env["res.users"].create(
            {
                "name": "Stranger",
                "login": "stranger",
                "company_id": cls.company.id,
                "company_ids": [Command.set(cls.company.ids)],
                "group_ids": [
                    Command.set(cls.env.ref("sales_team.group_sale_salesman").ids)
                ],
            }
        )
        cls.run_march = cls._post_run()

    def _visible(self, user, model):
        records = (
            self.env[model]
            .with_user(user)
            .search([("account_id", "in", self.accounts.ids)])
        )
        return "".join(
            letter
            for letter, account in zip("abc", self.accounts, strict=True)
            if account in records.account_id
        )

    def test_accounts_by_role(self):
        table = {
            # manager of a; clerk of Quay (a); lead of Quay and below (a, c)
            "club.points.entry": ("a", "a", "ac", "abc", "abc", "abc"),
            "club.revenue": ("a", "a", "ac", "abc", "abc", "abc"),
            "club.agreement": ("a", "", "ac", "abc", "abc", "abc"),
            "club.membership": ("a", "", "ac", "", "abc", "abc"),
        }
        for model, seen in table.items():
            found = tuple(self._visible(getattr(self, role), model) for role in ROLES)
            self.assertEqual(found, seen, model)

    def test_a_new_lead_or_clerk_counts_at_once(self):
        """What a rule names must not outlive the seat."""
        self.assertEqual(self._visible(self.lead, "club.points.entry"), "ac")
        self.unit.user_id = self.plain
        self.assertEqual(self._visible(self.lead, "club.points.entry"), "")
        self.assertEqual(self._visible(self.clerk, "club.points.entry"), "a")
        self.unit.clerk_ids.date_to = "2026-04-09"
        self.assertEqual(self._visible(self.clerk, "club.points.entry"), "")

    def test_a_manager_without_accounts_sees_none(self):
        for model in ("club.points.entry", "club.membership", "club.revenue"):
            self.assertEqual(self._visible(self.plain, model), "")

    def test_sales_users_see_tiers_but_no_points(self):
        """Rule E6: the tier in CRM, nothing of the ledger."""
        account = self.account_a.with_user(self.stranger)
        self.assertEqual(account.club_tier_id.code, "vip")
        for model in ("club.points.entry", "club.points.run", "club.agreement"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.stranger).search([])

    def test_nobody_reads_another_company(self):
        other = self._create_club_company("Other Post")
        program = self._create_program(other)
        self.env.user.company_ids |= other
        users = {
            role: self._create_user(
                "user" if role == "manager" else role, f"other_{role}", other
            )
            for role in ROLES
        }
        for role, user in users.items():
            for model in (
                "club.points.entry",
                "club.revenue",
                "club.agreement",
                "club.membership",
                "club.points.run",
                "club.points.rate",
                "club.tier",
                "club.revenue.line",
            ):
                records = self.env[model].with_user(user)
                records = records.with_context(allowed_company_ids=other.ids)
                if records.has_access("read"):
                    companies = records.search([]).company_id
                    self.assertNotIn(self.company, companies, (role, model))
        officer = self.env(
            user=users["officer"], context={"allowed_company_ids": other.ids}
        )
        self.assertEqual(officer["club.program"].search([]), program)
        with self.assertRaises(AccessError):
            self.run_march.with_env(officer).action_compute()

    def test_nobody_pushes_a_record_into_another_company(self):
        """Odoo asks its rules of a record as it was; ours are asked again."""
        other = self._create_club_company("Other Post")
        program = self._create_program(other)
        indicators = self.env["club.indicator"].create(
            [
                {"name": "Growth", "code": "growth", "program_id": owner.id}
                for owner in (self.program, program)
            ]
        )
        klass = self.env["club.account.class"].create({"name": "X", "code": "x"})
        classification, score, run = (
            self.env["club.account.classification"].create(
                {
                    "account_id": self.account_a.id,
                    "class_id": klass.id,
                    "company_id": self.company.id,
                    "reason": "Test",
                }
            ),
            self.env["club.account.score"].create(
                {
                    "account_id": self.account_a.id,
                    "indicator_id": indicators[0].id,
                    "value": 50,
                }
            ),
            self._create_run("2026-02"),
        )
        rate = (
            self.env["club.points.rate"]
            .with_user(self.finance)
            .create(
                {
                    "program_id": self.program.id,
                    "category_id": self.categ_letters.id,
                    "value": 0.4,
                    "date_from": "2026-05-01",
                }
            )
        )
        for record, user, vals in (
            (rate, self.finance, {"program_id": program.id}),
            (rate, self.finance, {"company_id": other.id}),
            (
                self.account_a.club_agreement_ids,
                self.officer,
                {"program_id": program.id},
            ),
            (classification, self.officer, {"company_id": other.id}),
            (score, self.officer, {"indicator_id": indicators[1].id}),
            (self.membership, self.officer, {"program_id": program.id, "code": "x"}),
            (run, self.officer, {"program_id": program.id}),
        ):
            with self.assertRaises(AccessError):
                record.with_user(user).write(vals)
            self.env.invalidate_all()

    def test_an_account_has_a_standing_in_each_company(self):
        """Mirrors are the company's own; another company's program has no say."""
        other = self._create_club_company("Other Post")
        self._create_program(other)
        self.env.user.company_ids |= other
        self.assertEqual(self.account_a.club_tier_id.code, "vip")
        self.assertFalse(self.account_a.with_company(other).club_tier_id)

    def test_auditor_reads_all_and_changes_nothing(self):
        """Rules B6, E2."""
        for model in (
            "club.program",
            "club.tier",
            "club.points.rate",
            "club.points.run",
            "club.points.run.unit",
            "club.agreement",
            "club.account.classification",
            "club.requalification",
            "club.control.total",
            "club.revenue.import",
        ):
            records = self.env[model].with_user(self.auditor)
            self.assertTrue(records.has_access("read"), model)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(records.has_access(operation), (model, operation))

    def test_rates_by_role(self):
        """Rule B2: the line proposes, and nobody's proposal counts until it is signed;
        see test_rate_approval for who signs."""
        category = self.env["product.category"].create({"name": "New line"})
        values = {
            "program_id": self.program.id,
            "category_id": category.id,
            "value": 0.4,
            "date_from": "2026-05-01",
        }
        rates = self.env["club.points.rate"]
        for factor in ("conversion", "coefficient"):
            for user, allowed in (
                (self.finance, True),
                (self.officer, True),
                (self.clerk, True),
                (self.lead, True),
                (self.manager, False),
                (self.auditor, False),
            ):
                mine = rates.with_user(user)
                if not allowed:
                    with self.assertRaises(AccessError):
                        mine.create({**values, "factor": factor})
                    continue
                rate = mine.create({**values, "factor": factor})
                self.assertNotIn(rate, rates.search([*rates._domain_in_force()]))
                rate.write({"value": 0.5, "factor": "conversion"})
                rate.unlink()
        in_force = rates.search([("category_id", "=", self.categ_letters.id)])
        for role in ROLES:
            mine = in_force.with_user(getattr(self, role))
            self.assertEqual(mine.value, 0.5, role)
            for vals in (
                {"value": 9},
                {"factor": "coefficient"},
                {"date_to": "2030-12-31"},
            ):
                with self.assertRaises(UserError):
                    mine.write(vals)

    def test_lead_assigns_only_inside_his_units(self):
        """Rule E2: a lead can't take another unit's account."""
        own = self.account_a.with_user(self.lead)
        own.write({"club_manager_id": self.plain.id})
        own.write({"club_unit_id": self.unit.child_ids.id})
        for partner, vals in (
            (self.account_b, {"club_unit_id": self.unit.id}),
            (self.account_b, {"club_manager_id": self.lead.id}),
            (self.account_a, {"club_unit_id": self.other_unit.id}),
            (self._create_account("Free"), {"club_unit_id": self.unit.id}),
        ):
            with self.assertRaises(AccessError):
                partner.with_user(self.lead).write(vals)
        with self.assertRaises(AccessError):
            self.account_a.with_user(self.finance).write({"club_manager_id": False})

    def test_club_documents_are_not_the_clients_to_write(self):
        membership = self.account_a.club_membership_ids[0]
        tier = self.membership.tier_ids[-1]
        for user in (self.officer, self.auditor, self.manager, self.finance):
            with self.assertRaises(AccessError):
                membership.with_user(user).write({"tier_id": tier.id})
            with self.assertRaises(AccessError):
                membership.with_user(user).unlink()
            with self.assertRaises(AccessError):
                membership.with_user(user).copy()
            with self.assertRaises(AccessError):
                membership.with_user(user).create({"account_id": self.account_a.id})
