"""No cell of a spreadsheet starts a formula or a link, whatever people are called."""

import base64
import csv
import io
import json
import zipfile

import openpyxl
from lxml import etree

from odoo import Command
from odoo.http import Request
from odoo.tests import HttpCase, freeze_time, tagged

from ...models.record.lock import opened
from ...reports.xlsx.revenue_template import build_template
from ...reports.xlsx.take_on_book import build_book
from ...reports.xlsx.workbook import DATE, Book, Column
from ..activity.activity_case import ActivityMixin
from ..common import TODAY, ClubCommon
from ..points.revenue_case import RevenueCase
from ..worth.take_on_case import make_sheet

CELL = '<c r="A1"><f>1+1</f><v>2</v></c>'
TEXTS = (
    "=1+1",
    '=HYPERLINK("http://example.com","x")',
    "{=1+1}",
    "@SUM(1+1)",
    "+1+1",
    "-1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "'=1+1",
    "http://example.com",
    "ftp://example.com",
    "mailto:a@example.com",
    "internal:Sheet1!A1",
    "external:c:\\x.xlsx",
    "<r><t>x</t></r>",
    f"<r><t>x</t></r></is></c>{CELL}<r></r>",
    f"</t></is></c>{CELL}",
    "]]>&lt;![CDATA[",
    "<!DOCTYPE x>",
    "\u202egnp.exe\u200b",
    "History",
    "'quoted'",
    "x" * 30 + "'x",
    "\U0001f9e8" * 40,
)
# Excel writes control characters in a form of its own; that they don't break is all.
UNPRINTABLE = ("\x01\x0b=1", "\ufffe\uffff=1", "_x003D_1")
BUILT = ("=1+1", "<r><t>x</t></r>", "http://example.com", "x" * 30 + "'\x01")


class ExportCase:
    """What holds for every spreadsheet."""

    def _read(self, content):
        """Return all texts of a workbook, which holds neither formulas nor links."""
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            for name in container.namelist():
                self.assertNotIn("externalLink", name)
                root = etree.fromstring(container.read(name))
                kinds = {etree.QName(node).localname for node in root.iter()}
                self.assertFalse(kinds & {"f", "hyperlink", "hyperlinks"}, name)
                self.assertNotIn(b'TargetMode="External"', container.read(name))
        book = openpyxl.load_workbook(io.BytesIO(content))
        for sheet in book:
            self.assertLessEqual(len(sheet.title.encode("utf-16-le")) // 2, 31)
            self.assertFalse(sheet.title.startswith("'") or sheet.title.endswith("'"))
        cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
        self.assertNotIn("f", {cell.data_type for cell in cells})
        self.assertFalse([cell for cell in cells if cell.hyperlink])
        return [cell.value for cell in cells if isinstance(cell.value, str)]


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestHostileExports(ActivityMixin, ExportCase, ClubCommon):
    """Rule E4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_revenue(cls.account_a, 60_000)

    def test_a_text_stays_as_it_is(self):
        book = Book()
        for text in (*TEXTS, *UNPRINTABLE):
            sheet = book.sheet(text)
            sheet.title(text)
            sheet.pair(text, text)
            sheet.header((Column(text), Column(text)))
            sheet.row((text, text), bold=True)
            sheet.table((Column(text), Column(text)), [(text, text)])
        found = self._read(book.close())
        for text in TEXTS:
            with self.subTest(text):
                # A line break is one, however it is written.
                self.assertEqual(found.count(text.replace("\r", "\n")), 11)

    def test_what_does_not_fit_is_cut_or_written_as_text(self):
        book = Book()
        sheet = book.sheet("x")
        sheet.title("\U0001f9e8" * 20_000)
        sheet.header((Column("On", kind=DATE),))
        sheet.row((TODAY.replace(year=1),))
        found = self._read(book.close())
        self.assertEqual(found[0], "\U0001f9e8" * 16_383)
        self.assertEqual(found[2], "0001-04-10")

    def test_every_builder(self):
        self._post_run()
        requalification = self.env["club.requalification"].create(
            {
                "program_id": self.program.id,
                "date_from": "2026-12-01",
                "date_to": "2027-12-31",
            }
        )
        requalification.action_prepare()
        self._set_up_activities()
        what_if = self.env["club.what.if"].create({"program_id": self.program.id})
        for line in what_if.tier_line_ids:
            line.points_from *= 3
        what_if.action_compute()
        plan = self.env["club.plan"].create(
            {
                "line_ids": [
                    Command.create(
                        {
                            "type_id": self.env["club.activity.type"]
                            .search([("company_id", "=", self.company.id)], limit=1)
                            .id,
                            "organiser": "unit",
                            "unit_id": self.unit.id,
                        }
                    )
                ]
            }
        )
        activity = self._draw_up(1)
        guest = self.env["res.partner"].create(
            {"name": "Guest", "parent_id": self.account_a.id}
        )
        opened(self.env["club.invitation"]).create(
            {"activity_id": activity.id, "contact_id": guest.id}
        )
        logs = self.env["club.contact.log"].create(
            {"account_id": self.account_a.id, "conversation": "Rates"}
        )
        guest.phone = "+86 138 0013 8000"
        self.env["club.contact.profile"].create(
            {
                "contact_id": guest.id,
                "consent_ids": [Command.create({"channel": "sms", "answer": "given"})],
            }
        )
        occasion = self.env["club.occasion"].create(
            {
                "name": "Feast",
                "kind": "set",
                "owner_level": "head",
                "text": "{account}",
                "day_ids": [Command.create({"date": TODAY})],
            }
        )
        greeting = self.env["club.greeting"].create(
            {"occasion_id": occasion.id, "date": TODAY}
        )
        greeting.action_prepare()
        sheet = make_sheet(accounts=[{"name": "=1+1", "unit": "Nowhere"}])
        take_on = self.env["club.take.on"].create(
            {"program_id": self.program.id, "file": base64.b64encode(sheet)}
        )
        gifts = self.env["club.gift.list"].create(
            {
                "purpose": "Feast",
                "gift_ids": [
                    Command.create({"account_id": self.account_a.id, "item": "Tea"})
                ],
            }
        )
        batch = self.env["club.voucher.batch"].create(
            {
                "partner_id": self.account_a.id,
                "subject": "=1+1",
                "quantity": 1,
                "date_from": TODAY,
                "date_to": TODAY,
            }
        )
        batch.action_issue()
        sources = {
            "vouchers": self.env["club.voucher"].search([("batch_id", "=", batch.id)]),
            "take_on": take_on,
            "gifts": gifts,
            "greeting": greeting.line_ids,
            "managers": self.env["club.manager.report"].create({}),
            "year": self.env["club.year.report"].create({}),
            "roster": self.env["club.membership"].search([]),
            "statement": self.account_a,
            "rate_book": self.program,
            "requalification": requalification,
            "what_if": what_if,
            "plan": plan,
            **dict.fromkeys(("contact_log", "visit_record"), logs),
            **dict.fromkeys(("activities", "guest_list", "satisfaction"), activity),
        }
        self.env["club.figure.year"]._refresh(self.company, TODAY.year)
        builders = self.env["club.xlsx"]._get_builders()
        self.assertEqual(set(sources), set(builders))
        renamed = (
            self.account_a,
            self.categ_letters,
            self.unit,
            self.program,
            self.grade,
            self.membership,
            *self.program.group_ids.tier_ids,
            self.manager.partner_id,
        )
        for text in BUILT:
            for record in renamed:
                record.name = text
            self.account_a.ref = text
            self.env.flush_all()
            for kind, records in sources.items():
                with self.subTest(kind, text=text):
                    builder = self.env[builders[kind]]
                    found = self._read(builder._build(records))
                    self.assertIn(text.replace("\x01", "_x0001_"), found)
                    self.assertTrue(builder._get_file_name(records))

    def test_the_template(self):
        self._read(build_template(self.env))
        self._read(build_book(self.env))


@tagged("post_install", "-at_install")
class TestListExport(ExportCase, RevenueCase, HttpCase):
    """Odoo's own export of our lists."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finance.group_ids |= cls.env.ref("base.group_allow_export")

    def _export(self, kind, model, records, fields, **values):
        self.authenticate(self.finance.login, self.finance.login)
        labels = {"raw_account": "=1+1" if kind == "xlsx" else "Account"}
        request = {
            "model": model,
            "fields": [
                {"name": name, "label": labels.get(name, name), "type": "char"}
                for name in fields
            ],
            "ids": records.ids,
            "domain": [],
            "import_compat": False,
            **values,
        }
        response = self.url_open(
            f"/web/export/{kind}",
            data={
                "data": json.dumps(request),
                "csrf_token": Request.csrf_token(self),
            },
        )
        self.assertEqual(response.status_code, 200)
        return response.content

    def _parked(self):
        quoted = [text.replace('"', '""') for text in TEXTS]
        rows = [f'"{text}",{self.letters},2026-01,1' for text in quoted]
        document = self.upload(self.statement(*rows))
        self.assertEqual(document.parked_count, len(TEXTS))
        self.env.flush_all()
        return document.parked_line_ids

    def test_parked_rows_as_a_workbook(self):
        lines = self._parked()
        names = ["display_name", "raw_account", "fault", "amount"]
        found = self._read(self._export("xlsx", lines._name, lines, names))
        for text in TEXTS:
            # Blanks around a name are taken off when it is read.
            self.assertIn(text.strip().replace("\r", " "), found)

    def test_parked_rows_in_groups(self):
        lines = self._parked()
        names = ["raw_account", "amount"]
        found = self._read(
            self._export("xlsx", lines._name, lines, names, groupby=["raw_account"])
        )
        self.assertTrue([text for text in found if text.startswith("=1+1 (")], found)

    def test_parked_rows_as_text(self):
        lines = self._parked()
        content = self._export("csv", lines._name, lines, ["raw_account"]).decode()
        starts = {line[1:2] for line in content.splitlines() if line.startswith('"')}
        self.assertFalse(starts & set("=+-@\t"), starts)
        self.assertIn('"\'@SUM(1+1)"', content)

    def test_partners_and_other_lists_as_text(self):
        """What somebody typed into the club's lists is in Odoo's own, too."""
        starts = ("=1+1", "@SUM(1+1)", "+1", "-1", "\t=1", "\r=1", "＝1", "＠SUM(1)")
        partners = self.env["res.partner"].create(
            [{"name": "Li", "comment": "x", "ref": text} for text in starts]
        )
        leads = self.env["crm.lead"].create(
            [{"name": text, "user_id": self.finance.id} for text in starts]
        )
        self.finance.group_ids |= self.env.ref("sales_team.group_sale_salesman")
        for records, name in ((partners, "ref"), (leads, "name")):
            content = self._export("csv", records._name, records, [name]).decode()
            rows = list(csv.reader(io.StringIO(content, newline="")))[1:]
            with self.subTest(records._name):
                self.assertEqual(len(rows), len(starts))
                self.assertEqual({row[0][:1] for row in rows}, {"'"}, rows)
            found = self._read(self._export("xlsx", records._name, records, [name]))
            self.assertIn("@SUM(1+1)", found)
