"""Unknown names of parked rows, and the accounts that they resemble. Rule B15."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .revenue_case import RevenueCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-15 10:00:00")
class TestRevenueNames(RevenueCase):
    def setUp(self):
        super().setUp()
        self.hotel = self.env["res.partner"].create(
            {"name": "杭州西湖宾馆有限公司", "is_company": True}
        )
        self.document = self.upload(
            self.statement(
                f"西湖宾馆,{self.letters},2026-01,100",
                f"西湖  宾馆集团,{self.letters},2026-01,30",
                f"Alpha-Post Group,{self.letters},2026-01,1",
                f"ＡＬＰＨＡ-post group,{self.letters},2026-02,2",
                f"ALPHA-POST GROUP,{self.letters},2026-02,4",
                f"Nobody at all,{self.letters},2026-02,8",
                f"5.11E+15,{self.letters},2026-02,16",
                f"K001,{self.letters},soon,32",
            )
        )

    def open(self, user=None):
        lines = self.env["club.revenue.line"].with_user(user or self.finance)
        action = lines.action_open_names()
        return lines.env[action["res_model"]].browse(action["res_id"])

    def line(self, naming, name):
        return naming.line_ids.filtered(lambda line: line.name.startswith(name))

    def test_names_are_grouped_with_what_they_resemble(self):
        naming = self.open()
        alpha, nobody = self.line(naming, "A"), self.line(naming, "Nobody")
        self.assertRecordValues(
            alpha,
            [
                {
                    "row_count": 3,
                    "amount": 7,
                    "account_id": self.account_a.id,
                    "is_accepted": True,
                }
            ],
        )
        self.assertRecordValues(
            nobody, [{"row_count": 1, "account_id": False, "is_accepted": False}]
        )
        hotel = self.line(naming, "西湖宾馆")
        self.assertEqual(hotel.account_id, self.hotel)
        self.assertFalse(hotel.is_accepted, "alike, but not clear")
        self.assertIn("75 %", hotel.suggestions)
        # A code that lost digits stands for nobody; a row without a month isn't asked.
        self.assertNotIn("5.11E+15", naming.line_ids.mapped("name"))
        self.assertEqual(len(naming.line_ids), 4)

    def test_accepted_names_are_remembered_and_settle_all_their_rows(self):
        naming = self.open(self.clerk)
        form = Form(naming)
        for number, name in enumerate(naming.line_ids.mapped("name")):
            if name == "Nobody at all":
                with form.line_ids.edit(number) as line:
                    line.account_id = self.account_b
                    self.assertTrue(line.is_accepted)
        form.save()
        answer = naming.action_accept()
        self.assertIn("settled: 4", answer["params"]["message"])
        self.assertEqual(self.facts(self.account_a), 7)
        self.assertEqual(self.facts(self.account_b), 8)
        self.assertFalse(self.facts(self.hotel), "nobody accepted it")
        aliases = self.env["club.alias"].search([("company_id", "=", self.company.id)])
        self.assertEqual(
            {alias.key: alias.account_id for alias in aliases},
            {"alpha-post group": self.account_a, "nobody at all": self.account_b},
        )
        self.assertEqual(aliases[0].create_uid, self.clerk)
        self.assertTrue(all(aliases.mapped("origin_line_id")))
        # Next month's file goes straight through.
        later = self.upload(self.statement(f"Nobody at all,{self.letters},2026-03,1"))
        self.assertFalse(later.parked_count)

    def test_categories_and_products_are_proposed_and_settled_with_accounts(self):
        """Many names of all kinds at once. Rules B2, B15."""
        logistics = self.env["product.category"].create({"name": "Contract Logistics"})
        product = self.env["product.product"].create(
            {"name": "Express Parcel", "company_id": self.company.id}
        )
        self.upload(
            self.statement(
                f"K001,{self.letters},2026-01,1000,EXPRESS  parcel!",
                "K001,Contract-Logistics,2026-01,2000,",
                "K001,contract logistics co.,2026-02,3000,",
                "K001,Unheard of,2026-02,4000,",
                header="account,category,month,amount,product",
            )
        )
        naming = self.open(self.clerk)
        self.assertEqual(naming.kinds, "account category product")
        found = {
            line.name: (line.kind, line.category_id, line.product_id, line.is_accepted)
            for line in naming.line_ids
            if line.kind != "account"
        }
        none = product.browse()
        self.assertEqual(
            found,
            {
                "EXPRESS  parcel!": ("product", logistics.browse(), product, True),
                "Contract-Logistics": ("category", logistics, none, True),
                "contract logistics co.": ("category", logistics, none, True),
                "Unheard of": ("category", logistics.browse(), none, False),
            },
        )
        naming.action_accept()
        self.assertEqual(self.facts(self.account_a), 7 + 6000)
        aliases = self.env["club.alias"].search([("company_id", "=", self.company.id)])
        self.assertEqual(
            set(aliases.mapped("kind")), {"account", "category", "product"}
        )

    def test_a_product_of_another_company_is_not_chosen(self):
        other = self.env["res.company"].create({"name": "Other County"})
        foreign = self.env["product.product"].create(
            {"name": "Express Parcel", "company_id": other.id}
        )
        self.upload(
            self.statement(
                f"K001,{self.letters},2026-01,1000,Express parcels",
                header="account,category,month,amount,product",
            )
        )
        naming = self.open()
        line = self.line(naming, "Express")
        self.assertFalse(line.product_id)
        self.finance.company_ids += other
        both = {"allowed_company_ids": (self.company | other).ids}
        line = line.with_context(**both)
        line.write({"product_id": foreign.id, "is_accepted": True})
        with self.assertRaisesRegex(UserError, "another company"):
            naming.with_context(**both).action_accept()

    def test_a_marked_name_without_an_account_changes_nothing(self):
        naming = self.open()
        self.line(naming, "Nobody").is_accepted = True
        with self.assertRaisesRegex(UserError, "Nobody at all"):
            naming.action_accept()
        self.assertFalse(self.env["club.alias"].search([]))
        naming.line_ids.is_accepted = False
        with self.assertRaisesRegex(UserError, "Mark the names"):
            naming.action_accept()

    def test_names_settled_meanwhile_settle_nothing_twice(self):
        first, second = self.open(), self.open(self.officer)
        first.action_accept()
        answer = second.action_accept()
        self.assertIn("No parked row", answer["params"]["message"])
        self.assertEqual(self.facts(self.account_a), 7)

    def test_no_names_are_refused_with_a_sentence(self):
        self.document.with_user(self.officer).action_cancel()
        with self.assertRaisesRegex(UserError, "No parked row"):
            self.open()
        with self.assertRaisesRegex(UserError, "No parked row"):
            self.document.with_user(self.finance).action_open_names()

    def test_who_may_name(self):
        for user in (self.manager, self.lead, self.auditor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.open(user)
        naming = self.open(self.clerk)
        with self.assertRaises(AccessError):
            naming.with_user(self.finance).action_accept()
        line = naming.line_ids[0]
        for values in ({"name": "K002"}, {"row_count": 1}, {"naming_id": 1}):
            with self.subTest(values), self.assertRaises(AccessError):
                line.write(values)
        with self.assertRaises(AccessError):
            naming.company_id = self.env["res.company"].create({"name": "Other"})

    def test_an_account_of_another_company_is_not_chosen(self):
        other = self.env["res.company"].create({"name": "Other County"})
        self.hotel.company_id = other
        naming = self.open()
        self.assertFalse(self.line(naming, "西湖宾馆").account_id)
        self.finance.company_ids += other
        both = {"allowed_company_ids": (self.company | other).ids}
        line = self.line(naming, "西湖宾馆").with_context(**both)
        line.write({"account_id": self.hotel.id, "is_accepted": True})
        with self.assertRaisesRegex(UserError, "another company"):
            naming.with_context(**both).action_accept()
        self.assertFalse(self.facts(self.hotel))

    def test_the_queries_do_not_grow_with_the_names(self):
        counts = []
        for count in (5, 60):
            self.upload(
                self.statement(
                    *(
                        f"Shop {count} {n},{self.letters},2026-01,1"
                        for n in range(count)
                    )
                )
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            naming = self.open()
            self.env.flush_all()
            opened = self.env.cr.sql_log_count
            wanted = naming.line_ids.filtered(lambda line: "Shop" in line.name)
            wanted.write({"account_id": self.account_b.id, "is_accepted": True})
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            naming.action_accept()
            self.env.flush_all()
            counts.append((opened - before, self.env.cr.sql_log_count - start))
        self.assertLessEqual(counts[1][0], counts[0][0] + 2)
        self.assertLessEqual(counts[1][1], counts[0][1] + 10)
