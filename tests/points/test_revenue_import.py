import base64
import io
import zipfile
from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_club.models.lock import opened
from odoo.addons.crm_club.models.points import revenue_file, revenue_workbook
from odoo.addons.crm_club.reports.xlsx.revenue_template import build_template

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
        self.assertEqual(document.line_ids.mapped(lambda line: str(line.month)),
                         ["2026-01-01", "2026-02-01"])
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
        document = self.upload(
            self.statement(f"Beta Trading,{self.letters},2026-01,1")
        )
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
                "2 accounts have the code or name “Twin”.",
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

    # === FILES === #

    def test_chinese_files_in_gb18030_and_ten_thousands(self):
        content = (
            "2026年1月业务收入表\n\n客户单位\t专业\t月份\t金额（万元）\n"
            f"Beta Trading\t{self.letters}\t２０２６年１月\t1.2345\n"
        ).encode("gb18030")
        document = self.upload(content, unit="wan")
        self.assertRecordValues(
            document,
            [{"encoding": "gb18030", "format": "csv", "unit": "wan", "amount": 12345}],
        )
        self.assertEqual(document.line_ids.row, 4)

    def test_a_workbook_comes_in_with_its_dates_numbers_and_titles(self):
        self.account_a.ref = "1001"
        document = self.upload(
            self.workbook(
                ["Statement of January"],
                [],
                ["Customer code", "Category", "Month", "Revenue (CNY)"],
                [1001, self.letters, revenue_file.datetime.date(2026, 1, 31), 0.1 + 0.2],
                [1001, self.letters, 202602, "1,234.50"],
                [1001, self.letters, "2026-02", "=D4*2"],
                [None, None, None, "=D4*2"],
            )
        )
        self.assertEqual(
            document.line_ids.mapped(lambda line: (line.row, line.state, line.amount)),
            [(4, "valid", 0.3), (5, "valid", 1234.5), (6, "parked", 0), (7, "parked", 0)],
        )
        self.assertEqual(document.line_ids[2].fault, "The amount is missing.")
        self.assertEqual(document.format, "xlsx")

    def test_the_template_comes_in_again(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        for lang in ("en_US", "zh_CN"):
            content = build_template(self.env(context={"lang": lang}))
            statement = revenue_file.read_statement(content, "yuan")
            self.assertEqual([row.number for row in statement.rows], [2, 3])
            self.assertEqual(statement.rows[0].account, "K00123")

    def test_files_that_cannot_be_read_are_refused_whole(self):
        good = f"K001,{self.letters},2026-01,1"
        for content, reason in (
            (b"", "file is empty"),
            (b"a,b\n1,2\n", "No header with account"),
            (self.statement(good, header="account,category,month,what"), "the amount"),
            (self.statement(), "no rows below"),
            (self.statement(good, header="account,category,month,month,amount"),
             "several columns for the month"),
            (self.statement(good, header="account,category,month,金额(万元)"),
             "names another unit"),
            (self.statement(good, f'"K001,{self.letters},2026-01,1'), "damaged near"),
            (b"PK\x03\x04 not a workbook", "workbook is damaged"),
            (self._zip({"other.txt": b"x"}), "workbook is damaged"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook"),
            (b"\x00\x01\x02", "neither a workbook"),
        ):
            with self.subTest(reason), self.assertRaisesRegex(UserError, reason):
                self.upload(content or b"", **({} if content else {"file": b" "}))
        self.assertFalse(self.env["club.revenue.import"].search([]))

    def test_files_that_are_too_large_are_refused_whole(self):
        content = self.statement(*[f"K001,{self.letters},2026-01,1"] * 3)
        with patch.object(revenue_file, "MAX_ROWS", 2):
            with self.assertRaisesRegex(UserError, "more than 2 rows"):
                self.upload(content)
        with patch.object(revenue_file, "MAX_BYTES", 20):
            with self.assertRaisesRegex(UserError, "MB"):
                self.upload(content)
        bomb = self._zip({"xl/worksheets/sheet1.xml": b" " * 100_000})
        with patch.object(revenue_workbook, "MAX_UNPACKED_BYTES", 50_000):
            with self.assertRaisesRegex(UserError, "unpacks to more than"):
                self.upload(bomb)

    def _zip(self, files):
        output = io.BytesIO()
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as container:
            for name, content in files.items():
                container.writestr(name, content)
        return output.getvalue()

    def test_the_same_file_twice_is_refused_until_its_import_is_cancelled(self):
        content = self.statement(f"K001,{self.letters},2026-01,10")
        first = self.upload(content)
        with self.assertRaisesRegex(UserError, first.name):
            self.upload(content)
        first.with_user(self.officer).action_cancel()
        self.upload(content)
        self.assertEqual(self.facts(self.account_a), 10)

    def test_the_database_refuses_the_same_file_too(self):
        document = self.upload(self.statement(f"K001,{self.letters},2026-01,10"))
        values = opened(document).copy_data()[0]
        with self.assertRaises(psycopg2.IntegrityError), mute_logger("odoo.sql_db"):
            opened(document).create({**values, "name": "X", "digest": document.digest})

    def test_the_file_is_kept_as_it_came(self):
        content = self.statement(f"K001,{self.letters},2026-01,10")
        document = self.upload(content, filename="january.csv")
        self.assertEqual(base64.b64decode(document.file), content)
        self.assertEqual(document.filename, "january.csv")
        self.assertEqual(document.user_id, self.finance)

    # === SETTLING === #

    def test_an_alias_settles_all_rows_with_the_name(self):
        first = self.upload(
            self.statement(
                f"Alfa Ltd,{self.letters},2026-01,1",
                f"ALFA  ltd,{self.letters},2026-02,2",
                f"alfa ltd,Balloons,2026-02,4",
            )
        )
        second = self.upload(
            self.statement(f"Alfa Ltd,{self.letters},2026-02,8"), user=self.clerk
        )
        answer = self.settle(
            first.line_ids[0], user=self.clerk, account_id=self.account_a.id
        )
        self.assertIn("3 parked rows", answer["params"]["message"])
        self.assertEqual(self.facts(self.account_a), 11)
        self.assertEqual(first.parked_line_ids.fault_code, "category")
        self.assertEqual(first.parked_line_ids.account_id, self.account_a)
        self.assertEqual(second.line_ids.settled_by_id, self.clerk)
        alias = self.env["club.alias"].search([("key", "=", "alfa ltd")])
        self.assertRecordValues(
            alias,
            [{"account_id": self.account_a.id, "origin_line_id": first.line_ids[0].id}],
        )
        third = self.upload(self.statement(f"Alfa Ltd,{self.letters},2026-03,16"))
        self.assertFalse(third.parked_count)

    def test_settling_without_remembering_settles_only_the_row(self):
        document = self.upload(
            self.statement(
                f"Alfa,{self.letters},2026-01,1", f"Alfa,{self.letters},2026-01,2"
            )
        )
        self.settle(
            document.line_ids[0], account_id=self.account_a.id, remember=False
        )
        self.assertEqual(document.line_ids.mapped("state"), ["valid", "parked"])
        self.assertFalse(self.env["club.alias"].search([]))

    def test_settling_fills_in_only_what_is_missing(self):
        document = self.upload(self.statement(f"K001,{self.letters},soon,lots"))
        self.settle(
            document.line_ids,
            account_id=self.account_b.id,
            category_id=self.categ_parcels.id,
            month="2026-02-20",
            amount=12.5,
        )
        self.assertRecordValues(
            document.line_ids,
            [
                {
                    "state": "valid",
                    "account_id": self.account_a.id,
                    "category_id": self.categ_letters.id,
                    "amount": 12.5,
                }
            ],
        )
        self.assertEqual(str(document.line_ids.month), "2026-02-01")
        self.assertFalse(self.env["club.alias"].search([]))

    def test_a_row_that_counts_is_not_settled_again(self):
        document = self.upload(self.statement(f"K001,{self.letters},soon,1"))
        self.settle(document.line_ids, month="2026-02-01")
        with self.assertRaisesRegex(UserError, "settled meanwhile"):
            self.settle(document.line_ids, month="2026-01-01")

    def test_a_month_ahead_is_not_chosen(self):
        document = self.upload(self.statement(f"K001,{self.letters},soon,1"))
        with self.assertRaisesRegex(UserError, "lie ahead"):
            self.settle(document.line_ids, month="2026-04-01")

    def test_an_account_of_another_company_is_not_chosen(self):
        other = self.env["res.company"].create({"name": "Other County"})
        foreign = self.env["res.partner"].create(
            {"name": "Foreign", "company_id": other.id}
        )
        document = self.upload(self.statement(f"Who,{self.letters},2026-01,1"))
        with self.assertRaisesRegex(UserError, "another company"):
            self.settle(
                document.line_ids, user=self.env.user, account_id=foreign.id
            )

    def test_rows_are_read_again_after_the_account_was_created(self):
        document = self.upload(
            self.statement(
                f"Newcomer,{self.letters},2026-01,1", f"Ghost,{self.letters},2026-01,2"
            ),
            user=self.clerk,
        )
        newcomer = self.env["res.partner"].create({"name": "Newcomer"})
        document.with_user(self.clerk).action_retry()
        self.assertEqual(self.facts(newcomer), 1)
        self.assertEqual(document.parked_count, 1)

    def test_a_month_ahead_counts_once_it_has_come(self):
        document = self.upload(self.statement(f"K001,{self.letters},2026-04,1"))
        with freeze_time("2026-04-01 10:00:00"):
            document.with_user(self.finance).action_retry()
        self.assertEqual(document.valid_count, 1)

    def test_parked_rows_are_discarded_with_a_reason(self):
        document = self.upload(
            self.statement(f"合计,,,1", f"K001,{self.letters},2026-01,1")
        )
        values = {"line_ids": document.parked_line_ids.ids}
        wizard = self.env["club.revenue.settle"].with_user(self.officer).create(values)
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_discard()
        wizard.reason = "Total row"
        wizard.action_discard()
        self.assertRecordValues(
            document.line_ids,
            [
                {"state": "cancelled", "discard_reason": "Total row"},
                {"state": "valid", "discard_reason": False},
            ],
        )
        self.assertEqual(document.line_count, 2)
        with self.assertRaises(UserError):
            self.env["club.revenue.settle"].with_user(self.officer).create(
                {"line_ids": document.line_ids[1].ids, "reason": "No"}
            ).action_discard()

    def test_cancelling_an_import_takes_its_rows_out_and_deletes_nothing(self):
        document = self.upload(
            self.statement(f"K001,{self.letters},2026-01,1", "who,what,when,1")
        )
        document.with_user(self.officer).action_cancel()
        self.assertEqual(document.state, "cancelled")
        self.assertEqual(set(document.line_ids.mapped("state")), {"cancelled"})
        self.assertEqual(len(document.line_ids), 2)
        self.assertEqual(self.facts(self.account_a), 0)

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


@tagged("post_install", "-at_install")
@freeze_time("2026-03-15 10:00:00")
class TestRevenueImportAccess(RevenueCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.upload(
            cls, cls.statement(cls, f"K001,{cls.letters},2026-01,1", "who,what,when,1")
        )
        cls.line = cls.document.line_ids[0]
        cls.parked = cls.document.parked_line_ids

    def test_who_may_upload(self):
        content = self.statement(f"K001,{self.letters},2026-01,99")
        for user in (self.manager, self.lead, self.auditor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.upload(content, user=user)
        for number, user in enumerate((self.clerk, self.officer, self.finance)):
            with self.subTest(user=user.login):
                self.assertTrue(self.upload(content + b"\n" * number, user=user))

    def test_who_may_read(self):
        for user in (self.officer, self.finance, self.auditor):
            with self.subTest(user=user.login):
                self.assertEqual(self.line.with_user(user).amount, 1)
                self.assertTrue(self.document.with_user(user).file)
        self.env.invalidate_all()
        for user in (self.manager, self.lead):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.line.with_user(user).read(["amount"])

    def test_a_clerk_reads_own_uploads_parked_rows_and_own_units(self):
        as_clerk = self.line.with_user(self.clerk)
        self.account_a.with_company(self.company).club_unit_id = False
        self.assertEqual(as_clerk.search([]), self.parked)
        self.assertIn("row 3", self.parked.with_user(self.clerk).display_name)
        self.assertFalse(self.document.with_user(self.clerk).search([]))
        content = self.statement(f"K001,{self.letters},2026-01,2")
        own = self.upload(content, user=self.clerk)
        self.assertEqual(as_clerk.search([]), self.parked | own.line_ids)
        self.account_a.with_company(self.company).club_unit_id = self.unit
        self.assertEqual(as_clerk.search_count([]), 3)

    def test_nobody_writes_rows_or_imports_by_rpc(self):
        values = {"import_id": self.document.id, "company_id": self.company.id,
                  "state": "valid"}
        for user in (self.manager, self.clerk, self.officer, self.finance):
            for context in ({}, {"club_lock": True}, {"club_lock": "LOCK"}):
                line = self.line.with_user(user).with_context(**context)
                document = self.document.with_user(user).with_context(**context)
                with self.subTest(user=user.login, **context):
                    for refused in (
                        lambda: line.write({"amount": 1e6}),
                        lambda: line.create(values),
                        lambda: line.unlink(),
                        lambda: document.write({"state": "cancelled"}),
                        lambda: document.write({"line_ids": [(2, line.id)]}),
                        lambda: document.create({"digest": "x", "state": "done"}),
                        lambda: document.unlink(),
                    ):
                        self.assertRaises(AccessError, refused)

    def test_not_even_superuser_code_edits_what_a_row_was_read_as(self):
        with self.assertRaises(AccessError):
            self.line.sudo().amount = 5
        with self.assertRaises(UserError):
            opened(self.line.sudo()).unlink()
        with self.assertRaises(UserError):
            self.document.sudo().unlink()

    def test_who_may_settle_discard_and_cancel(self):
        for user in (self.manager, self.lead, self.auditor):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.settle(self.parked, user=user, account_id=self.account_a.id)
                with self.assertRaises(AccessError):
                    self.parked.with_user(user).action_retry()
        for user in (self.manager, self.lead, self.auditor, self.clerk):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.document.with_user(user).action_cancel()
        wizard = self.env["club.revenue.settle"].with_user(self.clerk).create(
            {"line_ids": self.parked.ids, "reason": "No"}
        )
        with self.assertRaises(AccessError):
            wizard.action_discard()
        self.assertEqual(self.parked.state, "parked")

    def test_another_companys_rows_are_out_of_reach(self):
        other = self.env["res.company"].create({"name": "Other County"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="crm_club.crm_club_group_finance",
            company_id=other.id,
        )
        env = self.env(user=stranger, context={})
        self.assertFalse(env["club.revenue.line"].search([]))
        self.env.invalidate_all()
        upload = env["club.revenue.upload"].create(
            {"company_id": self.company.id, "file": base64.b64encode(b"a,b,c,d")}
        )
        for refused in (
            lambda: self.line.with_env(env).read(["amount"]),
            self.document.with_env(env).action_cancel,
            self.parked.with_env(env).action_retry,
            lambda: env["club.revenue.settle"].create({"line_ids": self.parked.ids}),
            lambda: self.parked.with_env(env)._settle({"month": "2026-01-01"}),
            upload.action_import,
        ):
            self.assertRaises(AccessError, refused)

    def test_each_company_loads_its_own_copy_of_a_file(self):
        other = self.env["res.company"].create({"name": "Other County"})
        self.finance.company_ids += other
        content = self.statement(f"K001,{self.letters},2026-02,7")
        first = self.upload(content)
        both = {"allowed_company_ids": (self.company | other).ids}
        action = (
            self.env(user=self.finance, context=both)["club.revenue.upload"]
            .create({"company_id": other.id, "file": base64.b64encode(content)})
            .action_import()
        )
        twin = first.browse(action["res_id"])
        self.assertEqual(twin.sudo().company_id, other)
        self.assertEqual(first.digest, twin.sudo().digest)

    def test_aliases_belong_to_those_who_settle(self):
        values = {"name": "A", "kind": "account", "account_id": self.account_a.id}
        for number, user in enumerate((self.clerk, self.officer, self.finance)):
            values["name"] = f"A{number}"
            alias = self.env["club.alias"].with_user(user).create(values)
            alias.name = f"B{number}"
            self.assertEqual(alias.key, f"b{number}")
        self.assertTrue(alias.with_user(self.auditor).name)
        for user in (self.auditor, self.manager, self.lead):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                alias.with_user(user).write({"name": "C"})

    def test_a_name_stands_for_one_thing_only(self):
        alias = self.env["club.alias"].create(
            {"name": "One", "kind": "account", "account_id": self.account_a.id}
        )
        for values in (
            {"name": "ONE ", "kind": "account", "account_id": self.account_b.id},
            {"name": "Two", "kind": "account", "category_id": self.categ_letters.id},
            {"name": " ", "kind": "account", "account_id": self.account_b.id},
        ):
            with (
                self.subTest(values),
                self.assertRaises(psycopg2.IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                alias.create(values)


@tagged("post_install", "-at_install")
class TestRevenueTemplate(HttpCase, RevenueCase):
    def test_the_template_is_for_those_who_upload(self):
        url = "/crm_club/revenue/template"
        self.authenticate(self.clerk.login, self.clerk.login)
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        rows = revenue_file.read_statement(response.content, "yuan").rows
        self.assertEqual(len(rows), 2)
        self.authenticate(self.manager.login, self.manager.login)
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(url).status_code, 403)
