import base64
from itertools import product

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ...models.record.lock import opened
from .revenue_case import RevenueCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-15 10:00:00")
class TestRevenueAccess(RevenueCase):
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
        values = {
            "import_id": self.document.id,
            "company_id": self.company.id,
            "state": "valid",
        }
        contexts = ({}, {"club_lock": True}, {"club_lock": "LOCK"})
        users = (self.manager, self.clerk, self.officer, self.finance, self.auditor)
        for user, context in product(users, contexts):
            line = self.line.with_user(user).with_context(**context)
            document = self.document.with_user(user).with_context(**context)
            for method, *arguments in (
                (line.write, {"amount": 1e6}),
                (line.create, values),
                (line.unlink,),
                (document.write, {"state": "cancelled"}),
                (document.write, {"line_ids": [Command.delete(line.id)]}),
                (document.create, {"digest": "x", "state": "done"}),
                (document.unlink,),
            ):
                with self.subTest(user.login, method=method.__name__, **context):
                    self.assertRaises(AccessError, method, *arguments)

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
        wizard = (
            self.env["club.revenue.settle"]
            .with_user(self.clerk)
            .create({"line_ids": self.parked.ids, "reason": "No"})
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
        upload = {"company_id": self.company.id, "file": base64.b64encode(b"a,b,c,d")}
        for refused in (
            lambda: self.line.with_env(env).read(["amount"]),
            self.document.with_env(env).action_cancel,
            self.parked.with_env(env).action_retry,
            lambda: env["club.revenue.settle"].create({"line_ids": self.parked.ids}),
            lambda: self.parked.with_env(env)._settle({"month": "2026-01-01"}),
            lambda: env["club.revenue.upload"].create(upload),
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
            self.assertEqual(alias.key, f"a{number}")
        for number, user in enumerate((self.officer, self.finance)):
            alias.with_user(user).name = f"B{number}"
            self.assertEqual(alias.key, f"b{number}")
        self.assertTrue(alias.with_user(self.auditor).name)
        for user in (self.auditor, self.manager, self.lead, self.clerk):
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
                mute_logger("odoo.sql_db"),
                self.subTest(values),
                self.assertRaises(psycopg2.IntegrityError),
            ):
                alias.create(values)
