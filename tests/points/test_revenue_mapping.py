"""Which heading is which column is asked once for each sender. Rule B15."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from ...models.points import club_revenue_import
from ...models.points.revenue_file import Statement
from ...models.points.revenue_refusal import NeedsMapping, NeedsYear
from ...models.points.revenue_table import Row
from .revenue_case import RevenueCase

DIALOG, DOCUMENT = "club.revenue.upload", "club.revenue.import"
HEADINGS = ["往来单位", "", "类型", "所属月", "数额", "备注"]
PROPOSED = {"account": ["往来单位"], "month": ["所属月"]}
RIGHT = {**PROPOSED, "category": ["类型"], "amount": ["数额"]}


@tagged("post_install", "-at_install")
@freeze_time("2026-03-15 10:00:00")
class TestRevenueMapping(RevenueCase):
    def setUp(self):
        super().setUp()
        self.headings, self.asked = HEADINGS, []
        self.startPatcher(
            patch.object(club_revenue_import, "read_statement", self.answer)
        )

    def answer(self, content, unit, mapping=None, year=None):
        """Read a file whose headings say nothing."""
        self.asked.append(mapping)
        if b"no year" in content and not year:
            raise NeedsYear("Say the year.")
        if not mapping or not {*RIGHT} <= {*mapping}:
            raise NeedsMapping("Say which column is which.", self.headings, PROPOSED)
        amount = "7" if mapping["amount"] == ["数额"] else "9"
        row = Row(2, "K001", "", self.letters, f"{year or 2026}-01", amount)
        return Statement("csv", "utf-8", ",", [row], tuple(self.headings), mapping)

    def look(self, content=b"a", **values):
        dialog = self.open_upload(content, **values)
        dialog.action_preview()
        return dialog

    def choose(self, dialog, mapping=RIGHT):
        read_as = {text: column for column, texts in mapping.items() for text in texts}
        for line in dialog.column_ids:
            line.column = read_as.get(line.heading)

    def test_the_columns_are_asked_with_a_proposal(self):
        dialog = self.look()
        self.assertEqual(
            (dialog.asks, dialog.question), ("columns", "Say which column is which.")
        )
        self.assertFalse(dialog.told or dialog.preview)
        self.assertEqual(
            [(line.heading, line.column) for line in dialog.column_ids],
            [
                *[("往来单位", "account"), ("类型", False), ("所属月", "month")],
                *[("数额", False), ("备注", False)],
            ],
        )
        with self.assertRaisesRegex(UserError, "which column"):
            dialog.action_import()
        self.assertFalse(self.env[DOCUMENT].search([]))

    def test_what_is_chosen_is_remembered_once_the_file_is_imported(self):
        dialog = self.look()
        form = Form(dialog)
        for number, column in ((1, "category"), (3, "amount")):
            with form.column_ids.edit(number) as line:
                line.column = column
        form.save().action_preview()
        self.assertTrue(dialog.told and not dialog.asks)
        mappings = self.env["club.revenue.mapping"]
        self.assertFalse(mappings.search([]), "only a preview")
        document = dialog.action_import()
        self.assertEqual(document["res_model"], DOCUMENT)
        self.assertEqual(self.facts(self.account_a), 7)
        mapping = mappings.search([])
        self.assertEqual((mapping.mapping, mapping.user_id), (RIGHT, self.finance))
        self.assertIn("category: 类型", mapping.columns)
        # Next month's file goes straight through, for another user as well.
        later = self.look(b"b", user=self.clerk)
        self.assertFalse(later.asks)
        self.assertIn(f"03/15/2026 by {self.finance.name}", later.mapping_note)
        later.reason = "Another delivery"
        self.assertEqual(later.action_add()["res_model"], DOCUMENT)
        self.assertEqual(self.facts(self.account_a), 14)
        self.assertEqual(mappings.search([]).user_id, self.finance)

    def test_the_order_of_the_headings_does_not_matter(self):
        self.remember()
        self.headings = [*reversed(HEADINGS)]
        self.assertTrue(self.look(b"b").told)
        self.headings = [*HEADINGS, "Another"]
        self.assertEqual(self.look(b"c").asks, "columns")

    def remember(self):
        dialog = self.look()
        self.choose(dialog)
        dialog.action_preview()
        dialog.action_import()
        return self.env["club.revenue.mapping"].search([])

    def test_what_is_remembered_is_changed_in_the_preview(self):
        mapping = self.remember()
        later = self.look(b"b", user=self.clerk)
        self.assertEqual(later.column_ids[3].column, "amount")
        self.choose(later, {**RIGHT, "amount": ["备注"]})
        later.action_preview()
        self.assertFalse(later.mapping_note)
        self.assertEqual(mapping.mapping, RIGHT)
        later.reason = "Another delivery"
        later.action_add()
        self.assertEqual(self.facts(self.account_a), 7 + 9)
        self.assertEqual(mapping.mapping["amount"], ["备注"])
        self.assertEqual(mapping.user_id, self.clerk)
        logged = (
            self.env["club.change"].sudo().search([("res_model", "=", mapping._name)])
        )
        self.assertIn(self.clerk, logged.create_uid)

    def test_columns_chosen_for_another_file_are_asked_again(self):
        dialog = self.look()
        self.choose(dialog)
        self.headings = ["一", "二"]
        dialog.file = b"Yg=="
        dialog.action_preview()
        self.assertEqual(dialog.asks, "columns")
        self.assertEqual(dialog.column_ids.mapped("heading"), ["一", "二"])

    def test_each_company_has_its_own(self):
        self.remember()
        other = self.env["res.company"].create({"name": "Other County"})
        self.finance.company_ids += other
        both = {"allowed_company_ids": (self.company | other).ids}
        dialog = self.open_upload(b"b").with_context(**both)
        dialog.company_id = other
        dialog.action_preview()
        self.assertEqual(dialog.asks, "columns")
        mappings = self.env["club.revenue.mapping"].with_user(self.finance)
        self.assertFalse(
            mappings.with_context(allowed_company_ids=other.ids).search([])
        )

    def test_the_year_is_asked(self):
        self.remember()
        dialog = self.look(b"no year")
        self.assertEqual((dialog.asks, dialog.question), ("year", "Say the year."))
        self.assertEqual((dialog.year, dialog.told), (2026, False), "only proposed")
        form = Form(dialog)
        form.year = 2025
        form.save().action_preview()
        self.assertTrue(dialog.told)
        dialog.action_import()
        self.assertEqual(
            self.env["club.revenue.line"]
            .search([], order="id desc", limit=1)
            .month.year,
            2025,
        )

    def test_nobody_writes_one(self):
        """Refused over RPC, whoever it is; read by those who load files."""
        mapping = self.remember()
        for user in (self.clerk, self.officer, self.finance):
            self.assertEqual(mapping.with_user(user).mapping, RIGHT)
        for user in (self.manager, self.lead):
            with self.subTest(user.login), self.assertRaises(AccessError):
                mapping.with_user(user).read(["mapping"])
        values = {
            **{"company_id": self.company.id, "key": "x", "headings": "x"},
            **{"mapping": {}, "user_id": self.finance.id, "mapped_on": "2026-01-01"},
        }
        for user in (self.clerk, self.officer, self.finance, self.auditor):
            as_user = mapping.with_user(user)
            for refused in (
                lambda model=as_user: model.write({"mapping": {"account": ["x"]}}),
                lambda model=as_user: model.create(values),
                as_user.unlink,
            ):
                with self.subTest(user.login), self.assertRaises(UserError):
                    refused()
        column = self.look(b"c").column_ids[0]
        with self.assertRaises(AccessError):
            column.heading = "x"
        with self.assertRaises(AccessError):
            column.with_user(self.clerk).column = "month"
