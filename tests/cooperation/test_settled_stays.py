"""What was settled stays counted, whatever becomes of bill or line. Rule C6."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from ..common import TODAY
from ..invoicing_case import InvoicingCase
from ..record.outsiders_case import OutsidersMixin
from .cooperation_case import CooperationMixin

LIMIT = 10_000


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestSettledStays(OutsidersMixin, CooperationMixin, InvoicingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_cooperation()
        cls._set_up_outsiders("invoicer", "accountant")
        cls.keepers = [cls.outsiders[name] for name in ("invoicer", "accountant")]
        cls.contract = cls._take_effect(LIMIT, amount_basis="net")

    def _bill(self, amount, user=None, post=True, **values):
        moves = self.env["account.move"].with_user(user or self.env.user)
        line = {
            "product_id": self.product_a.id,
            "price_unit": amount,
            "tax_ids": False,
            "club_cooperation_id": self.contract.id,
            **values,
        }
        bill = moves.create(
            {
                "move_type": "in_invoice",
                "ref": f"INV {amount}",
                "partner_id": self.supplier.id,
                "invoice_date": TODAY,
                "invoice_line_ids": [Command.create(line)],
            }
        )
        if post:
            bill.action_post()
        return bill

    def _settle(self, sign=True, **values):
        sheet = (
            self.env["club.settlement"]
            .with_user(self.manager)
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
        sheet.action_submit()
        if sign:
            self._sign_all(sheet)
        self.env.invalidate_all()
        return sheet

    def _assert_used(self, called, billed):
        self.env.invalidate_all()
        self.assertEqual(
            (self.contract.called_amount, self.contract.billed_amount), (called, billed)
        )

    def test_a_settled_bill_stays_posted_and_as_it_was(self):
        bill = self._bill(9_000)
        second = self.env["club.cooperation"]
        for sign in (False, True):
            sheet = self._settle(sign=sign)
            second = second or self._take_effect(LIMIT, purpose="gift")
            for user in (*self.keepers, self.env.user):
                own = bill.with_user(user)
                line = own.invoice_line_ids
                gift = second.id
                keyed = own.with_context(skip_readonly_check=True)
                for name, act in {
                    "draft": own.button_draft,
                    "cancel": own.button_cancel,
                    "state": lambda o=own: o.write({"state": "draft"}),
                    "cancelled": lambda o=own: o.write({"state": "cancel"}),
                    "contract": lambda n=line: n.write({"club_cooperation_id": False}),
                    "other": lambda n=line, g=gift: n.write({"club_cooperation_id": g}),
                    "nested": lambda k=keyed, n=line: k.write(
                        {
                            "invoice_line_ids": [
                                Command.update(n.id, {"club_cooperation_id": False})
                            ]
                        }
                    ),
                    "removed": lambda k=keyed, n=line: k.write(
                        {"invoice_line_ids": [Command.delete(n.id)]}
                    ),
                    "price": lambda n=line: n.write({"price_unit": 1}),
                    "quantity": lambda n=line: n.write({"quantity": 0}),
                    "discount": lambda n=line: n.write({"discount": 100}),
                    "partner": lambda k=keyed: k.write(
                        {"partner_id": self.account_a.id}
                    ),
                    "unlink": own.unlink,
                }.items():
                    with (
                        self.subTest(sign=sign, user=user.login, act=name),
                        self.assertRaises(UserError),
                    ):
                        act()
                    self.env.invalidate_all()
            with self._assert_refused(UserError, sheet.name):
                bill.button_draft()
            self._assert_used(0, 9_000)
            if not sign:
                sheet.action_withdraw()

    def test_what_is_not_settled_is_reset_as_ever(self):
        bill = self._bill(9_000, self.outsiders["invoicer"])
        sheet = self._settle(sign=False)
        sheet.action_withdraw()
        bill.button_draft()
        self._assert_used(0, 0)
        bill.invoice_line_ids.price_unit = 8_000
        bill.action_post()
        self._assert_used(0, 8_000)
        bill.button_draft()
        bill.button_cancel()
        self._assert_used(0, 0)

    def test_what_was_reset_before_it_was_refused_still_counts(self):
        """By the rules of an earlier version; it is posted again as ever."""
        bill = self._bill(9_000)
        self._settle()
        self.env.flush_all()
        for table, column, key in (
            ("account_move", "state", "id"),
            ("account_move_line", "parent_state", "move_id"),
        ):
            self.env.cr.execute(
                f"UPDATE {table} SET {column} = 'draft' WHERE {key} = %s", [bill.id]
            )
        self._assert_used(0, 9_000)
        bill.with_user(self.outsiders["invoicer"]).action_post()
        self._assert_used(0, 9_000)

    def test_a_credit_note_gives_back(self):
        bill = self._bill(9_000)
        self._settle()
        accountant = self.outsiders["accountant"]
        reversal = (
            self.env["account.move.reversal"]
            .with_user(accountant)
            .with_context(active_model="account.move", active_ids=bill.ids)
            .create({"journal_id": bill.journal_id.id, "reason": "Paid back"})
        )
        action = reversal.refund_moves()
        note = self.env["account.move"].browse(action["res_id"])
        note.with_user(accountant).action_post()
        self._assert_used(0, 0)

    def test_a_posted_line_leaves_its_contract_by_finance_only(self):
        bill = self._bill(9_000)
        for user in self.keepers:
            line = bill.with_user(user).invoice_line_ids
            with self._assert_refused(UserError, "Finance"):
                line.write({"club_cooperation_id": False})
        accountant = self.outsiders["accountant"]
        accountant.group_ids += self.env.ref("crm_club.crm_club_group_finance")
        bill.with_user(accountant).invoice_line_ids.club_cooperation_id = False
        self._assert_used(0, 0)
        invoicer = self.outsiders["invoicer"]
        late = bill.with_user(invoicer).invoice_line_ids
        late.club_cooperation_id = self.contract
        self._assert_used(0, 9_000)

    def test_a_posted_line_keeps_its_amount(self):
        """What a line of nothing costs would count without its tax."""
        bill = self._bill(900, tax_ids=[Command.set(self.tax_purchase_a.ids)])
        for user in self.keepers:
            line = bill.with_user(user).invoice_line_ids
            for values in ({"quantity": 0}, {"discount": 100}, {"price_unit": 1}):
                with self._assert_refused(UserError, "Finance"):
                    line.write(values)
            line.write({"name": "Hall", "price_unit": 900})
        invoicer = self.outsiders["invoicer"]
        with self._assert_refused(UserError, "Finance"):
            bill.with_user(invoicer).invoice_line_ids.with_context(
                force_delete=True
            ).unlink()

    def test_a_bill_posted_by_its_state_is_held_against_the_limit(self):
        bill = self._bill(LIMIT + 1, self.outsiders["accountant"], post=False)
        with self._assert_refused(UserError, "too much"):
            bill.write({"state": "posted", "name": "BILL/OWN/1"})

    def test_a_settled_call_off_stays(self):
        calloff = self._call_off(self.contract, 6_000)
        calloff.action_confirm()
        for sign in (False, True):
            sheet = self._settle(sign=sign)
            with self._assert_refused(UserError, sheet.name):
                calloff.action_cancel()
            if not sign:
                sheet.action_withdraw()
        calloff.action_close()
        self._assert_used(6_000, 0)
        with self._assert_refused(UserError, "too much"):
            self._call_off(self.contract, 4_001).action_confirm()
        # Its bill, when it comes, takes its place; and it is settled once.
        self._bill(6_000, club_calloff_id=calloff.id)
        self._assert_used(0, 6_000)
        with self._assert_refused(UserError, "lists nothing"):
            self._settle()

    def test_what_was_not_settled_is_closed_and_cancelled_as_ever(self):
        one, two = (self._call_off(self.contract, 2_000) for _time in range(2))
        (one | two).action_confirm()
        one.action_cancel()
        two.action_close()
        self._assert_used(0, 0)

    def test_clerks_bill_contracts_as_ever(self):
        invoicer = self.outsiders["invoicer"]
        moves = self.env["account.move"].with_user(invoicer)
        with Form(moves.with_context(default_move_type="in_invoice")) as form:
            form.partner_id = self.supplier.with_user(invoicer)
            form.invoice_date = TODAY
            with form.invoice_line_ids.new() as line:
                line.product_id = self.product_a.with_user(invoicer)
                line.price_unit = 300
        bill = form.record
        bill.invoice_line_ids.tax_ids = False
        bill.invoice_line_ids.club_cooperation_id = self.contract
        bill.action_post()
        self._assert_used(0, 300)
        self._settle()
        context = {"active_model": "account.move", "active_ids": bill.ids}
        register = self.env["account.payment.register"].with_user(invoicer)
        register.with_context(**context).create({})._create_payments()
        self.assertIn(bill.payment_state, ("paid", "in_payment"))
        self._assert_used(0, 300)
