"""Columns that Odoo works out are trusted, so nobody writes them. PEERS 1, 4."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from ...models.record.derived import DERIVED
from ..approval.rpc_case import DOORS, REFUSALS, RpcCase
from ..common import TODAY, ClubCommon
from ..invoicing_case import InvoicingCase
from .outsiders_case import OutsidersMixin


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestDerivedOfPartners(OutsidersMixin, ClubCommon):
    """Whose contact somebody is follows from his company. Rules A3, A8, E2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_outsiders("employee", "seller", "sales_admin", "creator")
        cls.person = cls.env["res.partner"].create(
            {"name": "Li Ming", "parent_id": cls.account_b.id}
        )

    def test_nobody_takes_over_anothers_account(self):
        wrong = {"commercial_partner_id": self.account_a.id}
        for login, user in self.outsiders.items():
            partners = self.env["res.partner"].with_user(user)
            victim, person = self.account_b.with_user(user), self.person.with_user(user)
            attacks = {
                "write": lambda v=victim: v.write(wrong),
                "web_save": lambda v=victim: v.web_save(wrong, {}),
                "contact": lambda p=person: p.write(wrong),
                "create": lambda p=partners: p.create({"name": "X", **wrong}),
                "copy": lambda p=person: p.copy(wrong),
            }
            for name, attack in attacks.items():
                with (
                    self.subTest(login=login, attack=name),
                    self.assertRaises(AccessError),
                ):
                    attack()
            self.env.invalidate_all()
            self.assertEqual(self.account_b.commercial_partner_id, self.account_b)
            self.assertEqual(self.person.commercial_partner_id, self.account_b)

    def test_no_import_says_whose_contact_somebody_is(self):
        partners = self.env["res.partner"].with_user(self.outsiders["creator"])
        names = ["name", "commercial_partner_id/.id"]
        result = partners.load(names, [["Loaded", str(self.account_a.id)]])
        self.assertFalse(result["ids"])
        self.assertIn("Commercial Entity", result["messages"][0]["message"])

    def test_no_default_says_whose_contact_somebody_is(self):
        """Neither the client's context nor a default that somebody keeps, sudo too."""
        creator = self.outsiders["creator"]
        partners = self.env["res.partner"].with_user(creator)
        self.env["ir.default"].set(
            "res.partner", "commercial_partner_id", self.account_a.id
        )
        slipped = partners.with_context(default_commercial_partner_id=self.account_a.id)
        for found in (partners, slipped, slipped.sudo()):
            made = found.create({"name": "New", "parent_id": self.account_b.id})
            self.assertEqual(made.commercial_partner_id, self.account_b)

    def test_sellers_keep_contacts_as_ever(self):
        """Also with the value that is so anyhow, as a file that was exported has it."""
        for login in ("seller", "sales_admin", "creator", "rival"):
            user = self.outsiders[login]
            with Form(self.env["res.partner"].with_user(user)) as form:
                form.name = "Wang Fang"
                form.parent_id = self.account_a.with_user(user)
            person = form.record
            self.assertEqual(person.commercial_partner_id, self.account_a)
            person.write(
                {
                    "parent_id": self.account_b.id,
                    "commercial_partner_id": self.account_b.id,
                }
            )
            self.assertEqual(person.commercial_partner_id, self.account_b)
            with Form(person) as form:
                form.phone = "123"
            person.create_company()
            person.write({"parent_id": False, "is_company": True})
            self.assertEqual(person.commercial_partner_id, person)

    def test_the_system_still_works_it_out(self):
        self.person.parent_id = self.account_a
        self.assertEqual(self.person.commercial_partner_id, self.account_a)

    def test_the_table_names_what_odoo_works_out(self):
        for model, names in DERIVED.items():
            for name in names:
                field = self.env[model]._fields[name]
                self.assertTrue(field.store and field.readonly, (model, name))
                self.assertTrue(field.compute or field.related, (model, name))


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestDerivedOfInvoices(OutsidersMixin, InvoicingCase):
    """What revenue, limits and overdue days follow from. Rules A3, A7, B1, C6."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_outsiders("invoicer", "accountant")
        cls.keepers = {
            login: cls.outsiders[login] for login in ("invoicer", "accountant")
        }
        cls.product_a.categ_id = cls.categ_parcels

    def _invoice(self, user=None, post=True, **values):
        moves = self.env["account.move"].with_user(user or self.env.user)
        invoice = moves.create(
            {
                "move_type": "out_invoice",
                "partner_id": self.account_a.id,
                "invoice_date": TODAY,
                "date": TODAY,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.product_a.id,
                            "price_unit": 1_000,
                            "tax_ids": [Command.set(self.tax_sale_a.ids)],
                        }
                    )
                ],
                **values,
            }
        )
        if post:
            invoice.action_post()
        return invoice

    def _get_facts(self, account):
        self.env.flush_all()
        self.env.invalidate_all()
        facts = self.env["club.revenue"].search([("account_id", "=", account.id)])
        return [(fact.month, fact.amount) for fact in facts]

    def test_revenue_goes_to_whom_was_invoiced(self):
        wrong = {"commercial_partner_id": self.account_b.id}
        for login, user in self.keepers.items():
            draft = self._invoice(user, post=False)
            for attack in (
                lambda d=draft: d.write(wrong),
                lambda d=draft: d.web_save(wrong, {}),
                lambda d=draft: d.copy(wrong),
                lambda u=user: self._invoice(u, post=False, **wrong),
            ):
                with self.subTest(login), self.assertRaises(AccessError):
                    attack()
            self.env.invalidate_all()
            draft.with_context(
                default_commercial_partner_id=self.account_b.id
            ).action_post()
            self.assertEqual(draft.invoice_line_ids.club_account_id, self.account_a)
        self.assertFalse(self._get_facts(self.account_b))

    def test_lines_follow_their_entry(self):
        line = self._invoice().invoice_line_ids
        due = line.move_id.line_ids.filtered("date_maturity")
        other = self.env["res.company"].create({"name": "Elsewhere"})
        for user in self.keepers.values():
            for records, name, value in (
                (line, "parent_state", "draft"),
                (line, "date", "2026-01-31"),
                (line, "company_id", other.id),
                (line, "price_total", 1),
                (line, "price_subtotal", 1),
                (due, "reconciled", True),
                (due, "amount_residual", 0),
            ):
                for door in (
                    lambda r=records, v=None, n=name, x=value: r.write({n: x}),
                    lambda r=records, n=name, x=value: r.move_id.write(
                        {"line_ids": [Command.update(r.id, {n: x})]}
                    ),
                ):
                    before = records[name]
                    with (
                        self.subTest(user=user.login, name=name),
                        self.assertRaises(UserError),
                    ):
                        records = records.with_user(user)
                        door(records)
                    self.env.invalidate_all()
                    self.assertEqual(records.sudo()[name], before)

    def test_a_posted_invoice_keeps_its_month(self):
        """Odoo's own lock opens with a key that any client can send."""
        invoice = self._invoice()
        for user in self.keepers.values():
            keyed = invoice.with_user(user).with_context(skip_readonly_check=True)
            for values in (
                {"date": "2026-01-31"},
                {"invoice_date": "2026-01-31"},
                {"move_type": "out_refund"},
                {"partner_id": self.account_b.id},
            ):
                with (
                    self.subTest(user=user.login, values=values),
                    self.assertRaises(UserError),
                ):
                    keyed.write(values)
                self.env.invalidate_all()
        self.assertEqual(self._get_facts(self.account_a), [(date(2026, 4, 1), 1_000)])
        # As drafts, dates are the accountant's; the facts follow.
        again = invoice.with_user(self.outsiders["accountant"])
        again.button_draft()
        self.assertFalse(self._get_facts(self.account_a))
        again.write({"invoice_date": "2026-03-31", "date": "2026-03-31"})
        again.action_post()
        self.assertEqual(self._get_facts(self.account_a), [(date(2026, 3, 1), 1_000)])

    def test_a_posted_invoice_keeps_its_amounts(self):
        """Odoo changes and deletes posted lines for keys that any client can send."""
        invoice = self._invoice()
        line = invoice.invoice_line_ids
        keys = {
            **{"skip_readonly_check": True, "check_move_validity": False},
            **{"force_delete": True, "dynamic_unlink": True},
        }
        for user in self.keepers.values():
            keyed = line.with_user(user).with_context(**keys)
            for values in (
                {"balance": -9_000_000},
                {"credit": 9_000_000},
                {"amount_currency": -9_000_000},
                {"product_id": self.product_b.id},
            ):
                for act in (
                    lambda k=keyed, v=values: k.write(v),
                    lambda k=keyed, v=values: k.move_id.write(
                        {"invoice_line_ids": [Command.update(k.id, v)]}
                    ),
                ):
                    with (
                        self.subTest(user=user.login, values=values),
                        self.assertRaises(UserError),
                    ):
                        act()
                    self.env.invalidate_all()
            with self.assertRaises(UserError):
                keyed.unlink()
            self.env.invalidate_all()
            # What Odoo doesn't book any more doesn't count either.
            for values in ({"price_unit": 7}, {"quantity": 2}, {"discount": 50}):
                for records in (keyed, line.with_user(user)):
                    try:
                        with self.env.cr.savepoint():
                            records.write(values)
                    except UserError:
                        self.env.invalidate_all()
            keyed.write({"name": "In words"})
        self.assertEqual(self._get_facts(self.account_a), [(date(2026, 4, 1), 1_000)])

    def test_what_is_posted_counts_however_it_was_posted(self):
        """The state can be written, too."""
        user = self.outsiders["accountant"]
        invoice = self._invoice(user, post=False)
        invoice.write({"state": "posted", "name": "INV/OWN/1"})
        self.assertEqual(invoice.invoice_line_ids.club_account_id, self.account_a)
        # Written once more, it isn't stamped anew: it keeps the category it had.
        self.product_a.categ_id = self.categ_letters
        invoice.write({"state": "posted"})
        self.assertEqual(invoice.invoice_line_ids.club_category_id, self.categ_parcels)
        try:
            with self.env.cr.savepoint():
                made = self._invoice(
                    user.with_context(default_state="posted"), post=False
                )
        except UserError:
            return
        self.assertTrue(made.state != "posted" or made.invoice_line_ids.club_account_id)

    def test_bookkeepers_work_as_ever(self):
        for user in self.keepers.values():
            moves = self.env["account.move"].with_user(user)
            with Form(moves.with_context(default_move_type="out_invoice")) as form:
                form.partner_id = self.account_a.with_user(user)
                form.invoice_date = TODAY
                with form.invoice_line_ids.new() as line:
                    line.product_id = self.product_a.with_user(user)
                    line.price_unit = 500
            invoice = form.record
            with (
                Form(invoice) as form,
                form.invoice_line_ids.edit(0) as line,
            ):
                line.quantity = 2
            invoice.action_post()
            self.assertEqual(invoice.invoice_line_ids.club_account_id, self.account_a)
            register = self.env["account.payment.register"].with_user(user)
            context = {"active_model": "account.move", "active_ids": invoice.ids}
            register.with_context(**context).create({})._create_payments()
            self.assertIn(invoice.payment_state, ("paid", "in_payment"))
            reversal = self.env["account.move.reversal"].with_user(user)
            wizard = reversal.with_context(**context).create(
                {"journal_id": invoice.journal_id.id, "reason": "Wrong"}
            )
            wizard.modify_moves()
            invoice.copy().action_post()
        self.env.flush_all()
        user = self.outsiders["accountant"]
        names = ["move_type", "partner_id/.id", "invoice_date"]
        names += ["invoice_line_ids/product_id/.id", "invoice_line_ids/price_unit"]
        row = ["out_invoice", str(self.account_a.id), "2026-04-01"]
        loaded = (
            self.env["account.move"]
            .with_user(user)
            .load(names, [[*row, str(self.product_a.id), "70"]])
        )
        self.assertFalse(loaded["messages"])
        invoice = self.env["account.move"].with_user(user).browse(loaded["ids"])
        invoice.action_post()
        self.assertEqual(invoice.invoice_line_ids.club_account_id, self.account_a)


@tagged("post_install", "-at_install")
class TestDerivedDoors(OutsidersMixin, RpcCase):
    """One try of each kind through the doors for RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_outsiders("seller", "sales_admin", "creator")

    def test_derived_columns_and_units_are_refused_at_the_door(self):
        person = self.env["res.partner"].create(
            {"name": "Li Ming", "parent_id": self.account_b.id}
        )
        wrong = {"commercial_partner_id": self.account_a.id}
        for login, record, values in (
            ("seller", self.account_b, wrong),
            ("seller", self.account_b, {"child_ids": [[1, person.id, wrong]]}),
            ("rival", self.account_b, {"child_ids": [[0, 0, {"name": "X", **wrong}]]}),
            ("sales_admin", self.unit, {"club_level": False}),
            ("sales_admin", self.unit, {"active": False}),
            ("creator", self.account_a, {"active": False}),
        ):
            before = {name: record[name] for name in values}
            for door in DOORS:
                _result, error = self._call(
                    door,
                    self.outsiders[login],
                    record._name,
                    "write",
                    record.ids,
                    vals=values,
                )
                self.assertIn(error, REFUSALS, (login, door, values))
            self.assertEqual({name: record[name] for name in values}, before)
        self.assertEqual(person.commercial_partner_id, self.account_b)
