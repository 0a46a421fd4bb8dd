from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from ..invoicing_case import InvoicingCase
from .cooperation_case import CooperationMixin


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestSettlement(CooperationMixin, InvoicingCase):
    """Bills, total in words, and three people. Rules C6, E3."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_cooperation()
        cls.head = cls.signers["key_accounts"]
        cls.contract = cls._take_effect(50_000)
        cls.bills = [cls._bill(1_000), cls._bill(234.57)]

    @classmethod
    def _bill(cls, amount, **values):
        line = {
            "product_id": cls.product_a.id,
            "price_unit": amount,
            "tax_ids": False,
            "club_cooperation_id": cls.contract.id,
            **values,
        }
        bill = cls.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "ref": f"INV {amount}",
                "partner_id": cls.supplier.id,
                "invoice_date": TODAY,
                "invoice_line_ids": [Command.create(line)],
            }
        )
        bill.action_post()
        return bill

    def _draw_up_sheet(self, user=None, **values):
        sheet = (
            self.env["club.settlement"]
            .with_user(user or self.manager)
            .create(
                {
                    "company_id": self.company.id,
                    "cooperation_id": self.contract.id,
                    "unit_id": self.unit.id,
                    "subject": "Gala",
                    **values,
                }
            )
        )
        sheet.action_collect()
        return sheet

    def test_collects_what_is_not_settled_yet(self):
        unbilled = self._call_off(self.contract, 300)
        unbilled.action_confirm()
        billed = self._call_off(self.contract, 100)
        billed.action_confirm()
        self._bill(100, club_calloff_id=billed.id)
        self._call_off(self.contract, 7)  # a draft
        sheet = self._draw_up_sheet()
        self.assertEqual(
            sorted(sheet.line_ids.mapped("amount")), [100, 234.57, 300, 1_000]
        )
        self.assertEqual(sheet.total, 1_634.57)
        sheet.action_collect()
        self.assertEqual(len(sheet.line_ids), 4)
        sheet.action_submit()
        self.assertFalse(self._draw_up_sheet().line_ids)
        sheet.action_withdraw()
        self.assertEqual(len(self._draw_up_sheet().line_ids), 4)

    def test_invoice_column_of_the_sheet_holds_invoices_only(self):
        """A call-off is told with what it was for. Rule E3."""
        unbilled = self._call_off(self.contract, 300)
        unbilled.action_confirm()
        sheet = self._draw_up_sheet()
        paper = self.env["report.crm_club.club_settlement_sheet"]
        (data,) = paper._get_report_values(sheet.ids)["sheets"]
        found = {line.amount: (line.invoice, line.text) for line in data.lines}
        self.assertEqual(found[300], ("", f"{unbilled.name} · An evening"))
        self.assertEqual(found[1_000][0], "INV 1000")

    def test_a_line_is_settled_once(self):
        one, two = self._draw_up_sheet(), self._draw_up_sheet()
        one.action_submit()
        with self._assert_refused(UserError, "another sheet already"):
            two.action_submit()

    def test_what_was_listed_and_taken_back_is_not_settled(self):
        """A call-off that was cancelled since, and a bill that left the contract."""
        calloff = self._call_off(self.contract, 300)
        calloff.action_confirm()
        sheet = self._draw_up_sheet()
        calloff.action_cancel()
        with self._assert_refused(UserError, "isn't any more what was listed"):
            sheet.action_submit()
        sheet.action_collect()
        self.assertNotIn(calloff, sheet.line_ids.calloff_id)
        self.bills[0].invoice_line_ids.club_cooperation_id = False
        with self._assert_refused(UserError, "isn't any more what was listed"):
            sheet.action_submit()
        sheet.action_collect()
        self.assertEqual(sheet.total, 234.57)
        sheet.action_submit()

    def test_what_is_settled_stays_with_its_contract(self):
        """Rule C6: its limit would else be used twice."""
        sheet = self._draw_up_sheet()
        lines = self.bills[0].invoice_line_ids
        lines.club_cooperation_id = False  # a slip, as long as nobody signs it
        lines.club_cooperation_id = self.contract
        sheet.action_submit()
        for values in (
            {"club_cooperation_id": False},
            {"club_cooperation_id": self._take_effect(50_000, purpose="gift").id},
        ):
            with self._assert_refused(UserError, "is settled by"):
                lines.write(values)
        lines.club_cooperation_id = self.contract  # as it is
        sheet.action_withdraw()
        lines.club_cooperation_id = False

    def test_what_changed_since_is_collected_anew(self):
        sheet = self._draw_up_sheet()
        self.bills[0].button_draft()
        with self._assert_refused(UserError, "collect anew"):
            sheet.action_submit()
        sheet.action_collect()
        self.assertEqual(sheet.total, 234.57)
        sheet.action_submit()
        # Under way, too: should its bill have changed, the last signature asks again.
        with self._assert_refused(UserError, "is settled by"):
            self.bills[1].button_draft()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET balance = balance + 1 WHERE id = %s",
            self.bills[1].invoice_line_ids.ids,
        )
        self.env.invalidate_all()
        sheet.with_user(self.finance).action_sign()
        with self._assert_refused(UserError, "collect anew"):
            sheet.with_user(self.head).action_sign()

    def test_preparer_checker_and_approver_are_three(self):
        sheet = self._draw_up_sheet()
        sheet.action_submit()
        for user in (self.manager, self.head, self.officer):
            with self.assertRaises(UserError):
                sheet.with_user(user).action_sign()
        sheet.with_user(self.finance).action_sign()
        with self.assertRaises(UserError):
            sheet.with_user(self.finance).action_sign()
        sheet.with_user(self.head).action_sign()
        self.env.invalidate_all()
        self.assertRecordValues(
            sheet,
            [
                {
                    "approval_state": "done",
                    "preparer_id": self.manager.id,
                    "checker_id": self.finance.id,
                    "approver_id": self.head.id,
                }
            ],
        )

    def test_who_sits_in_both_bodies_signs_once(self):
        """With another seat it goes there; alone he is refused the second time."""
        self.env["club.body.seat"].search(
            [("user_id", "=", self.head.id)]
        ).date_to = "2026-01-01"
        self._create_seat("key_accounts", self.finance)
        sheet = self._draw_up_sheet()
        sheet.action_submit()
        sheet.with_user(self.finance).action_sign()
        with self._assert_refused(UserError, "two people"):
            sheet.with_user(self.finance).action_sign()
        self.env.invalidate_all()
        deputy = self._create_employee("deputy")
        self._create_seat("key_accounts", deputy)
        with self.assertRaises(UserError):
            sheet.with_user(self.finance).action_sign()
        sheet.with_user(deputy).action_sign()
        self.assertEqual(sheet.approval_state, "done")

    def test_finance_that_prepares_does_not_check(self):
        self.unit.sudo().member_ids |= self.finance
        second = self._create_employee("second_in_finance")
        self._create_seat("finance", second)
        sheet = self._draw_up_sheet(user=self.finance)
        sheet.action_submit()
        self.assertEqual(self._get_turns(sheet), [second.login])

    def test_the_split_comes_to_100_and_to_the_total(self):
        thirds = [
            Command.create({"unit_id": self.unit.id, "percent": 33.33}),
            Command.create({"unit_id": self.other_unit.id, "percent": 66.66}),
        ]
        sheet = self._draw_up_sheet(share_ids=thirds)
        with self._assert_refused(UserError, "comes to 99.99 %: it must be 100 %"):
            sheet.action_submit()
        sheet.share_ids[1].percent = 66.67
        self.assertEqual(sheet.share_ids.mapped("amount"), [411.48, 823.09])
        self.assertEqual(round(sum(sheet.share_ids.mapped("amount")), 2), sheet.total)
        sheet.action_submit()
        for act in (
            lambda: sheet.share_ids[0].write({"percent": 1}),
            sheet.share_ids.unlink,
            sheet.line_ids[0].unlink,
            sheet.action_collect,
        ):
            with self.assertRaises(UserError):
                act()

    def test_lines_are_collected_and_not_written(self):
        """Else a sheet would tell of any journal entry by its id."""
        sheet = self._draw_up_sheet()
        line = self.bills[0].invoice_line_ids
        for act in (
            lambda: sheet.line_ids.create(
                {"settlement_id": sheet.id, "move_line_id": line.id}
            ),
            lambda: sheet.write({"line_ids": [Command.create({"name": "x"})]}),
            lambda: sheet.line_ids[0].write({"amount": 1}),
            lambda: sheet.line_ids[0].write({"move_line_id": line.id}),
            lambda: sheet.write({"total": 1}),
        ):
            with self.assertRaises(AccessError):
                act()
        sheet.line_ids[0].unlink()

    def test_an_empty_sheet_is_not_submitted(self):
        sheet = self._draw_up_sheet()
        sheet.line_ids.unlink()
        with self._assert_refused(UserError, "lists nothing"):
            sheet.action_submit()

    def test_words_follow_language_and_currency(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        sheet = self._draw_up_sheet()
        chinese = sheet.with_context(lang="zh_CN")
        self.assertIn("One Thousand", sheet.total_in_words)
        company = sheet.company_id.sudo()
        self.assertNotEqual(company.currency_id.name, "CNY")
        self.assertNotIn("壹", chinese.total_in_words)
        yuan = self.env.ref("base.CNY")
        self.assertEqual(
            sheet.with_context(lang="zh_CN")._get_words_of(yuan, 1_234.57),
            "壹仟贰佰叁拾肆元伍角柒分",
        )
        self.assertIn("Yuan", sheet._get_words_of(yuan, 1_234.57))

    def test_the_sheet_walks_one_object(self):
        sheet = self._draw_up_sheet(
            share_ids=[Command.create({"unit_id": self.unit.id, "percent": 100})]
        )
        paper = self.env["report.crm_club.club_settlement_sheet"]
        (data,) = paper._get_report_values(sheet.ids)["sheets"]
        self.assertEqual(
            [line.invoice for line in data.lines], ["INV 1000", "INV 234.57"]
        )
        self.assertEqual(data.total, sum(line.amount for line in data.lines))
        self.assertEqual([p.name for p in data.people][1:], ["", ""])
        sheet.action_submit()
        self._sign_all(sheet)
        (data,) = paper._get_report_values(sheet.ids)["sheets"]
        self.assertEqual(
            [(p.role, p.name) for p in data.people],
            [
                ("Prepared by", self.manager.name),
                ("Checked by", self.finance.name),
                ("Approved by", self.head.name),
            ],
        )
        self.assertTrue(all(p.at for p in data.people))
        html = self.env["ir.actions.report"]._render_qweb_html(
            "crm_club.club_settlement_sheet", sheet.ids
        )[0]
        for word in (b"INV 234.57", b"1,234.57", b"Checked by"):
            self.assertIn(word, html)
        stranger = self._create_user("user", "stranger")
        with self.assertRaises(AccessError):
            paper.with_user(stranger)._get_report_values(sheet.ids)

    def test_an_activity_is_settled_over_its_contracts(self):
        kind = self.env["club.activity.type"].create(
            {"name": "Gala", "code": "test_gala", "company_id": self.company.id}
        )
        activity = (
            self.env["club.activity"]
            .with_user(self.manager)
            .create(
                {
                    "company_id": self.company.id,
                    "unit_id": self.unit.id,
                    "type_id": kind.id,
                    "theme": "Gala",
                    "reason": "Thanks",
                    "headcount": 10,
                    "date_begin": "2026-05-01 10:00:00",
                    "date_end": "2026-05-01 12:00:00",
                }
            )
        )
        calloff = self._call_off(self.contract, 80, activity_id=activity.id)
        calloff.action_confirm()
        sheet = self._draw_up_sheet(cooperation_id=False, activity_id=activity.id)
        self.assertEqual(sheet.line_ids.calloff_id, calloff)
        bill = self._bill(80, club_calloff_id=calloff.id)
        with self._assert_refused(UserError, "collect anew"):
            sheet.action_submit()
        sheet.action_collect()
        self.assertEqual(sheet.line_ids.move_line_id, bill.invoice_line_ids)
