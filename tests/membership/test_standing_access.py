from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .test_partner_standing import FIGURES, StandingCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPartnerStandingAccess(StandingCommon):
    """Who sees the figures, and at what cost. Rule E2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        below = cls.env["crm.team"].create(
            {"name": "Quay 2", "company_id": cls.company.id, "parent_id": cls.unit.id}
        )
        cls.account_c = cls._create_account("Below", club_unit_id=below.id)
        cls.accounts = cls.account_a + cls.account_b + cls.account_c
        cls.sales = cls._create_user("user", "plain_sales")
        cls.sales.group_ids = cls.env.ref("sales_team.group_sale_salesman")
        cls._add_revenue(cls.accounts, 60_000)
        cls._post_run()
        cls.env.invalidate_all()

    def test_figures_by_role(self):
        table = {
            # whose points, whose term
            self.manager: ("a", "a"),
            self.clerk: ("", ""),
            self.lead: ("ac", "ac"),
            self.finance: ("abc", ""),
            self.officer: ("abc", "abc"),
            self.auditor: ("abc", "abc"),
        }
        for user, expected in table.items():
            accounts = self.accounts.with_user(user)
            self.assertEqual(accounts.mapped("club_tier_id"), self.tier["vip"])
            seen = tuple(
                "".join(
                    letter
                    for letter, account in zip("abc", accounts, strict=True)
                    if account[name]
                )
                for name in ("club_points", "club_tier_valid_until")
            )
            self.assertEqual(seen, expected, user.login)
            self.assertEqual(
                accounts.filtered("club_is_readable"),
                accounts.filtered("club_points"),
                user.login,
            )

    def test_who_may_not_see_sees_no_figure_at_all(self):
        hidden = self.account_b.with_user(self.manager)
        for name in FIGURES:
            self.assertFalse(hidden[name], name)

    def test_plain_sales_sees_tiers_but_cannot_read_figures(self):
        account = self.account_a.with_user(self.sales)
        self.assertEqual(account.club_tier_id.name, "Vip")
        for name in (*FIGURES, "club_agreement_ids", "club_membership_ids"):
            with self.assertRaises(AccessError, msg=name):
                account.read([name])

    def test_plain_sales_adds_a_contact_to_a_member(self):
        contact = (
            self.env["res.partner"]
            .with_user(self.sales)
            .create({"name": "New Liaison", "parent_id": self.account_a.id})
        )
        self.assertEqual(contact.club_tier_id, self.tier["vip"])
        self.assertEqual(contact.sudo().club_manager_id, self.manager)

    def test_a_new_manager_sees_at_once_and_the_old_one_no_more(self):
        self.assertTrue(self.account_a.with_user(self.manager).club_points)
        self.account_a.club_manager_id = self.lead
        self.assertFalse(self.account_a.with_user(self.manager).club_points)

    def test_the_form_offers_what_writing_allows(self):
        for user in (self.manager, self.lead, self.officer, self.finance):
            for account in self.accounts.with_user(user):
                offered = account.club_can_assign
                try:
                    with self.env.cr.savepoint():
                        account.write({"club_manager_id": self.manager.id})
                    allowed = True
                except AccessError:
                    allowed = False
                self.assertEqual(offered, allowed, (user.login, account.name))

    def test_queries_do_not_grow_with_the_number_of_partners(self):
        names = ("club_tier_id", "club_can_assign", "club_is_readable", *FIGURES)
        partners = self.env["res.partner"].create(
            [
                {
                    "name": f"Account {number}",
                    "is_company": True,
                    "club_unit_id": self.unit.id,
                    "club_manager_id": self.manager.id,
                }
                for number in range(40)
            ]
        )
        self._create_agreements(partners[::2])
        self._add_revenue(partners[::2], 60_000)
        self._post_run()
        for user in (self.manager, self.lead, self.officer):
            counts = [
                self._count_queries(partners[:size].with_user(user), names)
                for size in (20, 20, 40)
            ]
            self.assertEqual(counts[1], counts[2], (user.login, counts))
            self.assertLessEqual(counts[2], 40, user.login)  # the lead's; others 34

    def _count_queries(self, partners, names):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        partners.read(names)
        return self.env.cr.sql_log_count - before


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestLeadStanding(StandingCommon):
    """Leads and partners filter and group by tier and grade. Rule E6."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._earn(cls.account_a, 500_000)
        cls.contact = cls.env["res.partner"].create(
            {"name": "Liaison", "parent_id": cls.account_a.id}
        )
        cls.sales = cls._create_user("user", "lead_sales")
        cls.sales.group_ids = cls.env.ref("sales_team.group_sale_salesman_all_leads")
        cls.leads = (
            cls.env["crm.lead"]
            .create(
                [
                    {"name": "Of A", "partner_id": cls.account_a.id},
                    {"name": "Of A's contact", "partner_id": cls.contact.id},
                    {"name": "Of B", "partner_id": cls.account_b.id},
                    {"name": "Of nobody", "partner_id": False},
                ]
            )
            .with_user(cls.sales)
        )
        cls.env.invalidate_all()

    def test_a_lead_shows_tier_and_grade_of_its_account(self):
        platinum, gold = self.tier["platinum"], self.grade_tier["gold"]
        self.assertRecordValues(
            self.leads,
            [
                {"club_tier_id": platinum.id, "club_grade_id": gold.id},
                {"club_tier_id": platinum.id, "club_grade_id": gold.id},
                {"club_tier_id": False, "club_grade_id": False},
                {"club_tier_id": False, "club_grade_id": False},
            ],
        )

    def test_filters(self):
        mine = [("id", "in", self.leads.ids)]
        for domain, expected in (
            ([("club_tier_id", "!=", False)], self.leads[:2]),
            ([("club_tier_id", "=", False)], self.leads[2:]),
            ([("club_tier_id", "=", self.tier["platinum"].id)], self.leads[:2]),
            ([("club_tier_id", "ilike", "plat")], self.leads[:2]),
            ([("club_grade_id.code", "=", "gold")], self.leads[:2]),
            ([("club_grade_id", "=", self.tier["platinum"].id)], self.leads[:0]),
        ):
            self.assertEqual(
                self.leads.search([*mine, *domain]).sorted("id"),
                expected.sorted("id"),
                domain,
            )

    def test_groups(self):
        for model, records in (
            ("crm.lead", self.leads),
            ("res.partner", self.leads.partner_id),
        ):
            groups = (
                self.env[model]
                .with_user(self.sales)
                .formatted_read_group(
                    [("id", "in", records.ids)], ["club_tier_id"], ["__count"]
                )
            )
            counts = {
                group["club_tier_id"] and group["club_tier_id"][0]: group["__count"]
                for group in groups
            }
            self.assertEqual(
                counts,
                {
                    self.tier["platinum"].id: 2,
                    False: len(records) - 2,
                },
                model,
            )

    def test_group_by_is_offered(self):
        for model in ("crm.lead", "res.partner"):
            fields = self.env[model].fields_get(["club_tier_id", "club_grade_id"])
            for name, description in fields.items():
                self.assertTrue(description["groupable"], (model, name))
                self.assertTrue(description["searchable"], (model, name))
