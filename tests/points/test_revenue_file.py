import base64
import io
import zipfile
from datetime import date
from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from ...kernel import workbook_rows
from ...models.points import revenue_file, revenue_table
from ...models.record.lock import opened
from ...reports.xlsx.revenue_template import build_template
from .revenue_case import HEADER, RevenueCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-15 10:00:00")
class TestRevenueFile(RevenueCase):
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
                [
                    1001,
                    self.letters,
                    date(2026, 1, 31),
                    0.1 + 0.2,
                ],
                [1001, self.letters, 202602, "1,234.50"],
                [1001, self.letters, "2026-02", "=D4*2"],
                [None, None, None, "=D4*2"],
            )
        )
        self.assertEqual(
            document.line_ids.mapped(lambda line: (line.row, line.state, line.amount)),
            [
                (4, "valid", 0.3),
                (5, "valid", 1234.5),
                (6, "parked", 0),
                (7, "parked", 0),
            ],
        )
        self.assertEqual(document.line_ids[2].fault, "“=D4*2” is not an amount.")
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
            (
                self.statement(good, header="account,category,month,month,amount"),
                "several columns for the month",
            ),
            (
                self.statement(good, header="account,category,month,金额(万元)"),
                "names another unit",
            ),
            (self.statement(good, f'"K001,{self.letters},2026-01,1'), "damaged near"),
            (b"PK\x03\x04 not a workbook", "workbook is damaged"),
            (self._zip({"other.txt": b"x"}), "no Excel workbook"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook"),
            (b"\x00\x01\x02", "neither a workbook"),
        ):
            with self.subTest(reason), self.assertRaisesRegex(UserError, reason):
                self.upload(content or b"", **({} if content else {"file": b" "}))
        self.assertFalse(self.env["club.revenue.import"].search([]))

    def test_files_that_are_too_large_are_refused_whole(self):
        content = self.statement(*[f"K001,{self.letters},2026-01,1"] * 3)
        with patch.object(revenue_table, "MAX_ROWS", 2):
            with self.assertRaisesRegex(UserError, "more than 2 rows"):
                self.upload(content)
        with patch.object(revenue_file, "MAX_BYTES", 20):
            with self.assertRaisesRegex(UserError, "MB"):
                self.upload(content)
        book = self.workbook(*[["K001", self.letters, "2026-01", 1]] * 50)
        for limit in ("UNPACKED_BYTES", "ELEMENTS"):
            with patch.object(workbook_rows, limit, 100):
                with self.assertRaisesRegex(UserError, "unpacks to more than"):
                    self.upload(book)

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

    def test_a_file_with_markup_is_no_page_of_ours(self):
        page = f"<script>alert(1)</script>\n{HEADER}\nK001,{self.letters},2026-01,1\n"
        document = self.upload(page.encode(), filename="x.html")
        self.authenticate(self.finance.login, self.finance.login)
        address = f"/web/content/{document._name}/{document.id}/file"
        response = self.url_open(address)
        self.assertEqual(response.content, page.encode())
        self.assertNotIn("html", response.headers["Content-Type"])
