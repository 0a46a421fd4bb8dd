import io
from datetime import date, timedelta

import openpyxl
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...kernel.voucher_codes import read_code, show_code
from ..common import TODAY, ClubCommon
from .voucher_case import LAST_DAY, VoucherMixin

DAY = timedelta(1)


class VoucherCase(VoucherMixin, ClubCommon):
    """Three vouchers of Harbour Bank, out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.batch = cls._issue()
        cls.vouchers = cls._get_vouchers(cls.batch)
        cls.voucher = cls.vouchers[0]

    def _add_membership(self, account, first, last=date(2027, 4, 9)):
        tier = self.membership.tier_ids[0]
        row = {"account_id": account.id, "group_id": tier.group_id.id}
        row |= {"tier_id": tier.id, "date_from": first, "date_to": last}
        row |= {"origin": "opening"}
        self.env["club.membership"]._insert(self.program, [row])


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestVoucherBatch(VoucherCase):
    """Rule D19: vouchers are issued in batches, for good."""

    def test_issuing_makes_them_with_numbers_and_codes(self):
        self.assertRecordValues(
            self.batch,
            [
                {
                    "state": "issued",
                    "issued_on": TODAY,
                    "issued_by_id": self.officer.id,
                    "issued_count": 3,
                    "redeemed_count": 0,
                }
            ],
        )
        self.assertEqual(
            self.vouchers.mapped("name"),
            [f"{self.batch.name}-0000{number}" for number in (1, 2, 3)],
        )
        codes = self.vouchers.mapped("code")
        self.assertEqual([read_code(code) for code in codes], codes)
        self.assertEqual(len({*codes}), 3)
        self.assertRecordValues(
            self.voucher,
            [
                {
                    "state": "issued",
                    "progress": "issued",
                    "company_id": self.company.id,
                    "partner_id": self.batch.partner_id.id,
                    "value": 50,
                    "date_from": TODAY,
                    "date_to": LAST_DAY,
                    "issued_on": TODAY,
                }
            ],
        )

    def test_ten_thousand_take_no_more_queries_than_ten(self):
        few, many = self._draw_up_batch(10), self._draw_up_batch(10_000)
        self.env.flush_all()
        counts = []
        for batch in (few, many):
            before = self.env.cr.sql_log_count
            batch.action_issue()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertEqual(len({*self._get_vouchers(many).mapped("code")}), 10_000)

    def test_batches_issued_together_count_each_from_one(self):
        both = self._draw_up_batch(1) | self._draw_up_batch(2)
        both.action_issue()
        names = [self._get_vouchers(batch).mapped("name") for batch in both]
        self.assertEqual(
            names,
            [
                [f"{both[0].name}-00001"],
                [f"{both[1].name}-00001", f"{both[1].name}-00002"],
            ],
        )

    def test_a_batch_is_issued_once(self):
        with self.assertRaisesRegex(UserError, "this step is for “Draft”"):
            self.batch.action_issue()
        self.assertEqual(len(self._get_vouchers(self.batch)), 3)

    def test_bounds(self):
        for values, error in (
            ({"quantity": 0}, CheckViolation),
            ({"quantity": 20_001}, CheckViolation),
            ({"value": -0.01}, CheckViolation),
            ({"date_to": TODAY - DAY}, CheckViolation),
            ({"subject": " \u200b"}, "good for"),
        ):
            with self.subTest(values):
                if isinstance(error, str):
                    with self.assertRaisesRegex(ValidationError, error):
                        self._draw_up_batch(**values)
                    continue
                with (
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(error),
                    self.env.cr.savepoint(),
                ):
                    self._draw_up_batch(**values)

    def test_the_last_day_is_not_over_when_it_is_issued(self):
        self._issue(date_from=TODAY - DAY, date_to=TODAY)
        late = self._draw_up_batch(date_from=TODAY - DAY, date_to=TODAY - DAY)
        with self.assertRaisesRegex(UserError, "which is over"):
            late.action_issue()

    def test_what_is_issued_stays(self):
        for values in (
            {"quantity": 4},
            {"value": 1},
            {"date_to": LAST_DAY + DAY},
            {"partner_id": self.account_a.id},
            {"company_id": self.env.ref("base.main_company").id},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                self.batch.write(values)
        with self.assertRaisesRegex(UserError, "was issued and stays"):
            self.batch.unlink()
        self._draw_up_batch().unlink()

    def test_nobody_writes_vouchers(self):
        """Rule D19, over RPC: as an officer, who may do most."""
        vouchers = self._as(self.officer, "club.voucher")
        voucher = vouchers.browse(self.voucher.id)
        for values in (
            {"state": "redeemed"},
            {"account_id": self.account_a.id},
            {"redeemed_on": TODAY},
            {"code": "AAAAAAAAAA"},
            {"value": 1_000},
            {"date_to": LAST_DAY + DAY},
            {"batch_id": self._draw_up_batch().id},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                voucher.write(values)
        with self.assertRaises(UserError):
            voucher.copy()
        with self.assertRaises(UserError):
            voucher.unlink()
        with self.assertRaises(UserError):
            self.batch.write(
                {"voucher_ids": [Command.create({"name": "x", "code": "AAAAAAAAAA"})]}
            )
        with self.assertRaises(UserError):
            vouchers.create({"batch_id": self.batch.id, "name": "x", "code": "x"})

    def test_cancelling_a_batch_leaves_what_was_redeemed(self):
        self._redeem(self.voucher.code)
        with self.assertRaisesRegex(UserError, "Enter why"):
            self.batch.action_cancel()
        self.batch.cancel_reason = "The bank gives them away no more"
        self.batch.action_cancel()
        self.assertEqual(
            self.vouchers.mapped("state"), ["redeemed", "cancelled", "cancelled"]
        )
        self.assertRecordValues(
            self.vouchers[1],
            [
                {
                    "cancelled_on": TODAY,
                    "cancelled_by_id": self.officer.id,
                    "cancel_reason": "The bank gives them away no more",
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "is Cancelled and stays"):
            self.batch.cancel_reason = "Another one"

    def test_the_partner_of_a_batch_is_merged(self):
        other = self._create_channel("Harbour Bank Ltd")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.batch.partner_id | other).ids, other)
        self.assertEqual(self.batch.partner_id, other)
        self.assertEqual(self.vouchers.partner_id, other)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestVoucherRedeemed(VoucherCase):
    """Rule D19: redeemed once, by who has the paper, on a day that it is valid."""

    def test_it_is_redeemed_by_its_code_however_it_is_typed(self):
        shown = show_code(self.voucher.code)
        redeemed = self._redeem(f" {shown.lower()} ")
        self.assertEqual(redeemed, self.voucher)
        self.assertRecordValues(
            self.voucher,
            [
                {
                    "state": "redeemed",
                    "progress": "redeemed",
                    "redeemed_on": TODAY,
                    "redeemed_by_id": self.manager.id,
                    "account_id": False,
                }
            ],
        )
        self.assertEqual(self.batch.redeemed_count, 1)
        self.assertFalse(self.env["club.voucher.redemption"].search([]))

    def test_once(self):
        self._redeem(self.voucher.code)
        for user in (self.manager, self.officer):
            with self.assertRaisesRegex(UserError, "was redeemed on"):
                self._redeem(self.voucher.code, user)

    def test_a_slip_is_told_from_a_code_that_is_not_there(self):
        code = self.voucher.code
        wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
        for text in (wrong, code[:-1], "", self.voucher.name):
            with (
                self.subTest(text),
                self.assertRaisesRegex(UserError, "isn't the code"),
            ):
                self._redeem(text or " ")
        with self.assertRaisesRegex(UserError, "has issued no voucher"):
            self._redeem("AAAAAAAAAA")

    def test_days_on_which_it_is_valid(self):
        codes = self.vouchers.mapped("code")
        with freeze_time(TODAY - DAY), self.assertRaisesRegex(UserError, "from"):
            self._redeem(codes[0])
        self._redeem(codes[0])
        with freeze_time(LAST_DAY):
            self._redeem(codes[1])
        with freeze_time(LAST_DAY + DAY), self.assertRaisesRegex(UserError, "until"):
            self._redeem(codes[2])

    def test_the_day_is_the_companys(self):
        """Four in the afternoon of the last day in Greenwich is the day after here."""
        codes = self.vouchers.mapped("code")
        with freeze_time(f"{LAST_DAY} 15:59:59"):
            self._redeem(codes[0])
        with (
            freeze_time(f"{LAST_DAY} 16:00:00"),
            self.assertRaisesRegex(UserError, "until"),
        ):
            self._redeem(codes[1])

    def test_a_cancelled_voucher_says_why(self):
        voucher = self.voucher.with_user(self.officer)
        with self.assertRaisesRegex(UserError, "Enter why"):
            voucher.action_cancel()
        voucher.cancel_reason = "Lost"
        voucher.action_cancel()
        with self.assertRaisesRegex(UserError, "was cancelled on .*: Lost"):
            self._redeem(self.voucher.code)
        self.assertEqual(self.voucher.progress, "cancelled")
        self.assertEqual(self.batch.issued_count, 2)

    def test_who_redeems(self):
        for user, code in zip(
            (self.lead, self.officer), self.vouchers.mapped("code"), strict=False
        ):
            self._redeem(code, user)
        with self.assertRaises(AccessError):
            self._redeem(self.vouchers[2].code, self.auditor)

    def test_an_account_that_one_looks_after(self):
        redeemed = self._redeem(self.voucher.code, account=self.account_a)
        self.assertEqual(redeemed.account_id, self.account_a)
        with self.assertRaisesRegex(AccessError, "don't look after Beacon Foods"):
            self._redeem(self.vouchers[1].code, account=self.account_b)
        self.assertEqual(self.vouchers[1].state, "issued")

    def test_one_of_an_accounts_people_stands_for_it(self):
        person = self.env["res.partner"].create(
            {"name": "Ms Lin", "parent_id": self.account_a.id}
        )
        redeemed = self._redeem(self.voucher.code, account=person)
        self.assertEqual(redeemed.account_id, self.account_a)

    def test_only_accounts_cost_something(self):
        self._redeem(self.vouchers[0].code)
        self._redeem(self.vouchers[1].code, account=self.account_a)
        self.env.flush_all()
        self.assertEqual(
            self.env.execute_query(self.env["club.voucher"]._get_cost_sql()),
            [
                (
                    *(self.vouchers[1].id, "voucher", self.account_a.id),
                    *(self.company.id, TODAY, 50),
                )
            ],
        )
        cost = self.env["club.account.cost"].search(
            [("account_id", "=", self.account_a.id), ("kind", "=", "voucher")]
        )
        self.assertEqual(cost.mapped("amount"), [50])

    def test_vouchers_of_another_company(self):
        other = self._create_club_company("Far Post")
        self._create_program(other)
        user = self._create_user("user", "far", other)
        with self.assertRaisesRegex(UserError, "Far Post has issued no voucher"):
            self._redeem(self.voucher.code, user)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestVoucherCodes(VoucherCase):
    """Rule D19: whoever can list codes could redeem them, so officers alone do."""

    def test_nobody_else_reads_or_finds_a_code(self):
        self._redeem(self.voucher.code)
        voucher = self._as(self.manager, "club.voucher").browse(self.voucher.id)
        batch = self._as(self.manager, "club.voucher.batch").browse(self.batch.id)
        self.assertEqual(voucher.name, self.voucher.name)
        code = self.voucher.code
        for call in (
            lambda: voucher.read(["code"]),
            lambda: voucher.code,
            lambda: voucher.web_read({"code": {}}),
            lambda: voucher.search([("code", "=", code)]),
            lambda: voucher.search([], order="code"),
            lambda: voucher.formatted_read_group([], ["code"]),
            lambda: batch.search([("voucher_ids.code", "=like", "A%")]),
            lambda: voucher.name_search("x", [("code", "=", code)]),
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertNotIn("code", voucher.read()[0])
        self.assertNotIn("code", voucher.fields_get())
        for user in (self.lead, self.finance, self.auditor):
            with self.assertRaises(AccessError):
                self._as(user, "club.voucher").browse(self.vouchers.ids).read(["code"])

    def test_a_manager_sees_what_he_redeemed_and_his_accounts(self):
        self._redeem(self.vouchers[0].code)
        self._redeem(self.vouchers[1].code, self.officer, self.account_a)
        self._redeem(self.vouchers[2].code, self.officer, self.account_b)
        self.assertEqual(
            self._as(self.manager, "club.voucher").search([]), self.vouchers[:2][::-1]
        )

    def test_only_officers_print_and_export(self):
        self._redeem(self.voucher.code)
        sheets = "report.crm_club.club_voucher_sheets"
        for user in (self.manager, self.finance, self.auditor):
            vouchers = self._as(user, "club.voucher").browse(self.vouchers.ids)
            batch = self._as(user, "club.voucher.batch").browse(self.batch.id)
            for call in (
                batch.action_print,
                batch.action_export,
                vouchers.action_print,
                lambda u=user, v=vouchers: self._as(u, sheets)._get_papers(v, {}),
                lambda u=user, v=vouchers: self._as(u, "club.xlsx.voucher")._build(v),
            ):
                with self.assertRaises(AccessError):
                    call()
        printed = self._as(self.officer, sheets)._get_papers(
            self._as(self.officer, "club.voucher").browse(self.vouchers.ids), {}
        )
        self.assertEqual(
            [(paper.number, paper.code) for paper in printed],
            [(voucher.name, voucher.code) for voucher in self.vouchers[1:]],
        )

    def test_the_sheet_for_the_printer(self):
        self._redeem(self.voucher.code)
        builder = self._as(self.officer, "club.xlsx.voucher")
        records = self._as(self.officer, "club.voucher").browse(self.vouchers.ids)
        sheet = openpyxl.load_workbook(io.BytesIO(builder._build(records))).active
        rows = [row[:4] for row in sheet.iter_rows(values_only=True)]
        self.assertEqual(
            rows[-2:],
            [
                (place, voucher.name, show_code(voucher.code), voucher.code)
                for place, voucher in enumerate(self.vouchers[1:], 1)
            ],
        )
        self.batch.cancel_reason = "Over"
        self.batch.action_cancel()
        with self.assertRaisesRegex(UserError, "no vouchers that are still out"):
            self.batch.action_export()

    def test_the_paper_has_code_and_terms_and_no_table(self):
        """Papers draw lines around tables, and they took the room of the terms."""
        page, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.officer)
            ._render_qweb_html("crm_club.club_voucher_sheets", self.voucher.ids)
        )
        text = page.decode()
        self.assertIn(show_code(self.voucher.code), text)
        self.assertIn("A month of city courier", text)
        self.assertNotIn("<table", text)

    def test_a_print_has_a_limit(self):
        batch = self._issue(1_001)
        with self.assertRaisesRegex(UserError, "1001 vouchers"):
            batch.action_print()


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestVoucherConversion(VoucherCase):
    """Rule D19: what became of it follows from the lead's account."""

    def _make_lead(self, voucher, user=None):
        voucher = self._as(user or self.manager, "club.voucher").browse(voucher.id)
        action = voucher.action_make_lead()
        return self.env["crm.lead"].browse(action["res_id"])

    def test_a_redeemed_voucher_becomes_a_lead_once(self):
        with self.assertRaises(UserError):
            self._make_lead(self.voucher, self.officer)
        self._redeem(self.voucher.code)
        lead = self._make_lead(self.voucher)
        self.assertEqual(lead.company_id, self.company)
        self.assertIn(self.voucher.name, lead.name)
        self.assertRecordValues(
            lead.with_user(self.officer),
            [
                {
                    "club_source": "channel",
                    "club_referrer_partner_id": self.batch.partner_id.id,
                }
            ],
        )
        self.assertEqual(self._make_lead(self.voucher), lead)
        self.assertEqual(self.voucher.progress, "lead")
        self.assertEqual((self.batch.redeemed_count, self.batch.lead_count), (1, 1))

    def test_a_partner_who_redeems_it_himself_brought_nobody(self):
        batch = self._issue(1, partner=self.account_a)
        voucher = self._get_vouchers(batch)
        self._redeem(voucher.code, account=self.account_a)
        self.assertFalse(self._make_lead(voucher).sudo().club_source)

    def test_redeemed_and_made_a_lead_in_one_step(self):
        dialog = self._as(self.manager, "club.voucher.redemption").create(
            {
                "code": self.voucher.code,
                "customer": "Cape Trading",
                "contact": "Mr Hu",
                "phone": "0574 1234",
            }
        )
        lead = self.env["crm.lead"].browse(dialog.action_redeem_lead()["res_id"])
        self.assertRecordValues(
            lead,
            [
                {
                    "partner_name": "Cape Trading",
                    "contact_name": "Mr Hu",
                    "phone": "0574 1234",
                    "partner_id": False,
                }
            ],
        )
        self.assertEqual(self.voucher.lead_id, lead)

    def test_the_account_becomes_a_member(self):
        """On the day of redeeming or later; who was one before didn't become one."""
        accounts = self._create_accounts(["New A", "New B", "New C"])
        for voucher, account in zip(self.vouchers, accounts, strict=True):
            self._redeem(voucher.code)
            self._make_lead(voucher).partner_id = account
        self._add_membership(accounts[0], TODAY)
        self._add_membership(accounts[1], TODAY - DAY)
        self._add_membership(accounts[2], TODAY + DAY)
        self.env.invalidate_all()
        self.assertEqual(self.vouchers.mapped("progress"), ["member", "lead", "lead"])
        with freeze_time(TODAY + DAY):
            self.env.invalidate_all()
            self.assertEqual(
                self.vouchers.mapped("progress"), ["member", "lead", "member"]
            )
            self.assertEqual(self.batch.member_count, 2)

    def test_who_was_a_member_once_and_comes_back_became_one(self):
        self._redeem(self.voucher.code)
        self._make_lead(self.voucher).partner_id = self.account_b
        grace = self.program.grace_days
        last = TODAY - timedelta(grace + 1)
        self._add_membership(self.account_b, TODAY - timedelta(365), last)
        self._add_membership(self.account_b, TODAY)
        self.env.invalidate_all()
        self.assertEqual(self.voucher.progress, "member")

    def test_rates_per_partner_batch_and_month(self):
        self._issue(1, partner=self._create_channel("Quay Hotel"))
        self._redeem(self.vouchers[0].code)
        self._make_lead(self.vouchers[0])
        self._redeem(self.vouchers[1].code)
        self.vouchers[2].with_user(self.officer).cancel_reason = "Lost"
        self.vouchers[2].with_user(self.officer).action_cancel()
        self.env.flush_all()
        rows = self._as(self.officer, "club.voucher.conversion").formatted_read_group(
            [("company_id", "=", self.company.id)],
            ["partner_id"],
            [
                *("issued:sum", "redeemed:sum", "redeemed_rate:avg"),
                *("leads:sum", "lead_rate:avg", "members:sum"),
            ],
        )
        found = {
            row["partner_id"][1]: [
                *(row["issued:sum"], row["redeemed:sum"], row["redeemed_rate:avg"]),
                *(row["leads:sum"], row["lead_rate:avg"], row["members:sum"]),
            ]
            for row in rows
        }
        self.assertEqual(
            found,
            {"Harbour Bank": [2, 2, 100, 1, 50, 0], "Quay Hotel": [1, 0, 0, 0, 0, 0]},
        )

    def test_found_by_what_became_of_them(self):
        self._redeem(self.vouchers[0].code)
        self._redeem(self.vouchers[1].code)
        self._make_lead(self.vouchers[1])
        vouchers = self.env["club.voucher"].with_context(
            allowed_company_ids=self.company.ids
        )
        mine = [("batch_id", "=", self.batch.id)]
        for progress, expected in (
            ("redeemed", self.vouchers[0]),
            ("lead", self.vouchers[1]),
            ("issued", self.vouchers[2]),
            ("expired", self.vouchers.browse()),
        ):
            found = vouchers.search([*mine, ("progress", "=", progress)])
            self.assertEqual(found, expected, progress)
        with freeze_time(LAST_DAY + DAY):
            self.assertEqual(
                vouchers.search([*mine, ("progress", "=", "expired")]),
                self.vouchers[2],
            )
            self.assertEqual(
                vouchers.search_count([*mine, ("progress", "!=", "expired")]), 2
            )

    def test_leads_that_are_merged_keep_their_vouchers(self):
        leads = self.env["crm.lead"]
        for voucher in self.vouchers[:2]:
            self._redeem(voucher.code)
            leads |= self._make_lead(voucher)
        left = leads.merge_opportunity()
        self.assertEqual(self.vouchers[:2].lead_id, left)
        self.assertEqual(self.batch.lead_count, 2)
