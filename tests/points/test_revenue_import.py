from odoo.tests import freeze_time, tagged

from .revenue_case import RevenueCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-15 10:00:00")
class TestRevenueImport(RevenueCase):
    # === ROWS === #

    def test_good_rows_count_at_once(self):
        document = self.upload(
            self.statement(
                f"K001,{self.letters},2026-01,100.50",
                f"Beta Trading,{self.parcels},2026/2,-20",
            )
        )
        self.assertRecordValues(
            document.line_ids,
            [
                {
                    "row": 2,
                    "account_id": self.account_a.id,
                    "category_id": self.categ_letters.id,
                    "amount": 100.5,
                    "state": "valid",
                    "fault": False,
                },
                {
                    "row": 3,
                    "account_id": self.account_b.id,
                    "category_id": self.categ_parcels.id,
                    "amount": -20,
                    "state": "valid",
                    "fault": False,
                },
            ],
        )
        self.assertEqual(
            document.line_ids.mapped(lambda line: str(line.month)),
            ["2026-01-01", "2026-02-01"],
        )
        self.assertEqual(self.facts(self.account_a, self.account_b), 80.5)

    def test_faulty_rows_are_parked_with_number_and_fault(self):
        document = self.upload(
            self.statement(
                f"Nobody,{self.letters},2026-01,1",
                "K001,Balloons,2026-01,2",
                f"K001,{self.letters},March,3",
                f"K001,{self.letters},2026-04,4",
                f"K001,{self.letters},2026-01,much",
                ",,,5",
                f"K001,{self.letters},2026-03,6",
            )
        )
        parked = document.parked_line_ids
        self.assertEqual(
            parked.mapped(lambda line: (line.row, line.fault_code, line.fault)),
            [
                (2, "account", "No account has the code or name “Nobody”."),
                (3, "category", "No category has the name “Balloons”."),
                (4, "month", "“March” is not a month such as 2026-03."),
                (5, "month", "The month “2026-04” lies ahead."),
                (6, "amount", "“much” is not an amount."),
                (
                    7,
                    "account",
                    "The account is missing. The category is missing. "
                    "The month is missing.",
                ),
            ],
        )
        self.assertRecordValues(
            document,
            [{"line_count": 7, "valid_count": 1, "parked_count": 6, "amount": 6}],
        )
        self.assertEqual(self.facts(self.account_a), 6)

    def test_rows_with_the_same_key_add_up(self):
        row = f"K001,{self.letters},2026-01,10"
        self.upload(self.statement(row, row, row))
        self.assertEqual(self.facts(self.account_a), 30)

    def test_blank_lines_are_no_rows_but_keep_the_numbering(self):
        document = self.upload(
            self.statement("", ",,,", f"K001,{self.letters},2026-01,10")
        )
        self.assertEqual(document.line_ids.mapped("row"), [4])

    # === NAMES === #

    def test_names_match_whatever_their_width_case_and_blanks(self):
        document = self.upload(
            self.statement(f"ALPHA　post （Group）,{self.letters.upper()},2026-01,1")
        )
        self.assertEqual(document.line_ids.account_id, self.account_a)

    def test_the_code_decides_before_alias_and_name(self):
        self.account_b.name = "K001"
        self.env["club.alias"].create(
            {"name": "K001", "kind": "account", "account_id": self.account_b.id}
        )
        document = self.upload(self.statement(f"K001,{self.letters},2026-01,1"))
        self.assertEqual(document.line_ids.account_id, self.account_a)

    def test_the_alias_decides_before_the_name(self):
        self.env["club.alias"].create(
            {"name": "BETA trading", "kind": "account", "account_id": self.account_a.id}
        )
        document = self.upload(self.statement(f"Beta Trading,{self.letters},2026-01,1"))
        self.assertEqual(document.line_ids.account_id, self.account_a)

    def test_an_unknown_code_leaves_it_to_the_name_beside_it(self):
        document = self.upload(
            self.statement(
                f"X9,Beta Trading,{self.letters},2026-01,1",
                f"K001,Beta Trading,{self.letters},2026-01,1",
                f",Beta Trading,{self.letters},2026-01,1",
                header="客户编码,客户名称,业务种类,月份,金额",
            )
        )
        self.assertEqual(
            document.line_ids.mapped("account_id.id"),
            (self.account_b | self.account_a).ids,
        )
        self.assertEqual(
            [line.account_id for line in document.line_ids],
            [self.account_b, self.account_a, self.account_b],
        )

    def test_ambiguous_archived_and_foreign_accounts_are_parked(self):
        partner = self.env["res.partner"]
        partner.create([{"name": "Twin"}, {"name": "TWIN"}, {"name": "Gone"}])
        partner.search([("name", "=", "Gone")]).active = False
        other = self.env["res.company"].create({"name": "Other County"})
        partner.create({"name": "Foreign", "company_id": other.id})
        document = self.upload(
            self.statement(
                f"Twin,{self.letters},2026-01,1",
                f"Gone,{self.letters},2026-01,1",
                f"Foreign,{self.letters},2026-01,1",
            )
        )
        self.assertEqual(
            document.line_ids.mapped("fault"),
            [
                "“Twin” may be each of these accounts: “TWIN”, “Twin”.",
                "The account “Gone” is archived.",
                "No account has the code or name “Foreign”.",
            ],
        )

    def test_contacts_are_no_accounts(self):
        self.env["res.partner"].create(
            {"name": "Ms Liaison", "ref": "C9", "parent_id": self.account_a.id}
        )
        document = self.upload(
            self.statement(
                f"Ms Liaison,{self.letters},2026-01,1", f"C9,{self.letters},2026-01,1"
            )
        )
        self.assertEqual(document.parked_count, 2)

    def test_categories_match_by_complete_name_where_the_name_is_not_enough(self):
        child = self.env["product.category"].create(
            {"name": "Domestic", "parent_id": self.categ_letters.id}
        )
        self.env["product.category"].create(
            {"name": "Domestic", "parent_id": self.categ_parcels.id}
        )
        document = self.upload(
            self.statement(
                "K001,Domestic,2026-01,1", f"K001,{child.complete_name},2026-01,1"
            )
        )
        self.assertEqual(
            document.line_ids.mapped("fault"),
            ["2 categories have the name “Domestic”.", False],
        )
        self.assertEqual(document.line_ids.category_id, child)

    # === SIZE === #

    def test_the_number_of_queries_does_not_grow_with_the_rows(self):
        def rows(count):
            return self.statement(
                *(
                    f"{name},{self.letters},2026-0{number % 3 + 1},{number}"
                    for number in range(count)
                    for name in [("K001", "Beta Trading", f"Who{number}")[number % 3]]
                )
            )

        self.upload(rows(3))
        counts = []
        for size in (50, 5000):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            document = self.upload(rows(size))
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(document.line_count, size)
        self.assertLessEqual(counts[1], counts[0] + 1)
