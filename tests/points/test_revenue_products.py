from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .revenue_case import RevenueCase

HEADER = "account,category,month,amount,product"


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRevenueProducts(RevenueCase):
    """Rules B2, B15: a row that names a product earns by the product's own rate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stamp, cls.card = cls.env["product.product"].create(
            [
                {"name": "Stamp Album", "default_code": "P001"},
                {"name": "Greeting Card", "default_code": "P002"},
            ]
        )
        cls.env["product.product"].browse(
            (cls.stamp | cls.card).ids
        ).categ_id = cls.categ_letters
        rate = cls.env["club.points.rate"].create(
            {
                "program_id": cls.program.id,
                "product_id": cls.stamp.id,
                "value": 2,
                "date_from": "2020-01-01",
            }
        )
        rate._set_opening("Test")

    def _import(self, *rows, header=HEADER):
        return self.upload(self.statement(*rows, header=header))

    def _row(self, product, category=None, amount=100):
        category = self.letters if category is None else category
        return f"K001,{category},2026-03,{amount},{product}"

    def test_the_product_s_rate_comes_before_the_category_s(self):
        self._import(self._row("P001"), self._row("P002"), self._row(""))
        self._post_run()
        # 100 × 2 of its own, twice 100 × 0.5 of the category
        self.assertEqual(self._get_points(self.account_a), 300)
        self.assertEqual(
            self._get_points(self.account_a, product_id=self.stamp.id), 200
        )

    def test_facts_and_revenue_name_the_product(self):
        document = self._import(self._row("P001"), self._row(""))
        self.env.flush_all()
        found = self.env["club.revenue"].search(
            [("revenue_line_id", "in", document.line_ids.ids)], order="id desc"
        )
        self.assertEqual(found.mapped("product_id"), self.stamp)
        self.assertEqual(len(found), 2)

    def test_products_are_found_by_code_name_or_alias(self):
        self.env["club.alias"].create(
            {
                "name": "Album of Stamps",
                "kind": "product",
                "product_id": self.stamp.id,
                "company_id": self.company.id,
            }
        )
        document = self._import(
            self._row("P001", amount=1),
            self._row("stamp  ALBUM", amount=2),
            self._row("album of stamps", amount=3),
        )
        self.assertEqual(document.valid_count, 3)
        self.assertEqual(document.line_ids.product_id, self.stamp)

    def test_an_unknown_product_parks_the_row_until_it_is_settled(self):
        document = self._import(
            self._row("Mystery", amount=1), self._row("mystery", amount=2)
        )
        first, second = document.line_ids.sorted("row")
        self.assertRecordValues(
            document.line_ids.sorted("row"),
            [
                {"state": "parked", "fault_code": "product", "raw_product": text}
                for text in ("Mystery", "mystery")
            ],
        )
        self.assertIn("No product has the code or name “Mystery”", first.fault)
        self.settle(first, product_id=self.card.id)
        self.assertEqual((first | second).mapped("state"), ["valid", "valid"])
        self.assertEqual(second.product_id, self.card)
        alias = self.env["club.alias"].search([("product_id", "=", self.card.id)])
        self.assertEqual((alias.kind, alias.name), ("product", "Mystery"))

    def test_what_is_ambiguous_or_foreign_is_parked(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env["product.product"].create(
            [
                {"name": "Greeting Card"},
                {"name": "Foreign", "company_id": other.id, "default_code": "P009"},
                {"name": "Old", "active": False, "default_code": "P010"},
            ]
        )
        document = self._import(
            self._row("Greeting Card"), self._row("P009"), self._row("P010")
        )
        self.assertEqual(document.parked_count, 3)
        self.assertIn(
            "2 products have the code or name", document.line_ids.sorted("row")[0].fault
        )

    def test_no_foreign_product_settles_a_row(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.env["product.product"].create(
            {"name": "Foreign", "company_id": other.id}
        )
        line = self._import(self._row("Mystery")).line_ids
        with self.assertRaises(AccessError):
            self.settle(line, product_id=foreign.id)
        with self.assertRaisesRegex(UserError, "belongs to another company"):
            self.settle(line, user=self.env.user, product_id=foreign.id)
        self.assertEqual(line.state, "parked")

    def test_a_product_alone_tells_the_category(self):
        line = self._import(self._row("P001", category="")).line_ids
        self.assertRecordValues(
            line, [{"state": "valid", "category_id": self.categ_letters.id}]
        )
        self.assertEqual(
            self._import(self._row("", category="", amount=7)).line_ids.fault_code,
            "category",
        )

    def test_a_business_line_is_known_by_its_name_in_any_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        line = self.env["club.business.line"].create(
            {"name": "Test Line", "code": "t", "category_id": self.categ_letters.id}
        )
        line.with_context(lang="zh_CN").name = "测试函件"
        document = self._import(
            self._row("", category="测试函件", amount=1),
            self._row("", category="test line", amount=2),
        )
        self.assertEqual(document.valid_count, 2)
        self.assertEqual(document.line_ids.category_id, self.categ_letters)

    def test_a_file_without_the_column_is_read_as_before(self):
        document = self._import(
            f"K001,{self.letters},2026-03,5",
            header="account,category,month,amount",
        )
        self.assertRecordValues(
            document.line_ids,
            [{"state": "valid", "product_id": False, "raw_product": False}],
        )

    def test_code_and_name_may_stand_side_by_side(self):
        document = self._import(
            f"K001,{self.letters},2026-03,5,Album,P001",
            header="客户编码,业务种类,月份,金额,产品名称,产品编码",
        )
        self.assertEqual(document.line_ids.product_id, self.stamp)

    def test_the_number_of_queries_does_not_grow_with_the_rows(self):
        def rows(count):
            return [self._row("P001", amount=number) for number in range(1, count + 1)]

        self._import(*rows(3))
        counts = []
        for count in (20, 2000):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self._import(*rows(count))
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0] + 1)
